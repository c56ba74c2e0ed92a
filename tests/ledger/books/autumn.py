"""An autumn of a small platform, the same for all tests of the books.

September: Bob puts in 1000.00. October: a session of 200.00, settled 10/90 on the 31st. November:
Ann is paid 100.00, and a minute forgotten in October (20.00) is recorded late, on the 3rd.
"""

from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Draft, Leg, post_many

CASH = Account(AccountKind.CASH, "demo")
BOB = Account(AccountKind.PREPAID, "bob")
ANN = Account(AccountKind.EARNINGS, "ann")
ESCROW = Account(AccountKind.ESCROW, "S-2026-000001")
COMMISSION = Account(AccountKind.COMMISSION)
SESSION = "S-2026-000001"

SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
AUTUMN = (SEPTEMBER[0], NOVEMBER[1])


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


NOW = at(12, 5)


def draft(key: str, kind: str, *legs: tuple[Account, int], **facts: object) -> Draft:
    return Draft("test", key, kind, tuple(Leg(*leg) for leg in legs), **facts)  # type: ignore[arg-type]


async def post(db: AsyncConnection, when: datetime, *drafts: Draft) -> None:
    for result in await post_many(db, drafts, when):
        result.raise_for_status()


async def autumn(db: AsyncConnection) -> None:
    """Post it all."""
    await post(
        db, at(9, 10), draft("t1", "top_up", (CASH, -100_000), (BOB, 100_000), ref="top-up-1")
    )
    minute = draft("m1", "minute", (BOB, -20_000), (ESCROW, 20_000), ref=SESSION)
    await post(db, at(10, 30), minute)
    parts = ((ESCROW, -20_000), (COMMISSION, 2_000), (ANN, 18_000))
    await post(db, at(10, 31, 23), draft("s1", "settle", *parts, ref=SESSION, memo="resolved"))
    late = draft(
        "m2", "minute", (BOB, -2_000), (ESCROW, 2_000), ref=SESSION, effective_on=date(2026, 10, 31)
    )
    await post(db, at(11, 3), late)
    await post(db, at(11, 20), draft("p1", "pay_out", (ANN, -10_000), (CASH, 10_000)))
