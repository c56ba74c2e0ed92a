"""Colleagues and observers in a room: who sits down beside the two sides, and who is told of it.

Nobody enters before the client has been told; the client's page is told with everybody else, and
the record learns when. Whoever is sent away loses seat, replay buffer and media at once.
"""

from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties, sessions
from broker.sessions import PRINCIPALS, CallState, Companion, Session
from broker.signalling import company as wire
from broker.signalling import effects, messages
from web import mending
from web.db import repeated
from web.errors import Forbidden
from web.hub import Peer
from web.keys import CLOCK, DB, ENGINE, HUB, SETTINGS
from web.links import new_invite, token_for
from web.locale import words
from web.tickets import Seat

HOME = "/dashboard"
# What only the two sides do, and what an observer does not do.
OF_SIDES: frozenset[type] = frozenset(
    {
        effects.PressStart,
        effects.Pause,
        effects.Resume,
        effects.HangUp,
        effects.SetCap,
        effects.Consent,
        effects.Call,
        effects.CallAnswer,
        effects.Signing,
    }
)
OF_SPEAKERS: frozenset[type] = frozenset(
    {
        effects.Publish,
        effects.Chat,
        effects.ClaimMedia,
        effects.PointAt,
        effects.Draw,
        effects.Wipe,
    }
)


def beside(role: str) -> bool:
    """Whether a seat is not one of the two sides'."""
    return role not in PRINCIPALS


def check_may(role: str, effect: object) -> None:
    """Raises: Forbidden where the seat may not ask for that."""
    watches = role.startswith("observer")
    if (beside(role) and type(effect) in OF_SIDES) or (watches and type(effect) in OF_SPEAKERS):
        raise Forbidden("not_yours")


async def enter(db: AsyncConnection, seat: Seat, at: datetime) -> None:
    """As the room `sessions` says of either kind of seat."""
    if not beside(seat.role):
        await sessions.enter(db, seat.session, seat.side, at)
    else:
        await sessions.company_enter(db, seat.session, seat.role, at)


async def leave(db: AsyncConnection, seat: Seat, at: datetime) -> None:
    """The same of leaving."""
    if not beside(seat.role):
        await sessions.leave(db, seat.session, seat.side, at)
    else:
        await sessions.company_leave(db, seat.session, seat.role, at)


async def claim(db: AsyncConnection, seat: Seat, body: dict[str, Any], at: datetime) -> None:
    """What a browser says of its own devices."""
    if not beside(seat.role):
        await sessions.claim_media(db, seat.session, seat.side, body, at)
    else:
        await sessions.company_claim(db, seat.session, seat.role, body, at)


# What the two sides ask for.


async def call(app: web.Application, _peer: Peer, seat: Seat, effect: effects.Call) -> None:
    """The host calls; everybody is told, and the client among them."""
    if seat.role != "host":
        raise Forbidden("not_yours")
    asked, at = effect.call, app[CLOCK]()
    call_id, token = new_invite(app[SETTINGS])
    async with app[DB].transaction() as db:
        made = await sessions.call_in(
            db, seat.session, asked.part, at, token, call_id, asked.email, asked.share_bp
        )
    app[HUB].untold.add(seat.session)
    await tell(app, seat.session, "called", made)


async def answer(app: web.Application, _peer: Peer, seat: Seat, effect: effects.CallAnswer) -> None:
    """The client agrees or refuses, the host sends away."""
    said, number, at = effect.answer, seat.session, app[CLOCK]()
    if said.action == "agree":
        if seat.role != "client":
            raise Forbidden("not_yours")
        async with app[DB].transaction() as db:
            one = await sessions.agree(db, number, said.seat, at)
        await tell(app, number, "agreed", one)
        return
    by = seat.side
    async with app[HUB].seating(number):
        async with app[DB].transaction() as db:
            one = await sessions.turn_away(db, number, said.seat, by, at)
        app[HUB].turn_out(number, said.seat, "sent_away", HOME)
        await close_leg(app, number, said.seat)
    await tell(app, number, "refused" if by == "client" else "dismissed", one)


