"""Does what a conversation asks for: one effect, one verb of a room, one transaction.

A refusal of a room becomes an `error` message on that socket and moves nothing; what we did not
foresee is logged and answered with `internal`, and the session goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web

from broker import sessions
from broker.signalling import Outbox, ResumeRefused, effects, messages
from ledger.control import Actor
from relay import RelayError
from web import attempts, company, cosigning, mending, pointing, recordings, views, wiring
from web.db import repeated
from web.errors import BadInput, TooBusy, verdict
from web.forms import money_of
from web.hub import Peer
from web.keys import CLOCK, DB, ENGINE, HUB, NEWS, TICKETS
from web.settings import new_token
from web.tickets import Seat

AWAY_S = 30

log = structlog.get_logger("desk")


async def perform(
    app: web.Application, peer: Peer, number: str, found: Iterable[effects.Effect]
) -> None:
    """Perform effects in order; frames to send are queued, the rest is done here and now."""
    for effect in found:
        match effect:
            case effects.Send() | effects.Close():
                peer.deliver([effect])
            case effects.Admit():
                await _admit(app, peer, number, effect.ticket)
            case effects.Readmit():
                await _readmit(app, peer, number, effect)
            case _:
                await _do(app, peer, effect)


def broke(app: web.Application, peer: Peer) -> None:
    """A line broke without a goodbye: the seat is kept a little, most come back within a second.

    Until then nothing is written down, and what is told to the seat waits in its outbox.
    """
    peer.away = asyncio.get_running_loop().call_later(
        AWAY_S, lambda: app[NEWS].spawn(_gave_up(app, peer))
    )


async def _gave_up(app: web.Application, peer: Peer) -> None:
    """One after another: where thousands broke at once, those who come back go before them."""
    async with app[HUB].leaving:
        await left(app, peer)


async def left(app: web.Application, peer: Peer) -> None:
    """A socket is closed; an empty seat is written down and the other side is told."""
    seat = peer.seat
    if seat is None:
        return

    async def leave() -> None:
        async with app[DB].transaction() as db:
            await company.leave(db, seat, app[CLOCK]())

    async with app[HUB].seating(seat.session):
        if not app[HUB].detach(peer):
            return  # a newer socket of the same side sits there
        await repeated(leave)
        if company.beside(seat.role):
            await company.close_leg(app, seat.session, seat.role)
    await wiring.tell_state(app, seat.session)
    await company.went(app, seat)


async def _admit(app: web.Application, peer: Peer, number: str, ticket: str) -> None:
    seat = app[TICKETS].use(ticket, number, app[CLOCK]()) if ticket else None
    if seat is None:
        peer.deliver(peer.conversation.refuse("ticket_refused"))
        return
    await _seat(app, peer, seat, Outbox(new_token()), None)


async def _readmit(app: web.Application, peer: Peer, number: str, asked: effects.Readmit) -> None:
    """Go on with the replay buffer; without one (we restarted) the spare ticket is used."""
    kept = app[HUB].outbox(number, asked.ask.participant)
    if kept is not None:
        outbox, seat = kept
        try:
            outbox.rotate(asked.ask.key, new_token())
        except ResumeRefused:
            kept = None
        else:
            missed = outbox.since(asked.ask.seq)
            found = None
            whole = outbox.retold <= asked.ask.seq
            if asked.brief and missed is not None and whole:
                found = _gone_on(app, peer, seat, outbox, missed)
            if found is None:
                await _seat(app, peer, seat, outbox, missed)
            else:
                await perform(app, peer, number, found)
                if seat.role == "client" and number in app[HUB].untold:
                    await company.tell(app, number)
                mending.seated(app, peer, seat)
            return
    if asked.ticket:
        await _admit(app, peer, number, asked.ticket)
    else:
        peer.deliver(peer.conversation.refuse("resume_refused"))


def _gone_on(
    app: web.Application, peer: Peer, seat: Seat, outbox: Outbox, missed: list[str]
) -> list[effects.Effect] | None:
    """Sit down where one's own seat is still kept: no journal, no news to anybody, no picture.

    None when it was given up: then something may have been told that nobody numbered.
    """
    hub = app[HUB]
    older = hub.peer(seat.session, seat.role)
    if older is None or older.conversation.outbox is not outbox or not older.announced:
        return None
    peer.turn, peer.announced = older.turn, older.announced
    hub.count_from(peer, seat, same_page=True)
    older.conversation.outbox = None  # its last words are not of the count that goes on
    hub.attach(peer, seat)
    peer.conversation.locale = seat.locale
    told = views.resumed(app, seat, outbox.key, app[CLOCK]())
    return peer.conversation.resumed(outbox, told, missed)


async def _seat(
    app: web.Application, peer: Peer, seat: Seat, outbox: Outbox, missed: list[str] | None
) -> None:
    """Sit down: write it into the session, open the room of the relay, show the whole picture."""
    hub, at = app[HUB], app[CLOCK]()
    try:
        async with hub.seating(seat.session):
            await _enter(app, seat, at)
            known = hub.outbox(seat.session, seat.role)
            hub.count_from(peer, seat, same_page=known is not None and known[0] is outbox)
            hub.attach(peer, seat)
            hub.keep(seat, outbox)
    except sessions.errors.WrongState:
        peer.deliver(peer.conversation.bye("ended", wiring.result_of(seat)))
        return
    except sessions.errors.CompanyError as error:
        early = isinstance(error, sessions.errors.NotToldYet)
        code = "ticket_refused" if early else "sent_away"
        peer.deliver(peer.conversation.bye(code, company.HOME))
        return
    except TooBusy:
        peer.deliver(peer.conversation.bye("going_away"))
        return
    peer.conversation.locale = seat.locale
    picture = await views.welcome(app, seat, outbox.key, at)
    await perform(app, peer, seat.session, peer.conversation.welcome(outbox, picture, missed))
    await wiring.tell_state(app, seat.session)
    await wiring.tell_meter(app, seat.session)
    await wiring.tell_cap(app, seat.session)
    await recordings.tell(app, seat.session)
    await company.came(app, seat)
    await cosigning.told(app, seat.session)
    mending.seated(app, peer, seat)
    peer.announced = True


async def _enter(app: web.Application, seat: Seat, at: datetime) -> None:
    async def enter() -> None:
        async with app[DB].transaction() as db:
            await company.enter(db, seat, at)

    await repeated(enter)
    await app[ENGINE].open_room(seat.session)


async def _do(app: web.Application, peer: Peer, effect: effects.Effect) -> None:
    """One verb for a seated peer; a refusal is told to this peer only."""
    if peer.seat is None:
        return
    reply_to = _reply_to(effect)
    verb, seat = _VERBS[type(effect)], peer.seat
    try:
        company.check_may(seat.role, effect)
        await repeated(lambda: verb(app, peer, seat, effect))
    except RelayError as error:
        attempts.refused(peer, seat, _PCS.get(type(effect), "sub"), error)
    except Exception as error:
        known = verdict(error)
        if known is None:
            log.exception("effect failed", session=seat.session, effect=reply_to)
        code = known[1] if known else "internal"
        peer.deliver(peer.conversation.error(code, reply_to))


def _reply_to(effect: effects.Effect) -> str | None:
    """The id that the sender gave, or the name of the message."""
    match effect:
        case effects.Chat():
            return effect.id
        case effects.Draw():
            return effect.mark.id
        case _:
            return _NAMES.get(type(effect))


async def _publish(app: web.Application, peer: Peer, seat: Seat, effect: effects.Publish) -> None:
    attempts.begun("pub")
    peer.turn.pop("pub", None)
    before = {source.id for source in app[HUB].sources(seat.session)}
    generation = app[HUB].generation(peer, seat, effect.generation)
    answer = await app[ENGINE].publish(seat.session, seat.role, effect.sdp, generation)
    peer.say(views.answer("pub", effect.generation, answer))
    if {source.id for source in answer.sources} - before:
        wanted = messages.WantOffer("sub", "new_source")
        app[HUB].say(seat.session, wanted, but=seat.role)


async def _subscribe(
    app: web.Application, peer: Peer, seat: Seat, effect: effects.Subscribe
) -> None:
    attempts.begun("sub")
    peer.turn.pop("sub", None)
    generation = app[HUB].generation(peer, seat, effect.generation)
    answer = await app[ENGINE].subscribe(seat.session, seat.role, effect.sdp, generation)
    peer.say(views.answer("sub", effect.generation, answer))


async def _accept(app: web.Application, peer: Peer, seat: Seat, effect: effects.Accept) -> None:
    said = effect.said
    if said.pc == "sub":
        generation = app[HUB].generation(peer, seat, said.generation)
        await app[ENGINE].accept(seat.session, seat.role, generation, said.sdp)


async def _candidate(
    app: web.Application, peer: Peer, seat: Seat, effect: effects.Candidate
) -> None:
    generation = app[HUB].generation(peer, seat, effect.generation)
    await app[ENGINE].candidate(
        seat.session, seat.role, effect.pc, generation, effect.candidate, effect.mid
    )


async def _trouble(app: web.Application, peer: Peer, seat: Seat, effect: effects.Trouble) -> None:
    """Kept until the connection fails, if it does: with another path TURN is not missed."""
    if effect.code == "disconnected":
        mending.disconnected(app, seat)
    elif effect.code == "moved":
        mending.moved(app, seat)
    elif peer.turn.get(effect.pc) != "turn_refused":  # says more than "unreachable", which follows
        peer.turn[effect.pc] = effect.code


async def _stale(_app: web.Application, _peer: Peer, seat: Seat, effect: effects.Stale) -> None:
    attempts.stale(seat, effect.pc)


async def _start(app: web.Application, _peer: Peer, seat: Seat, _effect: object) -> None:
    at = app[CLOCK]()
    async with app[DB].transaction() as db:
        await sessions.press_start(db, seat.session, seat.side, at)
    await wiring.tell_state(app, seat.session, by=seat.role)
    await wiring.tell_meter(app, seat.session)


async def _pause(app: web.Application, _peer: Peer, seat: Seat, _effect: object) -> None:
    await wiring.pause(app, seat.session, seat.role)


async def _resume(app: web.Application, _peer: Peer, seat: Seat, _effect: object) -> None:
    at = app[CLOCK]()
    async with app[DB].transaction() as db:
        await sessions.resume(db, seat.session, seat.side, at)
    await wiring.tell_state(app, seat.session, by=seat.role)
    await wiring.tell_meter(app, seat.session)


async def _hang_up(app: web.Application, peer: Peer, seat: Seat, _effect: object) -> None:
    actor = Actor(seat.party, "self", peer.address)
    await wiring.hang_up(app, seat.session, seat.role, "hung_up", actor)


async def _cap(app: web.Application, _peer: Peer, seat: Seat, effect: effects.SetCap) -> None:
    at = app[CLOCK]()
    async with app[DB].transaction() as db:
        found = await sessions.session(db, seat.session)
        sum = None if effect.sum is None else money_of(effect.sum, found.tariff.currency)
        if effect.sum is not None and sum is None:
            raise BadInput("cap")
        await sessions.set_cap(db, seat.session, seat.side, sum.minor if sum else None, at)
    await wiring.tell_cap(app, seat.session)
    await wiring.tell_meter(app, seat.session)


async def _chat(app: web.Application, _peer: Peer, seat: Seat, effect: effects.Chat) -> None:
    at = app[CLOCK]()
    async with app[DB].transaction() as db:
        line = await sessions.chat(db, seat.session, seat.role, effect.id, effect.text, at)
    app[HUB].say(seat.session, views.chat_line(line))


async def _claim(app: web.Application, _peer: Peer, seat: Seat, effect: effects.ClaimMedia) -> None:
    claim = effect.claim
    body = {"screen": claim.screen, "surface": claim.surface, "mic": claim.mic}
    body = {name: value for name, value in body.items() if value is not None}
    at = app[CLOCK]()
    async with app[DB].transaction() as db:
        await company.claim(db, seat, body, at)
    app[HUB].say(seat.session, company.media_state(seat, claim))
    if claim.screen == "ended":
        pointing.screen_ended(app, seat)


_VERBS: dict[type, Callable[[web.Application, Peer, Seat, Any], Awaitable[None]]] = {
    effects.Publish: _publish,
    effects.Subscribe: _subscribe,
    effects.Accept: _accept,
    effects.Candidate: _candidate,
    effects.Trouble: _trouble,
    effects.Stale: _stale,
    effects.PressStart: _start,
    effects.Pause: _pause,
    effects.Resume: _resume,
    effects.HangUp: _hang_up,
    effects.SetCap: _cap,
    effects.Chat: _chat,
    effects.ClaimMedia: _claim,
    effects.PointAt: pointing.point,
    effects.Draw: pointing.draw,
    effects.Wipe: pointing.wipe,
    effects.Consent: recordings.consent,
    effects.Call: company.call,
    effects.CallAnswer: company.answer,
    effects.Signing: cosigning.take,
}
_PCS: dict[type, attempts.Pc] = {effects.Publish: "pub", effects.Subscribe: "sub"}
_NAMES: dict[type, str] = {
    effects.Publish: "offer",
    effects.Subscribe: "offer",
    effects.Accept: "accept",
    effects.Candidate: "ice",
    effects.PressStart: "start",
    effects.Pause: "pause",
    effects.Resume: "resume",
    effects.HangUp: "end",
    effects.SetCap: "cap",
    effects.ClaimMedia: "media",
    effects.PointAt: "pointer",
    effects.Wipe: "mark_clear",
    effects.Consent: "consent",
    effects.Call: "call",
    effects.CallAnswer: "call_answer",
    effects.Signing: "cosign",
}
