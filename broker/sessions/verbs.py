"""Making a session, letting the client in, coming and going."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker import parties
from broker.sessions import invites, journal, store
from broker.sessions.errors import (
    AccountNeeded,
    BadSession,
    InviteUnknown,
    NotYours,
    PlaceTaken,
    WrongState,
)
from broker.sessions.invites import Invite
from broker.sessions.record import instant
from broker.sessions.session import (
    BEFORE_START,
    OPEN,
    OVER,
    PLANS,
    RATE_MINOR_MAX,
    STARTED,
    Role,
    Session,
    clean_topic,
    place_is_free,
    with_online,
)
from broker.sessions.verbs_company import company_all_left
from ledger import Account, AccountKind
from ledger.control import require_same_rail
from metering import Tariff

PAGE_MAX = 200


async def create(
    db: AsyncConnection,
    host: str,
    topic: str,
    plan: str,
    rate_minor: int | None,
    at: datetime,
    token: str,
    cap_minor: int | None = None,
    invite_id: str = "",
) -> tuple[Session, Invite]:
    """A session with its first invite; the tariff in force now is copied and frozen.

    `rate_minor` None: the host's published rate; a number: agreed for this one session, and where
    the host pays, for the host's own invoice.
    `token` holds at least 160 random bits in base64url; `invite_id` is a fresh one when the token
    was made from it. A host who pays must be able to pay the
    first minute. Raises: BadSession, NotYours (not a consultant), InsufficientFunds, PartyUnknown.
    """
    if plan not in PLANS:
        raise BadSession("plan", "one of " + ", ".join(PLANS))
    published = await metering.tariff_for(db, metering.RATES_WITHIN, host)
    rate_minor = published.minute_minor if rate_minor is None else rate_minor
    tariff = _capped(await _tariff(db, host, plan, rate_minor, published), cap_minor)
    number = await store.next_number(db, at.year)
    owner = await parties.party(db, host)
    if "consultant" not in owner.roles:
        raise NotYours(number, host)
    if tariff.payer == "host":
        await metering.authorize(db, Account(AccountKind.PREPAID, host), tariff, at)
    session = Session(number, clean_topic(topic), plan, tariff, rate_minor, host, created_at=at)
    invite = invites.mint(invite_id or uuid4().hex, number, token, at)
    await store.add_session(db, session)
    await store.add_invite(db, invite)
    news = [("created", _created(session)), ("invited", _invited(invite))]
    await journal.write(db, number, news, at)
    return session, invite


async def session(db: AsyncConnection, number: str) -> Session:
    """Raises: SessionUnknown."""
    return await store.load(db, number)


async def begun(db: AsyncConnection, numbers: Sequence[str]) -> list[str]:
    """Those of them that were started, by number."""
    return await store.begun(db, numbers)


async def named(db: AsyncConnection, numbers: Iterable[str]) -> list[Session]:
    """Those of them that there are, by number."""
    return await store.sessions_named(db, numbers)


async def of_party(
    db: AsyncConnection, party: str, limit: int = 50, before: str | None = None
) -> list[Session]:
    """The party's sessions in either role, the newest first, at most `PAGE_MAX`; `before` is the
    number that the last page ended with."""
    return await store.sessions_of(db, party, min(limit, PAGE_MAX), before)


async def page_of(db: AsyncConnection, after: str = "", limit: int = PAGE_MAX) -> list[Session]:
    """All sessions by number, a page at a time; `after` is the last number of the page before."""
    return await store.page_of(db, after, min(limit, PAGE_MAX))


async def live(db: AsyncConnection) -> list[Session]:
    """Sessions that have started and not ended."""
    return await store.sessions_in(db, STARTED)


async def invite_by_token(db: AsyncConnection, token: str, at: datetime) -> tuple[Invite, Session]:
    """What a link opens, nothing moved.

    Raises: InviteUnknown, InviteRevoked, InviteExpired, InviteUsedUp.
    """
    found = await store.invite_by_hash(db, invites.token_hash(token))
    if found is None:
        raise InviteUnknown()
    invites.check(found, at)
    return found, await store.load(db, found.session)


async def invite(db: AsyncConnection, id: str) -> Invite:
    """For the host's page. Raises: InviteUnknown."""
    found = await store.invite_by_id(db, id)
    if found is None:
        raise InviteUnknown()
    return found


async def invites_of(db: AsyncConnection, number: str) -> list[Invite]:
    """Every invite of a session, the oldest first."""
    return await store.invites_of(db, number)


async def revoke(db: AsyncConnection, id: str, at: datetime) -> Invite:
    """The link opens nothing any more; who is in stays in. Idempotent. Raises: InviteUnknown."""
    found = await invite(db, id)
    await store.lock(db, found.session)
    found = await invite(db, id)
    if found.revoked_at is not None:
        return found
    revoked = replace(found, revoked_at=at)
    await store.save_invite(db, revoked)
    await journal.write(db, found.session, [("invited", _invited(revoked))], at)
    return revoked


async def renew_invite(
    db: AsyncConnection, number: str, at: datetime, token: str, invite_id: str = ""
) -> Invite:
    """A fresh link, as in `create`; the older ones stop working.

    Raises: SessionUnknown, WrongState.
    """
    found = await store.lock(db, number)
    if found.state not in OPEN:
        raise WrongState(number, found.state.value, "invite")
    for old in await store.invites_of(db, number):
        if old.revoked_at is None:
            await revoke(db, old.id, at)
    fresh = invites.mint(invite_id or uuid4().hex, number, token, at)
    await store.add_invite(db, fresh)
    await journal.write(db, number, [("invited", _invited(fresh))], at)
    return fresh


