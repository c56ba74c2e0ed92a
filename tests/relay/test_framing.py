"""Whatever one end writes the other reads as the same value; what it does not know it refuses."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import errors, events, framing
from relay.engine import Answer, RelaySettings, RoomStats, Source
from relay.links import LegLink

AT = datetime(2026, 11, 22, 12, 30, 1, 250_000, tzinfo=UTC)
VOICE = Source("a-audio-0", "a", "audio", "0")
SAID: tuple[events.RelayEvent, ...] = (
    events.LegConnected("S", "a", "pub"),
    events.LegLost("S", "a", AT),
    events.LegFailed("S", "a", "sub", 3, "ice_failed"),
    events.SourceAdded("S", VOICE),
    events.SourceRemoved("S", VOICE),
    events.FirstPacket("S", VOICE),
    events.MediaStalled("S", "a", 1_800_000_000),
    events.SecondWitnessed("S", 7, (events.LegSecond("a", True, 50, 2, 900),), (("a", "b"),)),
    events.RecordingGap("S", AT, None, "disk_full"),
    events.PictureHeld("S", "a", held=True),
    events.MinuteWitnessed("S", {"n": 1, "legs": [{"leg": "a"}]}, "00", "11"),
    events.OfferWanted("S", "a", "sub"),
    events.RoomLost("S", "worker-1", AT),
    events.RoomMoved("S", "worker-2", AT),
    events.NodeSeen("worker-1", True, False, 3, 1050, 0.02, 1),
)


def crossed(data: bytes) -> dict[str, Any]:
    body = data[framing.LENGTH.size :]
    assert framing.length_of(data[: framing.LENGTH.size]) == len(body)
    return framing.message_of(body)


def test_every_event_is_tried() -> None:
    assert {type(one) for one in SAID} == set(get_args(events.RelayEvent))


@pytest.mark.parametrize("event", SAID, ids=lambda one: type(one).__name__)
def test_events_cross(event: events.RelayEvent) -> None:
    assert framing.event_of(crossed(framing.event_frame(event))) == event


@pytest.mark.parametrize(
    "value",
    [
        Answer("v=0\r\n…", (VOICE,)),
        RoomStats("S", ("a", "b"), 1, 2, 3, 4, 5, (LegLink("a", "relay", "ab", 40),)),
        RelaySettings(("127.0.0.1",), 40_000, 40_999, ("turn:x",), "", 60),
    ],
)
def test_values_cross(value: Any) -> None:
    message = crossed(framing.frame({"value": framing.plain(value)}))
    assert framing.typed(type(value), message["value"]) == value


@pytest.mark.parametrize(
    "error",
    [
        errors.NoRoom("S"), errors.RoomFull("S", 2), errors.NoSource("S", "x"), errors.NoPort("S"),
        errors.StaleOffer("S", "a", 1, 2), errors.BadOffer("why"), errors.NodeLost("worker-1"),
    ],
)  # fmt: skip
def test_refusals_cross_with_their_facts(error: errors.RelayError) -> None:
    told = {"error": type(error).__name__, "facts": vars(error)}
    found = framing.error_of(crossed(framing.frame(told)))
    assert (type(found), vars(found), str(found)) == (type(error), vars(error), str(error))


def test_a_refusal_of_another_version_is_a_refusal() -> None:
    assert type(framing.error_of({"error": "New", "facts": {}})) is errors.RelayError
    assert type(framing.error_of({"error": "NoRoom", "facts": {"hall": 1}})) is errors.RelayError


@pytest.mark.parametrize(
    "message",
    [
        {"event": "Strange", "value": {}},
        {"event": "LegConnected", "value": {"room": 1, "leg": "a", "role": "pub"}},
        {"event": "LegConnected", "value": {"hall": "S"}},
        {"event": "LegLost", "value": {"room": "S", "leg": "a", "last_packet_at": "soon"}},
        {"event": "SecondWitnessed", "value": []},
    ],
)
def test_what_is_no_event_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(framing.BadFrame):
        framing.event_of(message)


@given(st.binary(max_size=40))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    with contextlib.suppress(framing.BadFrame):
        assert isinstance(framing.message_of(body), dict)


def test_frames_have_a_limit() -> None:
    with pytest.raises(framing.BadFrame):
        framing.length_of(framing.LENGTH.pack(framing.FRAME_BYTES_MAX + 1))
    with pytest.raises(framing.BadFrame):
        framing.message_of(json.dumps([1]).encode())
    with pytest.raises(TypeError):
        framing.plain(object())
