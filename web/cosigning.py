"""Receipts signed by both ends: what a page says of its key is taken in, what it has still to sign
is sent to it, and where a side stays silent for two minutes the meter stops and says why.

`watch` looks every few seconds at sessions with sockets here, so it does not matter which node
counts their minutes.
"""

import asyncio
from collections.abc import Sequence

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker import sessions
from broker.sessions import Session
from broker.signalling import cosigning as wire
from broker.signalling import effects
from web import receipts, wiring
from web.hub import Peer
from web.keys import CLOCK, COSIGNING, DB, HUB, LOOP, SETTINGS
from web.tickets import Seat

WATCH_S = 2
# The first of these that was said of a leg counts.
_STANDS: dict[metering.Stand, wire.SignerStand] = {
    metering.Stand.WAIVED: "waived",
    metering.Stand.SIGNS: "signs",
    metering.Stand.CANNOT: "cannot",
}

log = structlog.get_logger("cosigning")


async def take(app: web.Application, _peer: Peer, seat: Seat, effect: effects.Signing) -> None:
    """A key, a signature, or a word about them."""
    match effect.said:
        case wire.Cosign() as said:
            await _sign(app, seat, said)
            return
        case wire.CosignKey() as said:
            await _bring(app, seat, said)
        case wire.CosignCannot() as said:
            async with app[DB].transaction() as db:
                await sessions.bring_no_key(db, seat.session, seat.role, said.why, app[CLOCK]())
        case wire.CosignWaive() as said:
            side = seat.side
            async with app[DB].transaction() as db:
                await sessions.go_on_unsigned(db, seat.session, side, said.leg, app[CLOCK]())
    await look(app, seat.session)


async def _bring(app: web.Application, seat: Seat, said: wire.CosignKey) -> None:
    at = app[CLOCK]()
    async with app[DB].transaction() as db:
        await sessions.bring_key(db, seat.session, seat.role, said.key, said.proof, at)
    app[COSIGNING].asked.pop((seat.session, seat.role), None)


async def _sign(app: web.Application, seat: Seat, said: wire.Cosign) -> None:
    at, counter = app[CLOCK](), app[COSIGNING].counter
    async with app[DB].transaction() as db:
        await sessions.cosign(db, seat.session, seat.role, said.n, said.signature, at, counter)
    app[HUB].say(seat.session, wire.Cosigned(said.n, seat.role))
    stood = app[COSIGNING].stood.get(seat.session)
    if stood is None or any(signer.late for signer in stood.signers):
        await look(app, seat.session)


async def told(app: web.Application, number: str) -> None:
    """Somebody sat down: how all stand, and what is still to be signed."""
    app[COSIGNING].stood.pop(number, None)
    for role in sessions.SIGNERS:
        app[COSIGNING].asked.pop((number, role), None)
    await look(app, number)


async def watch(app: web.Application) -> None:
    """Look at every session here that has begun; never stops."""
    while True:
        await asyncio.sleep(WATCH_S)
        if not app[SETTINGS].cosign:
            continue
        try:
            async with app[DB].reading() as db:
                here = await sessions.begun(db, app[HUB].sessions())
                numbers = [
                    session.number
                    for session, signing in await _standing(db, here)
                    if not _is_calm(app, session, signing)
                ]
            _forget(app, set(app[HUB].sessions()))
        except Exception:
            log.exception("sessions were not looked at")
            continue
        for number in numbers:
            try:
                await look(app, number)
            except Exception:
                log.exception("signatures were not looked at", session=number)


def _forget(app: web.Application, here: set[str]) -> None:
    known = app[COSIGNING]
    for place in [place for place in known.asked if place[0] not in here]:
        del known.asked[place]
    for number in [number for number in known.stood if number not in here]:
        del known.stood[number]


async def look(app: web.Application, number: str) -> None:
    """Tell the sockets of a session how its signers stand and what each has to sign; stop the
    meter for one who is silent, and let it go on when nobody is."""
    if not app[SETTINGS].cosign:
        return
    async with app[DB].reading() as db:
        standing = await _standing(db, [number])
    for session, signing in standing:
        await receipts.send(app, number, signing)
        await _move(app, session, signing)
        now = _stands(signing)
        if app[COSIGNING].stood.get(number) != now:
            app[COSIGNING].stood[number] = now
            app[HUB].say(number, now)


async def _standing(
    db: AsyncConnection, numbers: Sequence[str]
) -> list[tuple[Session, metering.Signing]]:
    """Sessions and how their signers stand, read at once however many there are."""
    known = await metering.signing_of_each(db, numbers, sessions.SIGNERS)
    return [(one, known[one.number]) for one in await sessions.named(db, numbers)]


def _is_calm(app: web.Application, session: Session, signing: metering.Signing) -> bool:
    """Whether there is nothing to send, to stop, to resume or to tell."""
    stands = session.cause == sessions.CAUSE_UNSIGNED
    told = app[COSIGNING].stood.get(session.number) == _stands(signing)
    return told and not (stands or signing.behind or signing.silent)


def _stands(signing: metering.Signing) -> wire.Cosigners:
    return wire.Cosigners(
        tuple(
            wire.Signer(leg, _stand(leg, signing), leg in signing.silent)
            for leg in sessions.SIGNERS
        )
    )


def _stand(leg: str, signing: metering.Signing) -> wire.SignerStand:
    """What counts of all that was said of a leg."""
    said = {one.stand for one in signing.cosigners if one.leg == leg}
    for stand in _STANDS:
        if stand in said:
            return _STANDS[stand]
    return "silent"


async def _move(app: web.Application, found: Session, signing: metering.Signing) -> None:
    number, at = found.number, app[CLOCK]()
    if signing.silent and found.state in (sessions.State.LIVE, sessions.State.FINAL):
        async with app[DB].transaction() as db:
            events = await app[LOOP].flush(db, number, at)
            await wiring.record(app, db, events)
            moved = await sessions.pause_unsigned(db, number, signing.silent[0], at)
        wiring.metered(app, events)
    elif not signing.silent and found.cause == sessions.CAUSE_UNSIGNED:
        async with app[DB].transaction() as db:
            moved = await sessions.resume_signed(db, number, at)
    else:
        return
    if moved:
        await wiring.tell_state(app, number)
        await wiring.tell_meter(app, number)
