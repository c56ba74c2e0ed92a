"""Recording a session: consent sets the relay going, its end makes a film, time erases it.

What the relay keeps lies in a folder of its own below MINUTA_FOLDER, and becomes one file there.
One lock a session stands around verb and relay, so that nothing is recorded after a consent is
taken back, whoever presses when.
"""

import asyncio
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from aiohttp import web

import relay
from broker import sessions
from broker.sessions import CONSENT, Recording, RecordingState
from broker.signalling import effects, taping
from relay import RecordingGap
from web import metrics, papers
from web.db import repeated
from web.hub import Peer
from web.keys import CLOCK, DB, ENGINE, HUB, SETTINGS, TAPING
from web.locale import words
from web.tickets import Seat
from web.unbroken import safely, unbroken

LOOK_S = 2
ERASE_EVERY = 300  # looks
# The relay's last packets are on the disk by then, however the recording ended.
SETTLE = timedelta(seconds=1)
TRY_AGAIN = timedelta(minutes=10)
# Another process, which has the tapes, makes the film: not ours to give up sooner.
ELSEWHERE = timedelta(hours=1)

log = structlog.get_logger("recordings")


def folder_of(app: web.Application, one: Recording) -> Path:
    """Where a recording lies. Its name is made of our own numbers only."""
    return app[SETTINGS].folder / "recordings" / one.session / str(one.n)


async def consent(app: web.Application, _peer: Peer, seat: Seat, effect: effects.Consent) -> None:
    """One side asks, agrees or takes it back; both are told."""
    said, number, role = effect.said, seat.session, seat.side
    async with app[TAPING].lock(number):
        if said.action == "revoke":
            await app[ENGINE].record_stop(number)  # at once, whatever the database says
        async with app[DB].transaction() as db:
            at = app[CLOCK]()
            if said.action == "ask":
                one = await sessions.ask_recording(db, number, role, said.text, at)
            elif said.action == "grant":
                one = await sessions.grant_recording(db, number, role, said.text, at)
            else:
                await sessions.revoke_recording(db, number, role, at)
        if said.action != "revoke" and one.state is RecordingState.RECORDING:
            await app[ENGINE].record_start(number, folder_of(app, one))
    await tell(app, number)


def gap(app: web.Application, event: RecordingGap) -> None:
    """The relay's disk takes nothing, or takes packets again."""
    if event.until is None:
        app[TAPING].gaps.add((event.room, event.reason))
        metrics.RECORDING_GAPS.labels(event.reason).inc()
    else:
        app[TAPING].gaps.discard((event.room, event.reason))


async def tell(app: web.Application, number: str) -> None:
    """Everybody in the session, each in their language."""
    peers = list(app[HUB].peers(number))
    if not peers:
        return
    async with app[DB].reading() as db:
        known = await sessions.recordings_of(db, number)
    for peer in peers:
        if peer.seat is not None:
            peer.say(_view(app, known, peer.seat))


def _view(app: web.Application, known: list[Recording], seat: Seat) -> taping.Recording:
    last = known[-1] if known else None
    state: taping.RecordingNow = "none"
    if last is not None:
        running = {RecordingState.ASKED: "asked", RecordingState.RECORDING: "recording"}
        state = running.get(last.state, "stopped" if last.started_at else "none")  # type: ignore[assignment]
    over = last is not None and last.stopped_at is not None
    by = None if last is None else last.stopped_by if over else last.asked_by
    return taping.Recording(
        state=state,
        by=by,
        since=_iso(last.started_at) if last and last.started_at else None,
        gap=state == "recording" and app[TAPING].lacks(seat.session),
        text=CONSENT,
        question=question(seat.locale),
    )


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def question(locale: str) -> str:
    """The words that both agree to; another wording needs another name in the sessions' room."""
    return words(locale).gettext(
        "Everything that both of you say and show from now on is recorded on the server. Both of "
        "you can download the recording after the session, and a curator can if there is a "
        "dispute. Either of you can stop it at any moment. The file is erased later by itself; its "
        "hash stays in the record of the session."
    )


# After the end.


async def work(app: web.Application) -> None:
    """Make films of what has stopped, one at a time, and erase what was kept long enough."""
    turn = 0
    while True:
        await safely("recordings", "films", lambda: make_due(app))
        if turn % ERASE_EVERY == 0:
            await safely("recordings", "erasure", lambda: unbroken(erase_due(app)))
        turn += 1
        await asyncio.sleep(LOOK_S)


async def make_due(app: web.Application) -> None:
    """The films of all recordings that have stopped."""
    async with app[TAPING].films:
        async with app[DB].reading() as db:
            due = await sessions.recordings_to_save(db)
        for one in due:
            await _make_if_settled(app, one)


async def _make_if_settled(app: web.Application, one: Recording) -> None:
    ago = app[CLOCK]() - (one.stopped_at or one.asked_at)
    here, later = folder_of(app, one).exists(), app[TAPING].later
    if ago < (SETTLE if here else ELSEWHERE):
        return
    key, at = (one.session, one.n), app[CLOCK]()
    if at < later.get(key, at):
        return
    try:
        await _make(app, one)
    except relay.FilmFailed:
        later[key] = at + TRY_AGAIN
        log.exception("no film could be made, the tapes are kept", session=one.session, n=one.n)


async def _make(app: web.Application, one: Recording) -> None:
    """Film, record, papers; the tapes go last, so that a crash in between costs nothing."""
    folder = folder_of(app, one)
    film: relay.Film | None = None
    if folder.exists():
        try:
            film = await relay.make_film(folder)
        except relay.NothingRecorded:
            log.info("nothing was recorded", session=one.session, n=one.n)

    async def keep() -> None:
        at = app[CLOCK]()
        async with app[DB].transaction() as db:
            if film is None:
                await sessions.lose_recording(db, one.session, one.n, at)
            else:
                await sessions.save_recording(
                    db, one.session, one.n, film.name, film.sha256, film.bytes, film.duration_ms, at
                )
            await papers.due(db, one.session, at)

    await repeated(keep)
    await asyncio.to_thread(_drop_tapes, folder)
    await tell(app, one.session)


def _drop_tapes(folder: Path) -> None:
    for tape in folder.glob("*.tape"):
        tape.unlink(missing_ok=True)


async def erase_due(app: web.Application) -> None:
    """Files older than MINUTA_RECORDING_KEEP_DAYS; the record keeps their hashes."""
    at = app[CLOCK]()
    async with app[DB].reading() as db:
        due = await sessions.recordings_to_erase(db, at - keep_for(app))
    for one in due:
        await asyncio.to_thread(shutil.rmtree, folder_of(app, one), ignore_errors=True)
        async with app[DB].transaction() as db:
            await sessions.erase_recording(db, one.session, one.n, at)
        log.info("a recording was erased", session=one.session, n=one.n)


def keep_for(app: web.Application) -> timedelta:
    return timedelta(days=app[SETTINGS].recording_keep_days)