async def close_leg(app: web.Application, number: str, seat: str) -> None:
    """Their media ends, and nobody waits for it."""
    await app[ENGINE].close_leg(number, seat)
    mending.gone(app, (number, seat))


# What sockets are told.


async def tell(
    app: web.Application,
    number: str,
    event: wire.CompanyEvent | None = None,
    about: Companion | None = None,
) -> None:
    """Everybody in the session, each in their language; nothing where nobody was ever called."""
    peers = list(app[HUB].peers(number))
    async with app[DB].reading() as db:
        known = await sessions.company_of(db, number)
        if not known:
            return
        session = await sessions.session(db, number)
        host = (await parties.party(db, session.host)).name
    for peer in peers:
        if peer.seat is not None:
            peer.say(_view(app, peer.seat, session, host, known, event, about))
    client = app[HUB].peer(number, "client")
    if client is not None and client.away is None:
        await _told(app, number, known)


async def came(app: web.Application, seat: Seat) -> None:
    """Somebody has sat down: whoever is in the session sees who else is."""
    entered = await _one(app, seat) if beside(seat.role) else None
    await tell(app, seat.session, "entered" if entered else None, entered)


async def went(app: web.Application, seat: Seat) -> None:
    """Somebody has left for good, or a side has."""
    gone = await _one(app, seat) if beside(seat.role) else None
    await tell(app, seat.session, "left" if gone else None, gone)


async def _one(app: web.Application, seat: Seat) -> Companion | None:
    async with app[DB].reading() as db:
        known = await sessions.company_of(db, seat.session)
    mine = [one for one in known if one.seat == seat.role and one.active]
    return mine[-1] if mine else None


async def _told(app: web.Application, number: str, known: list[Companion]) -> None:
    """The client's page has it: from now on whoever was called may come in."""
    app[HUB].untold.discard(number)
    if not any(one.active and one.told_at is None for one in known):
        return

    async def write() -> None:
        async with app[DB].transaction() as db:
            await sessions.company_told(db, number, app[CLOCK]())

    await repeated(write)  # by itself: whoever repeats all of `call` would call twice


def _view(
    app: web.Application,
    seat: Seat,
    session: Session,
    host: str,
    known: list[Companion],
    event: wire.CompanyEvent | None,
    about: Companion | None,
) -> wire.Company:
    hub, number = app[HUB], session.number
    sides = (("host", host), ("client", session.client_name or ""))
    present = [_side(role, name, hub.online(number, role)) for role, name in sides]
    present += [_present(app, seat, one) for one in known if one.active]
    who: Any = about.seat if about else None
    return wire.Company(event, who, about.name if about else "", tuple(present))


def _side(role: Any, name: str, online: bool) -> wire.Present:
    return wire.Present(role, role, name, "in" if online else "out")


def _present(app: web.Application, seat: Seat, one: Companion) -> wire.Present:
    where: Any = one.seat
    state: Any = one.state.value
    waits = one.state is CallState.CALLED and one.agreed_at is None
    knows = seat.role in ("host", one.seat) and one.share_bp > 0
    hands = seat.role == "host" and one.state is CallState.CALLED
    return wire.Present(
        seat=where,
        part=one.part,
        name=one.name,
        state=state,
        asked=waits,
        share_text=share_text(one.share_bp, seat.locale) if knows else None,
        link=link_of(app, one) if hands else None,
    )


def link_of(app: web.Application, one: Companion) -> str:
    """What the host hands over."""
    settings = app[SETTINGS]
    return f"{settings.origin}/c/{token_for(settings, one.id)}"


def share_text(bp: int, locale: str) -> str:
    """`30 % доли консультантов`."""
    whole, part = divmod(bp, 100)
    number = f"{whole}" if not part else f"{whole}{',' if locale == 'ru' else '.'}{part:02d}"
    return words(locale).gettext("{n} % of the consultants' share", n=number)


def media_state(seat: Seat, claimed: messages.Media) -> messages.MediaState:
    """A claim as the others are told of it."""
    return messages.MediaState(seat.place, claimed.screen, claimed.mic, claimed.surface)
