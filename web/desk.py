"""Does what a conversation asks for: one effect, one verb of a room, one transaction.

A refusal of a room becomes an `error` message on that socket and moves nothing; what we did not
foresee is logged and answered with `internal`, and the session goes on.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web

from broker import sessions
from broker.signalling import Outbox, ResumeRefused, effects, messages
from ledger.control import Actor
from relay import RelayError
from web import attempts, views, wiring
from web.db import repeated
from web.errors import BadInput, TooBusy, verdict
from web.forms import money_of
from web.hub import Peer
from web.keys import CLOCK, DB, ENGINE, HUB, TICKETS
from web.settings import new_token
from web.tickets import Seat

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


async def left(app: web.Application, peer: Peer) -> None:
    """A socket is closed; an empty seat is written down and the other side is told."""
    seat = peer.seat
    if seat is None:
        return

    async def leave() -> None:
        async with app[DB].transaction() as db:
            await sessions.leave(db, seat.session, seat.role, app[CLOCK]())

    async with app[HUB].seating(seat.session):
        if not app[HUB].detach(peer):
            return  # a newer socket of the same side sits there
        await repeated(leave)
    await wiring.tell_state(app, seat.session)


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
            await _seat(app, peer, seat, outbox, outbox.since(asked.ask.seq))
            return
    if asked.ticket:
        await _admit(app, peer, number, asked.ticket)
    else:
        peer.deliver(peer.conversation.refuse("resume_refused"))


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
        peer.deliver(peer.conversation.bye("ended", f"/sessions/{seat.session}/result"))
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


async def _enter(app: web.Application, seat: Seat, at: datetime) -> None:
    async def enter() -> None:
        async with app[DB].transaction() as db:
            await sessions.enter(db, seat.session, seat.role, at)

    await repeated(enter)
    await app[ENGINE].open_room(seat.session)


async def _do(app: web.Application, peer: Peer, effect: effects.Effect) -> None:
    """One verb for a seated peer; a refusal is told to this peer only."""
    if peer.seat is None:
        return
    reply_to = effect.id if isinstance(effect, effects.Chat) else _NAMES.get(type(effect))
    verb, seat = _VERBS[type(effect)], peer.seat
    try:
        await repeated(lambda: verb(app, peer, seat, effect))
    except RelayError as error:
        attempts.refused(peer, seat, _PCS.get(type(effect), "sub"), error)
    except Exception as error:
        known = verdict(error)
        if known is None:
            log.exception("effect failed", session=seat.session, effect=reply_to)
        code = known[1] if known else "internal"
        peer.deliver(peer.conversation.error(code, reply_to))


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


async def _candidate(
    app: web.Application, peer: Peer, seat: Seat, effect: effects.Candidate
) -> None:
    generation = app[HUB].generation(peer, seat, effect.generation)
    await app[ENGINE].candidate(
        seat.session, seat.role, effect.pc, generation, effect.candidate, effect.mid
    )


async def _trouble(_app: web.Application, peer: Peer, _seat: Seat, effect: effects.Trouble) -> None:
    """Kept until the connection fails, if it does: with another path TURN is not missed."""
    if peer.turn.get(effect.pc) != "turn_refused":  # says more than "unreachable", which follows
        peer.turn[effect.pc] = effect.code


async def _stale(_app: web.Application, _peer: Peer, seat: Seat, effect: effects.Stale) -> None:
    attempts.stale(seat, effect.pc)


async def _start(app: web.Application, _peer: Peer, seat: Seat, _effect: object) -> None:
    at = app[CLOCK]()
    async with app[DB].transaction() as db:
        await sessions.press_start(db, seat.session, seat.role, at)
    await wiring.tell_state(app, seat.session, by=seat.role)
    await wiring.tell_meter(app, seat.session)


async def _pause(app: web.Application, _peer: Peer, seat: Seat, _effect: object) -> None:
    await wiring.pause(app, seat.session, seat.role)


async def _resume(app: web.Application, _peer: Peer, seat: Seat, _effect: object) -> None:
    at = app[CLOCK]()
    async with app[DB].transaction() as db:
        await sessions.resume(db, seat.session, seat.role, at)
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
        await sessions.set_cap(db, seat.session, seat.role, sum.minor if sum else None, at)
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
        await sessions.claim_media(db, seat.session, seat.role, body, at)
    role: Any = seat.role
    told = messages.MediaState(role, claim.screen, claim.mic, claim.surface)
    app[HUB].say(seat.session, told)


_VERBS: dict[type, Callable[[web.Application, Peer, Seat, Any], Awaitable[None]]] = {
    effects.Publish: _publish,
    effects.Subscribe: _subscribe,
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
}
_PCS: dict[type, attempts.Pc] = {effects.Publish: "pub", effects.Subscribe: "sub"}
_NAMES: dict[type, str] = {
    effects.Publish: "offer",
    effects.Subscribe: "offer",
    effects.Candidate: "ice",
    effects.PressStart: "start",
    effects.Pause: "pause",
    effects.Resume: "resume",
    effects.HangUp: "end",
    effects.SetCap: "cap",
    effects.ClaimMedia: "media",
}
