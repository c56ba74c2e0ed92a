"""People, accounts and small deeds that the ledger's tests share."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Draft, Leg, Money, balance, post_many

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ANN = Account(AccountKind.EARNINGS, "ann")  # a consultant
ANN_PREPAID = Account(AccountKind.PREPAID, "ann")
BOB = Account(AccountKind.PREPAID, "bob")  # a client
CASH = Account(AccountKind.CASH, "demo")
COMMISSION = Account(AccountKind.COMMISSION)
SESSION = "S-2026-000001"
ESCROW = Account(AccountKind.ESCROW, SESSION)


def move(key: str, source: Account, target: Account, minor: int, **facts: object) -> Draft:
    """A journal of two legs."""
    legs = (Leg(source, -minor), Leg(target, minor))
    return Draft("test", key, "test", legs, **facts)  # type: ignore[arg-type]


async def fund(db: AsyncConnection, account: Account, minor: int, key: str = "") -> None:
    """Money out of nowhere, that is, out of cash."""
    draft = move(key or f"fund:{account}", CASH, account, minor)
    for result in await post_many(db, [draft], AT):
        result.raise_for_status()


async def post(db: AsyncConnection, *drafts: Draft) -> list[str]:
    return [result.status.value for result in await post_many(db, drafts, AT)]


async def available(db: AsyncConnection, account: Account) -> int:
    return (await balance(db, account)).available.minor


def rub(minor: int) -> Money:
    return Money(minor)
