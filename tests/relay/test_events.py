"""Events are plain values that may be compared, kept and sent between processes."""

import dataclasses
import pickle
from datetime import UTC, datetime
from typing import get_args

import pytest

from relay import LegLost, LegSecond, RelayEvent, SecondWitnessed, events


def test_every_event_of_the_room_is_in_the_union() -> None:
    named = {
        value
        for value in vars(events).values()
        if dataclasses.is_dataclass(value) and value.__module__ == events.__name__
    }
    assert named - {LegSecond} == set(get_args(RelayEvent))


def test_events_are_values() -> None:
    lost = LegLost("S-1", "client", datetime(2026, 11, 21, tzinfo=UTC))
    seconds = (LegSecond("client", present=True, audio_packets=50),)
    witnessed = SecondWitnessed("S-1", 1_800_000_000, seconds, (("client", "host"),))
    for event in (lost, witnessed):
        assert pickle.loads(pickle.dumps(event)) == event
        assert hash(event) == hash(pickle.loads(pickle.dumps(event)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        lost.leg = "host"  # type: ignore[misc]
