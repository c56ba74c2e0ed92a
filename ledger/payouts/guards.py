"""What the database refuses in the room of payouts: a version of details is never changed, so an
old payout still names the account it went to."""

WRITTEN_ONCE: dict[str, tuple[str, ...]] = {
    "postgresql": (
        "CREATE OR REPLACE TRIGGER ledger_payouts_details_once BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON ledger_payouts_details FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    ),
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS ledger_payouts_details_no_update BEFORE UPDATE"
        " ON ledger_payouts_details"
        " BEGIN SELECT RAISE(ABORT, 'ledger_payouts_details is append only'); END",
        "CREATE TRIGGER IF NOT EXISTS ledger_payouts_details_no_delete BEFORE DELETE"
        " ON ledger_payouts_details"
        " BEGIN SELECT RAISE(ABORT, 'ledger_payouts_details is append only'); END",
    ),
}
