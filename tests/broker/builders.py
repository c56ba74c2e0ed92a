"""People with money, sessions with both sides in, and news as the meter and relay tell them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker import parties, sessions
from broker.parties import Party
from broker.sessions import Session
from ledger import Account, AccountKind, Draft, Leg, balance, post_many
from relay import LegSecond, SecondWitnessed

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
T0 = int(NOON.timestamp())
TOKEN = "k3yk3yk3yk3yk3yk3yk3yk3yk3y"


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


async def person(db: AsyncConnection, name: str, prepaid_minor: int = 0) -> Party:
    """A registered consultant and client with so much on the prepaid account."""
    email = f"{name.lower()}@example.org"
    party = await parties.register(db, name, email, frozenset({"consultant", "client"}), "ru", NOON)
    if prepaid_minor:
        await top_up(db, party, prepaid_minor)
    return party


async def top_up(db: AsyncConnection, party: Party, minor: int, key: str = "first") -> None:
    legs = (
        Leg(Account(AccountKind.CASH), -minor),
        Leg(Account(AccountKind.PREPAID, party.id), minor),
    )
    draft = Draft("top_up", f"{party.id}:{key}", "top_up", legs)
    for result in await post_many(db, [draft], NOON):
        result.raise_for_status()


async def balance_of(db: AsyncConnection, kind: AccountKind, owner: str = "") -> int:
    return (await balance(db, Account(kind, owner))).posted.minor


async def host_pays(
    db: AsyncConnection, token: str = TOKEN, prepaid_minor: int = 10_000
) -> tuple[Session, Party]:
    """Ivan's session, which he pays for himself."""
    host = await person(db, "Ivan", prepaid_minor)
    made, _ = await sessions.create(
        db, host.id, "Не проводится документ", "host-pays", 2000, NOON, token
    )
    return made, host


async def guest(db: AsyncConnection, session: Session, name: str = "Анна") -> Party:
    return await parties.register_guest(db, name, session.number, "ru", NOON)


async def client_pays(
    db: AsyncConnection, prepaid_minor: int = 100_000, rate_minor: int = 2000
) -> tuple[Session, Party, Party]:
    """Ivan's session for Anna, who has joined and pays."""
    host, client = await person(db, "Ivan"), await person(db, "Anna", prepaid_minor)
    await sessions.create(db, host.id, "Отчёт не сходится", "client-pays", rate_minor, NOON, TOKEN)
    joined = await sessions.join(db, TOKEN, client, NOON)
    return joined, host, client


async def both_in(db: AsyncConnection, number: str) -> Session:
    await sessions.enter(db, number, "host", NOON)
    return await sessions.enter(db, number, "client", NOON)


async def go_live(db: AsyncConnection, number: str) -> Session:
    await both_in(db, number)
    await sessions.press_start(db, number, "client", NOON)
    return await sessions.press_start(db, number, "host", NOON)


async def talk_for(db: AsyncConnection, number: str, seconds: int) -> None:
    """Both were there for so many seconds from noon; the meter counts and tells."""
    at = after(seconds)
    witnessed = list(range(T0, T0 + seconds))
    events = await metering.observe(db, number, witnessed, at)
    await sessions.record_events(db, events, at)


def second(number: str, at_second: int, mutual: bool = True) -> SecondWitnessed:
    legs = (LegSecond("client", mutual, 50, 2), LegSecond("host", True, 50, 0))
    return SecondWitnessed(number, at_second, legs, (("client", "host"),) if mutual else ())
