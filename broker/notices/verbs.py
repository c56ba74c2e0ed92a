"""Event to letter: who is told what. The courier sends what `outbox` shows."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties, sessions
from broker.notices import letters, store
from broker.notices.letters import Letter

OUTBOX_MAX = 200


async def login_code(db: AsyncConnection, email: str, code: str, locale: str, at: datetime) -> None:
    """The code that opens a login, to the address that asked. Raises: BadLetter."""
    await _put_code(db, "login_code", email, code, locale, at)


async def confirmation_code(
    db: AsyncConnection, email: str, code: str, locale: str, at: datetime
) -> None:
    """The code that confirms where payouts go, to its owner. Raises: BadLetter."""
    await _put_code(db, "confirmation_code", email, code, locale, at)


async def _put_code(
    db: AsyncConnection, kind: str, email: str, code: str, locale: str, at: datetime
) -> None:
    occasion = hashlib.sha256(f"{email}\0{code}\0{at.isoformat()}".encode()).hexdigest()[:32]
    await _put(db, f"{kind}:{occasion}", kind, email.strip(), locale, at, code=code)


async def session_invited(
    db: AsyncConnection, invite: str, email: str, url: str, locale: str, at: datetime
) -> None:
    """The link of an invite (its id) by mail. Raises: InviteUnknown, BadLetter."""
    found = await sessions.invite(db, invite)
    session = await sessions.session(db, found.session)
    host = await parties.party(db, session.host)
    key = f"session_invited:{invite}:{email.strip().lower()}"
    facts = {"peer": host.name, "topic": session.topic, "url": url}
    await _put(db, key, "session_invited", email.strip(), locale, at, **facts)


async def session_ended(
    db: AsyncConnection, number: str, time: str, cost: dict[str, str], url: str, at: datetime
) -> int:
    """Both sides that have an address, once; answers how many letters are new.

    `time` is the clock as text; `cost` is the finished sum for each role ("host", "client").
    """
    session = await sessions.session(db, number)
    count = 0
    for role, party in _sides(session):
        told = await parties.party(db, party)
        if told.email is not None and "session_ended" not in told.choices.muted:
            facts = {"number": number, "topic": session.topic, "time": time, "url": url}
            key, cost_text = f"session_ended:{number}:{party}", cost[role]
            count += await _put(
                db, key, "session_ended", told.email, told.locale, at, **facts, cost=cost_text
            )
    return count


async def document_ready(
    db: AsyncConnection, number: str, document: str, url: str, at: datetime
) -> int:
    """A document of a session is issued; both sides, once each. Answers how many are new."""
    session = await sessions.session(db, number)
    count = 0
    for _, party in _sides(session):
        told = await parties.party(db, party)
        if told.email is not None and "document_ready" not in told.choices.muted:
            facts = {"number": number, "document": document, "url": url}
            key = f"document_ready:{document}:{party}"
            count += await _put(db, key, "document_ready", told.email, told.locale, at, **facts)
    return count


async def ruling_made(
    db: AsyncConnection,
    number: str,
    ruling: str,
    told: Mapping[str, Mapping[str, str]],
    url: str,
    at: datetime,
) -> int:
    """A curator has ruled; both sides that have an address, once each. Answers how many are new.

    `told` has for each role ("host", "client") the finished texts total, sum, change and why.
    """
    session = await sessions.session(db, number)
    count = 0
    for role, party in _sides(session):
        owner = await parties.party(db, party)
        if owner.email is not None:
            facts = {"number": number, "topic": session.topic, "url": url} | dict(told[role])
            key, kind = f"ruling:{number}:{ruling}:{party}", f"ruling_{role}"
            count += await _put(db, key, kind, owner.email, owner.locale, at, **facts)
    return count


async def dispute_told(
    db: AsyncConnection,
    dispute: sessions.Dispute,
    until: Mapping[str, str],
    url: str,
    at: datetime,
) -> int:
    """A side asked for arbitration, or answered: the other side, once, if it has an address.

    `until` is the moment by which an answer is wanted, as finished text by locale.
    """
    session = await sessions.session(db, dispute.session)
    by, said = dispute.last
    sides = {role: await parties.party(db, party) for role, party in _sides(session)}
    kind = "dispute_answered" if dispute.answer else "dispute_asked"
    facts = {"number": session.number, "topic": session.topic, "url": url}
    facts |= {"said": said, "peer": sides[by].name}
    count = 0
    for role, told in sides.items():
        if role != by and told.email is not None:
            key, when = f"{kind}:{session.number}:{told.id}", until[told.locale]
            count += await _put(db, key, kind, told.email, told.locale, at, **facts, until=when)
    return count


async def money_told(
    db: AsyncConnection, key: str, party: str, kind: str, at: datetime, **facts: str
) -> bool:
    """The owner of money that moves without him; False when he has no address or was told.

    `kind` is one of `money.MONEY`, `key` the natural key of the fact. Raises: PartyUnknown.
    """
    told = await parties.party(db, party)
    if told.email is None:
        return False
    return await _put(db, f"money:{key}", kind, told.email, told.locale, at, **facts)


async def forget(db: AsyncConnection, email: str, at: datetime) -> None:
    """Nobody lives at the address any more: what was written there is blanked, never sent. The
    keys stay, so that no occasion is told again."""
    await store.forget(db, email, at)


async def outbox(db: AsyncConnection, limit: int = 50, newest: bool = False) -> list[Letter]:
    """Letters not yet sent, the oldest first unless `newest`; at most `OUTBOX_MAX`."""
    return await store.unsent(db, min(limit, OUTBOX_MAX), newest)


async def mark_sent(db: AsyncConnection, id: int, at: datetime) -> None:
    """The mail server took it. Idempotent."""
    await store.mark_sent(db, id, at)


def _sides(session: sessions.Session) -> list[tuple[str, str]]:
    found = [("host", session.host)]
    if session.client is not None:
        found.append(("client", session.client))
    return found


async def _put(
    db: AsyncConnection, key: str, kind: str, to: str, locale: str, at: datetime, **facts: str
) -> bool:
    text = letters.write(kind, locale, **facts)
    address = letters.check_address(to)
    letter = Letter(0, key, kind, address, locale, text.subject, text.body, at)
    return await store.add(db, letter)
