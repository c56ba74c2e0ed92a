"""A recording of a session: both agree, either may end it, the record remembers who and when.

    asked → recording → stopped → saved | lost,  saved → erased
    asked → withdrawn

`asked`: one side suggests. `recording`: the other agreed to the same text. `stopped`: nothing more
is kept, the file is being made. `lost`: there was nothing to make one of. `erased`: the time for
which it is kept is over; the record still holds the file's hash.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Literal

from broker.sessions.errors import ConsentOutdated, WrongState
from broker.sessions.session import Role

# Of the words that both agree to. A new wording gets a new name, never the old one.
CONSENT = "recording-2026-11"
Cause = Literal["revoked", "ended", "restarted"]


class RecordingState(Enum):
    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    RECORDING = "recording"
    STOPPED = "stopped"
    SAVED = "saved"
    LOST = "lost"
    ERASED = "erased"


OPEN = frozenset({RecordingState.ASKED, RecordingState.RECORDING})


@dataclass(frozen=True, slots=True)
class Recording:
    """`n` counts the recordings of a session from 1. `file` is a name in the recording's folder.

    `stopped_by`: who revoked; None when it ended by itself.
    """

    session: str
    n: int
    state: RecordingState
    consent: str
    asked_by: Role
    asked_at: datetime
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    stopped_by: Role | None = None
    cause: Cause | None = None
    file: str = ""
    sha256: str = ""
    bytes: int = 0
    duration_ms: int = 0
    saved_at: datetime | None = None
    erased_at: datetime | None = None


def asked(session: str, n: int, by: Role, consent: str, at: datetime) -> Recording:
    """One side suggests. Raises: ConsentOutdated when it read another text than ours."""
    if consent != CONSENT:
        raise ConsentOutdated(session, consent)
    return Recording(session, n, RecordingState.ASKED, consent, by, at)


def granted(recording: Recording, by: Role, consent: str, at: datetime) -> Recording:
    """The other side agrees: from now on it is recorded. Raises: WrongState, ConsentOutdated."""
    if recording.state is not RecordingState.ASKED or by == recording.asked_by:
        raise _refused(recording, "grant")
    if consent != recording.consent:
        raise ConsentOutdated(recording.session, consent)
    return replace(recording, state=RecordingState.RECORDING, started_at=at)


def ended(recording: Recording, by: Role | None, cause: Cause, at: datetime) -> Recording:
    """A question falls, a recording stops. Raises: WrongState."""
    if recording.state not in OPEN:
        raise _refused(recording, "stop")
    was_running = recording.state is RecordingState.RECORDING
    state = RecordingState.STOPPED if was_running else RecordingState.WITHDRAWN
    return replace(recording, state=state, stopped_at=at, stopped_by=by, cause=cause)


def saved(
    recording: Recording, file: str, sha256: str, octets: int, duration_ms: int, at: datetime
) -> Recording:
    """The file is there. Raises: WrongState."""
    _require(recording, RecordingState.STOPPED, "save")
    return replace(
        recording,
        state=RecordingState.SAVED,
        file=file,
        sha256=sha256,
        bytes=octets,
        duration_ms=duration_ms,
        saved_at=at,
    )


def lost(recording: Recording, at: datetime) -> Recording:
    """There was nothing to make a file of. Raises: WrongState."""
    _require(recording, RecordingState.STOPPED, "lose")
    return replace(recording, state=RecordingState.LOST, saved_at=at)


def erased(recording: Recording, at: datetime) -> Recording:
    """The file is gone. Raises: WrongState."""
    _require(recording, RecordingState.SAVED, "erase")
    return replace(recording, state=RecordingState.ERASED, erased_at=at)


def _require(recording: Recording, state: RecordingState, wanted: str) -> None:
    if recording.state is not state:
        raise _refused(recording, wanted)


def _refused(recording: Recording, wanted: str) -> WrongState:
    return WrongState(recording.session, recording.state.value, wanted)
