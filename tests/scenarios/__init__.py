"""Sessions told line by line, with the balances expected; run as tests."""
