"""Would the tests notice? mutmut breaks ledger/ in many small ways and the tests must object."""
