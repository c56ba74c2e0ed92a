"""Recordings to rows and back, without a database."""

from collections.abc import Mapping
from typing import Any

from broker.sessions.recording import Recording, RecordingState
from broker.sessions.rows import from_us, to_us

_PLAIN = (
    "session",
    "n",
    "consent",
    "asked_by",
    "stopped_by",
    "cause",
    "file",
    "sha256",
    "bytes",
    "duration_ms",
)
_MOMENTS = ("asked", "started", "stopped", "saved", "erased")


def recording_values(one: Recording) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(one, name) for name in _PLAIN}
    for name in _MOMENTS:
        at = getattr(one, f"{name}_at")
        values[f"{name}_us"] = None if at is None else to_us(at)
    return values | {"state": one.state.value}


def recording_of(row: Mapping[str, Any]) -> Recording:
    values: dict[str, Any] = {name: row[name] for name in _PLAIN}
    for name in _MOMENTS:
        us = row[f"{name}_us"]
        values[f"{name}_at"] = None if us is None else from_us(us)
    return Recording(**values, state=RecordingState(row["state"]))