async def join(db: AsyncConnection, token: str, party: parties.Party, at: datetime) -> Session:
    """Take the client's place by an invite. The same party again changes nothing.

    A guest who left a minute ago gives way to another guest with the link (a new device), as
    long as uses are left. Raises: InviteError, PlaceTaken, AccountNeeded, NotYours (the host, or
    a guest of another session), WrongState; for a paying client InsufficientFunds, RailsApart.
    """
    hashed = invites.token_hash(token)
    known = await store.invite_by_hash(db, hashed)
    if known is None:
        raise InviteUnknown()
    found = await store.lock(db, known.session)
    if found.client == party.id:
        return found
    locked = await store.invite_by_hash(db, hashed)
    assert locked is not None
    invites.check(locked, at)
    await _check_joins(db, found, party, at)
    joined = replace(
        found,
        client=party.id,
        client_name=party.name,
        client_guest=party.guest,
        client_pressed=found.client_pressed and found.state not in BEFORE_START,
        joined_at=found.joined_at or at,
        client_seen_at=at,
    )
    await store.save_session(db, joined)
    await store.save_invite(db, replace(locked, uses=locked.uses + 1))
    body = {"name": party.name, "guest": party.guest, "again": found.client is not None}
    await journal.write(db, found.number, [("joined", body)], at)
    return joined


async def enter(db: AsyncConnection, number: str, role: Role, at: datetime) -> Session:
    """The side's socket is open. Idempotent. Raises: SessionUnknown, WrongState, NotYours."""
    found = await store.lock(db, number)
    if found.state in OVER:
        raise WrongState(number, found.state.value, "enter")
    return await _move(db, found, role, True, at)


async def leave(db: AsyncConnection, number: str, role: Role, at: datetime) -> Session:
    """The side's last socket is gone. Idempotent. Raises: SessionUnknown, NotYours."""
    found = await store.lock(db, number)
    return await _move(db, found, role, False, at)


async def everyone_left(db: AsyncConnection, at: datetime) -> int:
    """After a restart no socket is open: say so in every session. Answers how many sides left."""
    count = 0
    roles: tuple[Role, Role] = ("host", "client")
    for found in await store.sessions_online(db):
        for role in roles:
            if found.online(role):
                await leave(db, found.number, role, at)
                count += 1
    return count + await company_all_left(db, at)


async def _move(
    db: AsyncConnection, found: Session, role: Role, online: bool, at: datetime
) -> Session:
    if found.online(role) is online:
        return found
    moved = with_online(found, role, online, at)
    await store.save_session(db, moved)
    await journal.write(db, found.number, [("entered" if online else "left", {"by": role})], at)
    return moved


async def _check_joins(
    db: AsyncConnection, found: Session, party: parties.Party, at: datetime
) -> None:
    if found.state not in OPEN:
        raise WrongState(found.number, found.state.value, "join")
    if party.id == found.host or (party.guest and party.session != found.number):
        raise NotYours(found.number, party.id)
    if found.payer == "client" and party.guest:
        raise AccountNeeded(found.number)
    if not place_is_free(found, at):
        raise PlaceTaken(found.number)
    if found.payer == "client":
        await require_same_rail(db, party.id, found.host)
        await metering.authorize(db, Account(AccountKind.PREPAID, party.id), found.tariff, at)


async def _tariff(
    db: AsyncConnection, host: str, plan: str, rate_minor: int, published: Tariff
) -> Tariff:
    """The plan's tariff in force; where the client pays, at the host's rate or the one agreed."""
    if not 0 < rate_minor <= RATE_MINOR_MAX:
        raise BadSession("rate_minor", f"1 to {RATE_MINOR_MAX}")
    if plan != metering.RATES_WITHIN:
        return await metering.tariff_for(db, plan, host)
    try:
        if rate_minor == published.minute_minor:
            return Tariff.from_json(published.to_json())
        return await metering.look_at_rate(db, rate_minor, 0, plan)
    except metering.BadTariff as error:
        raise BadSession("rate_minor", error.why) from error


def _capped(tariff: Tariff, cap_minor: int | None) -> Tariff:
    if cap_minor is None:
        return tariff
    if cap_minor <= 0:
        raise BadSession("cap_minor", "more than nothing")
    capped = tariff.to_dict() | {"max_charge": cap_minor, "max_charge_strategy": "disconnect"}
    return Tariff.from_json(json.dumps(capped))


def _created(session: Session) -> Mapping[str, Any]:
    return {
        "topic": session.topic,
        "plan": session.plan,
        "payer": session.payer,
        "rate_minor": session.rate_minor,
        "tariff_sha256": tariff_sha256(session.tariff),
    }


def tariff_sha256(tariff: Tariff) -> str:
    """Ties the record to the frozen tariff."""
    return hashlib.sha256(tariff.to_json().encode()).hexdigest()


def _invited(invite: Invite) -> Mapping[str, Any]:
    return {
        "invite": invite.id,
        "expires_at": instant(invite.expires_at),
        "uses_max": invite.uses_max,
        "revoked": invite.revoked_at is not None,
    }
