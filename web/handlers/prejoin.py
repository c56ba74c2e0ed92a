"""The guest's door: who waits, what it costs, one name, one button."""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from aiohttp import hdrs, web
from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker import parties, sessions
from broker.parties import Party
from broker.sessions import Session
from ledger import Account, AccountKind, InsufficientFunds
from metering import free_tag, price_tag
from web.callers import knock_of
from web.errors import BadInput, LoginNeeded
from web.faces import face, texts
from web.forms import fields, money_of, see
from web.handlers.demo_login import doors
from web.keys import CLOCK, DB, LOCALE, PARTY
from web.login import remember
from web.means import means_of
from web.settings import new_token
from web.shapes import InviteGone, PreJoin

OVER = ("ended", "settled", "cancelled")


class _Over(sessions.errors.InviteError):
    """The link was good, and the session is over."""

    code = "invite_over"


async def show(request: web.Request) -> web.StreamResponse:
    async with request.app[DB].reading() as db:
        try:
            value = await _door(db, request)
        except sessions.errors.InviteError as error:
            return await gone(db, request, error)
    return face(request, "prejoin.html", value)


async def join(request: web.Request) -> web.StreamResponse:
    """Take the client's place: a guest gets a login for this session only."""
    given, at, token, _ = await fields(request), request.app[CLOCK](), new_token(), texts(request)
    door: PreJoin | None = None
    try:
        async with request.app[DB].transaction() as db:
            door = await _door(db, request)
            party, fresh = await _who(db, request, door, given.get("name", ""))
            await sessions.join(db, request.match_info["token"], party, at)
            await _limit(db, door, given.get("cap", ""), at)
            if fresh:
                await parties.open_login(db, party, at, token, knock_of(request, "invite"))
    except BadInput:
        assert door is not None, "a cap is asked for at an open door only"
        why = {"cap": _("Write a sum in figures, or leave it empty")}
        return face(request, "prejoin.html", replace(door, cap=given["cap"], errors=why), 422)
    except parties.BadParty:
        assert door is not None, "a name is asked for at an open door only"
        wrong = replace(door, errors={"name": _("Write your name")})
        return face(request, "prejoin.html", wrong, 422)
    except (sessions.errors.InviteError, sessions.errors.PlaceTaken, _Over) as error:
        async with request.app[DB].reading() as db:
            return await gone(db, request, error)
    made = {"session": door.session} | ({"token": token} if fresh else {})
    response = see(request, f"/sessions/{door.session}/room", made)
    if fresh:
        remember(request, response, token)
    return response


async def _who(
    db: AsyncConnection, request: web.Request, door: PreJoin, name: str
) -> tuple[Party, bool]:
    """The party that joins, and whether it was made just now.

    Raises: LoginNeeded when a guest cannot pay, BadParty for a name that is none.
    """
    party = request[PARTY]
    if door.must_login:
        raise LoginNeeded(f"/i/{door.token}")
    if party is not None and (not party.guest or party.session == door.session):
        return party, False
    at = request.app[CLOCK]()
    guest = await parties.register_guest(db, name, door.session, request[LOCALE], at)
    return guest, True


async def _limit(db: AsyncConnection, door: PreJoin, typed: str, at: datetime) -> None:
    """What the session may cost the client who pays; empty: nothing is said. Raises: BadInput."""
    if not typed.strip() or door.plan == "host-pays":
        return
    cap = money_of(typed, door.rate.currency)
    if cap is None:
        raise BadInput("cap")
    await sessions.set_cap(db, door.session, "client", cap.minor, at)


async def _door(db: AsyncConnection, request: web.Request) -> PreJoin:
    """What the link opens to whoever asks. Raises: InviteError, _Over."""
    token, party, at = request.match_info["token"], request[PARTY], request.app[CLOCK]()
    _invite, session = await sessions.invite_by_token(db, token, at)
    if session.state.value in OVER:
        raise _Over(session.number)
    host = await parties.party(db, session.host)
    tariff, known = session.tariff, party if party and not party.guest else None
    value = PreJoin(
        token=token,
        host=host.name,
        topic=session.topic,
        plan=session.plan,
        rate=price_tag(tariff, at) if session.payer == "client" else free_tag(tariff, at),
        session=session.number,
        name=party.name if party else "",
        is_host=known is not None and known.id == session.host,
    )
    if known is None:
        pays = session.payer == "client"
        return replace(value, must_login=pays, doors=doors(request, "client") if pays else ())
    return await _with_balance(db, value, session, known, at)


async def _with_balance(
    db: AsyncConnection, value: PreJoin, session: Session, party: Party, at: datetime
) -> PreJoin:
    """What a known party has to pay with, and what is missing for the first minute."""
    currency, missing = session.tariff.currency, None
    available = (await means_of(db, party.id, at, currency)).available
    if session.payer == "client" and session.client != party.id and not value.is_host:
        payer = Account(AccountKind.PREPAID, party.id, currency)
        try:
            await metering.authorize(db, payer, session.tariff, at)
        except InsufficientFunds as short:
            missing = short.needed - short.available
    return replace(value, balance=available, missing=missing)


async def gone(
    db: AsyncConnection, request: web.Request, error: sessions.errors.SessionsError
) -> web.StreamResponse:
    """A bad invitation: whom to ask for another, and nothing else, no topic and no number.

    Whoever is in the session already comes back to it, used up or revoked as the link may be.
    """
    reason = error.code.removeprefix("invite_")
    number = str(getattr(error, "number", ""))
    if not number:
        return face(request, "invite_gone.html", InviteGone(reason, error.code), 404)
    session, party = await sessions.session(db, number), request[PARTY]
    if party is not None and party.id in (session.host, session.client):
        place = "result" if session.state.value in OVER else "room"
        way = f"/sessions/{number}/{place}"
        back = web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: way})
        return see(request, way) if request.method == "POST" else back
    host = (await parties.party(db, session.host)).name
    return face(request, "invite_gone.html", InviteGone(reason, error.code, host), 410)
