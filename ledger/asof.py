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
_SEARCH = (
    "WITH RECURSIVE search(version, step) AS ("
    " SELECT CAST(0 AS bigint), CAST(:first AS bigint)"
    " UNION ALL"
    " SELECT s.version + CASE WHEN ("
    "   SELECT (SELECT j.recorded_us FROM ledger_journal j WHERE j.id = e.journal_id) <= :us"
    "   FROM ledger_entry e WHERE e.account_id = :id AND e.version = s.version + s.step"
    "  ) THEN s.step ELSE 0 END, s.step / 2"
    " FROM search s WHERE s.step > 0)"
)
_LAST_BY = text(
    _SEARCH + " SELECT e.balance_after FROM ledger_entry e"
    " WHERE e.account_id = :id AND e.version = (SELECT max(version) FROM search)"
)
# Clocks of two machines differ a little: among the entries right before may be one of a later hour.
_NEIGHBOURS = 500
_FIRST_FROM = text(
    _SEARCH + " SELECT coalesce((SELECT min(e.version) FROM ledger_entry e"
    "  JOIN ledger_journal j ON j.id = e.journal_id"
    "  WHERE e.account_id = :id AND j.recorded_us > :us"
    "  AND e.version > (SELECT max(version) FROM search) - :neighbours"
    "  AND e.version <= (SELECT max(version) FROM search)),"
    " (SELECT max(version) FROM search) + 1)"
)
_ID = text(
    "SELECT id FROM ledger_account WHERE kind = :kind AND owner = :owner AND currency = :currency"
)


async def balance_at(db: AsyncConnection, account: Account, at: datetime) -> Money:
    """The balance after the last entry recorded at `at` or before; holds are not looked at.

    Never changes once `at` has passed.
    """
    id = await _id_of(db, account)
    facts = {"id": id, "us": us_of(at), "first": FIRST_STEP}
    minor = (await db.execute(_LAST_BY, facts)).scalar_one_or_none() if id is not None else None
    return Money(int(minor or 0), account.currency)


async def first_version_from(db: AsyncConnection, account: Account, at: datetime) -> int:
    """The account's first entry recorded at `at` or later, or the one that would be; from 1.

    It divides the entries in two, whatever clocks said: those before it are before, all others not.
    """
    id = await _id_of(db, account)
    if id is None:
        return 1
    facts = {"id": id, "us": us_of(at) - 1, "first": FIRST_STEP, "neighbours": _NEIGHBOURS}
    return int((await db.execute(_FIRST_FROM, facts)).scalar_one())


async def _id_of(db: AsyncConnection, account: Account) -> int | None:
    kind, owner, currency = account.key
    found = await db.execute(_ID, {"kind": kind, "owner": owner, "currency": currency})
    id: int | None = found.scalar_one_or_none()
    return id
