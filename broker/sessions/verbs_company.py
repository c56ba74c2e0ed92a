"""Calling a colleague or an observer into a running session; the client is told before they enter.

The one meter and the price stay as they are: see docs/decisions/0025-consilium.md.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from broker.sessions import company, invites, journal, store, store_company, talk
from broker.sessions.company import OFFICE, CallState, Companion, Part
from broker.sessions.errors import BadSession, CallOver, CallUnknown, NotYours, WrongState
from broker.sessions.recording import CONSENT
from broker.sessions.session import OPEN, STARTED, Claim, Role, Session, State
from ledger import Account, AccountKind, Portion
from ledger.control import require_same_rail

RUNNING = STARTED | {State.TOGETHER}


async def call_in(
    db: AsyncConnection,
    number: str,
    part: Part,
    at: datetime,
    token: str,
    call_id: str,
    email: str = "",
    share_bp: int = 0,
) -> Companion:
    """The host calls somebody: by address, or with `email` empty whoever is given the link.

    `token` and `call_id` as in `create`. Raises: SessionUnknown, WrongState, CompanyFull,
    BadSession (the share), CallUnknown (nobody of that address may be called), RailsApart.
    """
    found = await store.lock(db, number)
    if found.state not in RUNNING:
        raise WrongState(number, found.state.value, "call")
    invites.check_token(token)
    known = await store_company.of_session(db, number)
    company.check_share(known, part, found.payer, share_bp)
    seat = company.free_seat(known, number, part)
    made = Companion(
        number, len(known) + 1, call_id, seat, part, invites.token_hash(token), share_bp, at
    )
    if email.strip():
        person = await _person(db, found, part, email)
        await _check_person(db, found, made, known, person)
        made = replace(made, party=person.id, name=person.name)
    await store_company.add(db, made)
    body = {"part": part, "by": "host", "name": made.name, "share_bp": share_bp}
    await _write(db, made, "called", at, body)
    return made


async def company_of(db: AsyncConnection, number: str) -> list[Companion]:
    """Every call of a session, the first first."""
    return await store_company.of_session(db, number)


async def company_told(db: AsyncConnection, number: str, at: datetime) -> list[Companion]:
    """The client's page shows who is called; those of whom it learned just now."""
    fresh = []
    for one in await _locked(db, number):
        if one.active and one.told_at is None:
            fresh.append(await _save(db, replace(one, told_at=at), "told", at))
    return fresh


async def agree(db: AsyncConnection, number: str, seat: str, at: datetime) -> Companion:
    """The client wants them in. Again: nothing. Raises: SessionUnknown, CallUnknown."""
    one = await _active(db, number, seat)
    if one.agreed_at is not None:
        return one
    agreed = replace(one, agreed_at=at, told_at=one.told_at or at)
    return await _save(db, agreed, "agreed", at)


async def turn_away(
    db: AsyncConnection, number: str, seat: str, by: Role, at: datetime
) -> Companion:
    """The client refuses, or the host sends away, whether they are in or not.

    Raises: SessionUnknown, CallUnknown.
    """
    one = await _active(db, number, seat)
    over = company.ended(one, by, at)
    return await _save(db, over, over.state.value, at)


async def call_by_token(db: AsyncConnection, token: str) -> tuple[Companion, Session]:
    """What a link opens, nothing moved. Raises: CallUnknown, CallOver."""
    one = await store_company.by_hash(db, invites.token_hash(token))
    if one is None:
        raise CallUnknown("")
    found = await store.load(db, one.session)
    if not one.active or found.state not in OPEN:
        raise CallOver(one.session, one.state.value if not one.active else found.state.value)
    return one, found


async def take_call(
    db: AsyncConnection, token: str, party: parties.Party, at: datetime
) -> Companion:
    """Somebody comes by the link, which is theirs alone from now on. Again: nothing.

    Raises: CallUnknown, CallOver, NotYours (a side of the session, a guest, somebody without the
    office, or not the person who was called), RailsApart.
    """
    seen, _ = await call_by_token(db, token)
    found = await store.lock(db, seen.session)
    one, _ = await call_by_token(db, token)
    if one.party == party.id:
        return one
    if one.party is not None or OFFICE[one.part] not in party.roles:
        raise NotYours(one.session, party.id)
    known = await store_company.of_session(db, one.session)
    await _check_person(db, found, one, known, party)
    taken = replace(one, party=party.id, name=party.name)
    await store_company.save(db, taken)
    return taken


async def company_enter(db: AsyncConnection, number: str, seat: str, at: datetime) -> Companion:
    """Their socket is open. Idempotent.

    Raises: SessionUnknown, WrongState, CallUnknown, CallOver, NotToldYet.
    """
    found = await store.lock(db, number)
    if found.state not in OPEN:
        raise WrongState(number, found.state.value, "enter")
    one = await _active(db, number, seat)
    company.check_may_enter(one, at)
    if one.state is CallState.IN:
        return one
    body = {"part": one.part, "name": one.name, "text": CONSENT}
    return await _save(db, company.entered(one, at), "entered", at, body)


