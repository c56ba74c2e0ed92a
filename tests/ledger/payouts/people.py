"""Ann is a consultant who earns; days are counted from DAY."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Draft, Leg, Money, balance, post_many
from ledger.control import Actor, Rail, declare_residence
from ledger.payouts import BankPlace, PayOut, change_details, keep_reserves

DAY = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ANN = Actor("ann", "self", "203.0.113.7")
OLGA = Actor("olga", "accountant")
PETER = Actor("peter", "curator")
PLACE = BankPlace("044525225", "40702810938000000001", "ИП Кузнецова Анна", "500100732259")
OTHER_PLACE = BankPlace("044525225", "40817810938000000006", "Кузнецова Анна", "500100732259")


def day(n: int, hour: int = 12) -> datetime:
    """Noon, or another hour, of the n-th day."""
    return DAY + timedelta(days=n, hours=hour - 12)


async def earn(
    db: AsyncConnection, minor: int, at: datetime, session: str, party: str = "ann"
) -> None:
    """A settled session: what it brought its consultant."""
    legs = (
        Leg(Account(AccountKind.CASH, "demo"), -minor),
        Leg(Account(AccountKind.EARNINGS, party), minor),
    )
    draft = Draft("settle", f"{session}:{party}", "settlement", legs, session)
    for result in await post_many(db, [draft], at):
        result.raise_for_status()


async def lives_in(db: AsyncConnection, country: str, *parties: str) -> None:
    for party in parties or ("ann",):
        await declare_residence(db, party, country, Actor(party, "self"), day(-30))


async def ready_to_be_paid(
    db: AsyncConnection, minor: int = 1_000_000, rail: Rail = Rail.DEMO, party: str = "ann"
) -> None:
    """Earned on day 0, reserve kept, details given long ago."""
    if rail is not Rail.DEMO:
        await lives_in(db, "RU" if rail is Rail.BANK else "DE", party)
    place = PLACE if rail is Rail.BANK else "acct_1"
    await change_details(db, party, rail, place, Actor(party, "self"), day(-10))
    await earn(db, minor, day(0), "S-2026-000001", party)
    await keep_reserves(db, day(0))


async def books(db: AsyncConnection, pay_out: PayOut | None = None) -> dict[str, int]:
    """Ann's accounts as an accountant reads them: earnings, held, reserve, transit, cash, bank."""
    earnings = await balance(db, Account(AccountKind.EARNINGS, "ann"))
    reserve = await balance(db, Account(AccountKind.RESERVE, "ann"))
    found = {"earned": earnings.posted, "held": earnings.held, "reserve": reserve.posted}
    if pay_out is not None:
        transit = Account(AccountKind.PAYOUT, pay_out.id)
        found["transit"] = (await balance(db, transit)).posted
    return {name: money.minor for name, money in found.items() if money.minor}


async def posted(db: AsyncConnection, kind: AccountKind, owner: str = "") -> int:
    return (await balance(db, Account(kind, owner))).posted.minor


def rub(minor: int) -> Money:
    return Money(minor)
