"""Recording a session: consent, the end of it, what became of the file. All of it is a fact."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.sessions import journal, recording, store
from broker.sessions.errors import RecordingUnknown, WrongState
from broker.sessions.recording import Cause, Recording, RecordingState
from broker.sessions.session import STARTED, Role

RECORDINGS_MAX = 20

_Fact = tuple[str, Mapping[str, Any]]


async def ask_recording(
    db: AsyncConnection, number: str, role: Role, consent: str, at: datetime
) -> Recording:
    """Suggest to record; when the other side has suggested it already, this agrees.

    Raises: SessionUnknown, WrongState, ConsentOutdated.
    """
    found = await store.lock(db, number)
    if found.state not in STARTED:
        raise WrongState(number, found.state.value, "record")
    known = await store.recordings_of(db, number)
    last = known[-1] if known else None
    if last is not None and last.state is RecordingState.RECORDING:
        return last
    if last is not None and last.state is RecordingState.ASKED:
        return last if last.asked_by == role else await _grant(db, last, role, consent, at)
    if len(known) >= RECORDINGS_MAX:
        raise WrongState(number, found.state.value, "record")
    made = recording.asked(number, len(known) + 1, role, consent, at)
    return await _kept(db, made, [("recording_asked", _said(made, role))], at)


async def grant_recording(
    db: AsyncConnection, number: str, role: Role, consent: str, at: datetime
) -> Recording:
    """Agree to what the other side suggested. Raises: as `ask_recording`."""
    await store.lock(db, number)
    last = await _last(db, number)
    if last.state is RecordingState.RECORDING:
        return last
    return await _grant(db, last, role, consent, at)


async def _grant(
    db: AsyncConnection, asked: Recording, role: Role, consent: str, at: datetime
) -> Recording:
    begun = recording.granted(asked, role, consent, at)
    facts: list[_Fact] = [
        ("recording_granted", _said(begun, role)),
        ("recording_started", {"n": begun.n}),
    ]
    return await _kept(db, begun, facts, at)


def _said(one: Recording, role: Role) -> Mapping[str, Any]:
    return {"n": one.n, "by": role, "text": one.consent}


async def revoke_recording(
    db: AsyncConnection, number: str, role: Role, at: datetime
) -> Recording | None:
    """Either side takes its consent back, or says no; None when there is nothing to end.

    Raises: SessionUnknown.
    """
    await store.lock(db, number)
    known = await store.recordings_of(db, number)
    if not known or known[-1].state not in recording.OPEN:
        return None
    over = recording.ended(known[-1], role, "revoked", at)
    revoked: _Fact = ("recording_revoked", {"n": over.n, "by": role})
    return await _kept(db, over, [revoked, *_stopped(over)], at)


async def end_recordings(
    db: AsyncConnection, number: str, cause: Cause, at: datetime
) -> list[_Fact]:
    """What goes on in a locked session stops; the facts, which the caller writes."""
    facts: list[_Fact] = []
    for one in await store.recordings_of(db, number):
        if one.state in recording.OPEN:
            over = recording.ended(one, None, cause, at)
            await store.put_recording(db, over)
            facts += _stopped(over)
    return facts


def _stopped(over: Recording) -> list[_Fact]:
    """Nothing for a question that nobody answered."""
    if over.state is not RecordingState.STOPPED:
        return []
    return [("recording_stopped", {"n": over.n, "cause": over.cause, "by": over.stopped_by})]


async def cut_off_recordings(db: AsyncConnection, at: datetime) -> list[Recording]:
    """After a restart nobody records any more: what was going on has stopped."""
    cut = await store.recordings_in(db, recording.OPEN)
    for number in dict.fromkeys(one.session for one in cut):
        await store.lock(db, number)
        await journal.write(db, number, await end_recordings(db, number, "restarted", at), at)
    return cut


async def save_recording(
    db: AsyncConnection,
    number: str,
    n: int,
    file: str,
    sha256: str,
    octets: int,
    duration_ms: int,
    at: datetime,
) -> Recording:
    """The file was made; its hash goes into the record. Again changes nothing.

    Raises: SessionUnknown, RecordingUnknown, WrongState.
    """

    def with_file(one: Recording) -> Recording:
        return recording.saved(one, file, sha256, octets, duration_ms, at)

    return await _after_the_end(db, number, n, with_file, at)


async def lose_recording(db: AsyncConnection, number: str, n: int, at: datetime) -> Recording:
    """Nothing was there to make a file of. Raises: as `save_recording`."""
    return await _after_the_end(db, number, n, lambda one: recording.lost(one, at), at)


async def _after_the_end(
    db: AsyncConnection, number: str, n: int, change: Callable[[Recording], Recording], at: datetime
) -> Recording:
    await store.lock(db, number)
    found = await recording_of(db, number, n)
    if found.saved_at is not None:
        return found
    made = change(found)
    if made.state is RecordingState.LOST:
        return await _kept(db, made, [("recording_lost", {"n": n})], at)
    body = {
        "n": n,
        "sha256": made.sha256,
        "bytes": made.bytes,
        "duration_ms": made.duration_ms,
        "file": made.file,
    }
    return await _kept(db, made, [("recording_saved", body)], at)


async def erase_recording(db: AsyncConnection, number: str, n: int, at: datetime) -> Recording:
    """The file is gone; the record says nothing new: it holds the hash, and goes on to be valid.

    Raises: SessionUnknown, RecordingUnknown, WrongState.
    """
    await store.lock(db, number)
    found = await recording_of(db, number, n)
    if found.state is RecordingState.ERASED:
        return found
    gone = recording.erased(found, at)
    await store.put_recording(db, gone)
    return gone


async def recordings_of(db: AsyncConnection, number: str) -> list[Recording]:
    """All of a session, the first first."""
    return await store.recordings_of(db, number)


async def recording_of(db: AsyncConnection, number: str, n: int) -> Recording:
    """Raises: RecordingUnknown."""
    for one in await store.recordings_of(db, number):
        if one.n == n:
            return one
    raise RecordingUnknown(number, n)


async def recordings_to_save(db: AsyncConnection) -> list[Recording]:
    """Those whose file is still to be made, the longest waiting first."""
    return await store.recordings_in(db, [RecordingState.STOPPED])


async def recordings_to_erase(db: AsyncConnection, before: datetime) -> list[Recording]:
    """Those whose file was made before the moment."""
    return await store.recordings_in(db, [RecordingState.SAVED], saved_before=before)


async def _last(db: AsyncConnection, number: str) -> Recording:
    known = await store.recordings_of(db, number)
    if not known:
        raise RecordingUnknown(number, 1)
    return known[-1]


async def _kept(db: AsyncConnection, one: Recording, facts: list[_Fact], at: datetime) -> Recording:
    await store.put_recording(db, one)
    await journal.write(db, one.session, facts, at)
    return one