async def company_leave(db: AsyncConnection, number: str, seat: str, at: datetime) -> None:
    """Their last socket is gone. Idempotent."""
    for one in await _locked(db, number):
        if one.seat == seat and one.state is CallState.IN:
            await _save(db, company.left(one, at), "left", at)


async def company_all_left(db: AsyncConnection, at: datetime) -> int:
    """After a restart: see `everyone_left`."""
    there = await store_company.all_in(db)
    for one in there:
        await company_leave(db, one.session, one.seat, at)
    return len(there)


async def company_claim(
    db: AsyncConnection, number: str, seat: str, body: Mapping[str, Any], at: datetime
) -> None:
    """As `claim_media`, of a colleague. Raises: BadSession, CallUnknown, SessionUnknown."""
    one = await _active(db, number, seat)
    before: Any = Claim(one.screen, None, one.mic)  # type: ignore[arg-type]
    after = talk.with_claim(before, body)
    if (after.screen, after.mic) != (one.screen, one.mic):
        await store_company.save(db, replace(one, screen=after.screen, mic=after.mic))
        await journal.write(db, number, talk.facts_of(before, after, seat), at)


async def seat_of(db: AsyncConnection, found: Session, party: str) -> str:
    """Where a party sits: "host", "client" or the seat of their call. Raises: NotYours."""
    if party in (found.host, found.client):
        return found.role_of(party)
    for one in await store_company.of_session(db, found.number):
        if one.party == party and one.active:
            return one.seat
    raise NotYours(found.number, party)


async def team_of(db: AsyncConnection, found: Session) -> tuple[Portion, ...]:
    """All consultants with what they get of 10 000; empty while the host has all of it.

    The host stands last and has what rounding leaves.
    """
    known = company.came(await store_company.of_session(db, found.number))
    if not any(one.share_bp for one in known):
        return ()
    presence = await journal.presence_of(db, found.number)
    seen_s = {one.seat: presence.pair_s("client", one.seat) for one in known}
    given = company.weights(known, seen_s)
    if not given:
        return ()
    rest = company.WHOLE_BP - sum(bp for _, bp in given)
    currency = found.tariff.currency
    return tuple(
        Portion(Account(AccountKind.EARNINGS, party, currency), bp)
        for party, bp in [*given, (found.host, rest)]
    )


async def seen_facts(db: AsyncConnection, number: str) -> list[tuple[str, Mapping[str, Any]]]:
    """At the end: who was there beside the two sides, and how long together with each of them."""
    came = company.came(await store_company.of_session(db, number))
    if not came:
        return []
    seen = await journal.presence_of(db, number)
    return [
        (
            "colleague_seen",
            {
                "n": one.n,
                "seat": one.seat,
                "part": one.part,
                "name": one.name,
                "with_client_s": seen.pair_s("client", one.seat),
                "with_host_s": seen.pair_s("host", one.seat),
            },
        )
        for one in came
    ]


async def _person(db: AsyncConnection, found: Session, part: Part, email: str) -> parties.Party:
    """One answer for nobody there and nobody suitable: addresses are not to be tried out."""
    try:
        person = await parties.by_email(db, email)
    except parties.BadParty as error:
        raise BadSession("email", "not an address") from error
    if person is None or OFFICE[part] not in person.roles:
        raise CallUnknown(found.number)
    return person


async def _check_person(
    db: AsyncConnection,
    found: Session,
    one: Companion,
    known: list[Companion],
    person: parties.Party,
) -> None:
    """Raises: NotYours, RailsApart."""
    there = {other.party for other in known if other.active and other.n != one.n}
    if person.guest or person.id in (found.host, found.client) or person.id in there:
        raise NotYours(found.number, person.id)
    if one.share_bp and found.client is not None:
        await require_same_rail(db, found.client, person.id)


async def _locked(db: AsyncConnection, number: str) -> list[Companion]:
    await store.lock(db, number)
    return await store_company.of_session(db, number)


async def _active(db: AsyncConnection, number: str, seat: str) -> Companion:
    for one in reversed(await _locked(db, number)):
        if one.seat == seat:
            if not one.active:
                raise CallOver(number, one.state.value)
            return one
    raise CallUnknown(number)


async def _save(
    db: AsyncConnection,
    one: Companion,
    what: str,
    at: datetime,
    more: Mapping[str, Any] | None = None,
) -> Companion:
    await store_company.save(db, one)
    await _write(db, one, what, at, more)
    return one


async def _write(
    db: AsyncConnection,
    one: Companion,
    what: str,
    at: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    body = {"n": one.n, "seat": one.seat, **(more or {})}
    await journal.write(db, one.session, [(f"colleague_{what}", body)], at)
