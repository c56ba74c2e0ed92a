"""What an account held at a moment that has passed, by the order of recording.

By effective day, which later journals may still move while its period is open, ask
`ledger.books.balance_on`.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account
from ledger.moments import us_of
from ledger.money import Money

FIRST_STEP = 2**39  # half of what an account may have of entries

# An account's entries are in the order of recording: go on by half as many each time if the entry
# there is not too late. 40 look-ups, however many there are, and the same for ever.
_LAST_BY = text(
    "WITH RECURSIVE search(version, step) AS ("
    " SELECT CAST(0 AS bigint), CAST(:first AS bigint)"
    " UNION ALL"
    " SELECT s.version + CASE WHEN ("
    "   SELECT (SELECT j.recorded_us FROM ledger_journal j WHERE j.id = e.journal_id) <= :us"
    "   FROM ledger_entry e WHERE e.account_id = :id AND e.version = s.version + s.step"
    "  ) THEN s.step ELSE 0 END, s.step / 2"
    " FROM search s WHERE s.step > 0)"
    " SELECT e.balance_after FROM ledger_entry e"
    " WHERE e.account_id = :id AND e.version = (SELECT max(version) FROM search)"
)
_ID = text(
    "SELECT id FROM ledger_account WHERE kind = :kind AND owner = :owner AND currency = :currency"
)


async def balance_at(db: AsyncConnection, account: Account, at: datetime) -> Money:
    """The balance after the last entry recorded at `at` or before; holds are not looked at.

    Never changes once `at` has passed.
    """
    kind, owner, currency = account.key
    found = await db.execute(_ID, {"kind": kind, "owner": owner, "currency": currency})
    id = found.scalar_one_or_none()
    facts = {"id": id, "us": us_of(at), "first": FIRST_STEP}
    minor = (await db.execute(_LAST_BY, facts)).scalar_one_or_none() if id is not None else None
    return Money(int(minor or 0), account.currency)
