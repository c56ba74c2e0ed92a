"""What a session's page says of its recordings, and who may have the file."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.parties import Party
from broker.sessions import Fact, Recording, RecordingState, Session
from web.errors import NotFound
from web.recordings import folder_of, keep_for
from web.shapes_recordings import GapView, RecordingView

STATES = {
    RecordingState.RECORDING: "running",
    RecordingState.STOPPED: "making",
    RecordingState.SAVED: "ready",
    RecordingState.LOST: "lost",
    RecordingState.ERASED: "erased",
}


async def recordings_seen(
    db: AsyncConnection, app: web.Application, session: Session
) -> tuple[RecordingView, ...]:
    """Those that began; questions that came to nothing are the record's business."""
    known = [one for one in await sessions.recordings_of(db, session.number) if one.started_at]
    if not known:
        return ()
    gaps = list(gaps_of(await sessions.journal.facts(db, session.number)))
    return tuple(_view(one, gaps, keep_for(app)) for one in known)


def gaps_of(facts: Iterable[Fact]) -> Iterable[GapView]:
    """What the record says was not kept."""
    for fact in facts:
        if fact.kind == "recording_gap":
            body = fact.body
            yield GapView(
                datetime.fromisoformat(body["from"]),
                datetime.fromisoformat(body["to"]),
                body["reason"],
            )


def _view(one: Recording, gaps: Iterable[GapView], kept: timedelta) -> RecordingView:
    assert one.started_at is not None
    state = STATES[one.state]
    began, ended = one.started_at, one.stopped_at
    return RecordingView(
        n=one.n,
        state=state,
        from_at=began,
        to_at=ended,
        duration_s=round(one.duration_ms / 1000),
        bytes=one.bytes,
        sha256=one.sha256,
        url=f"/sessions/{one.session}/recordings/{one.n}" if state == "ready" else "",
        gaps=tuple(gap for gap in gaps if _inside(gap, began, ended)),
        kept_until=one.erased_at or (one.saved_at + kept if one.sha256 and one.saved_at else None),
    )


def _inside(gap: GapView, began: datetime, ended: datetime | None) -> bool:
    return gap.to_at >= began and (ended is None or gap.from_at <= ended)


async def file_of(
    db: AsyncConnection, app: web.Application, party: Party, number: str, n: int
) -> tuple[Path, str]:
    """The file and the name to save it under, for the two sides, and for a curator where there is
    a dispute. Raises: NotFound to everybody else, and when there is no file."""
    try:
        session = await sessions.session(db, number)
        one = await sessions.recording_of(db, number, n)
    except (sessions.errors.SessionUnknown, sessions.errors.RecordingUnknown) as error:
        raise NotFound() from error
    path = folder_of(app, one) / one.file
    if one.state is not RecordingState.SAVED or not path.is_file():
        raise NotFound()
    if party.id not in (session.host, session.client):
        judges = "curator" in party.roles and await sessions.dispute_of(db, number) is not None
        if not judges:
            raise NotFound()
    return path, f"{number}-{n}{path.suffix}"
