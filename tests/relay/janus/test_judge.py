"""Each second of a room is told once, in order, and only when its statistics are in."""

from dataclasses import replace

from relay.events import MediaStalled, RelayEvent, SecondWitnessed
from relay.janus.evidence import Statistic
from relay.janus.judge import Judge

VOICE = Statistic(1, "0", 100.9, audio=True)


def seconds(told: list[RelayEvent]) -> list[int]:
    return [event.second for event in told if isinstance(event, SecondWitnessed)]


def test_seconds_in_order_and_each_once() -> None:
    told: list[RelayEvent] = []
    judge = Judge("S", 100, told.append)
    judge.turn(101.5, ["client"])
    assert not told
    for now in (102.3, 102.4, 104.3):
        judge.turn(now, ["client"])
    assert seconds(told) == [100, 101, 102]
    judge.end(104.5, ["client"])
    assert seconds(told) == [100, 101, 102, 103]


def test_an_empty_room_and_a_process_that_stood_still_tell_nothing() -> None:
    told: list[RelayEvent] = []
    judge = Judge("S", 100, told.append)
    judge.turn(105.0, [])
    judge.turn(200.0, ["client"])
    judge.turn(202.3, ["client"])
    assert seconds(told) == [200]


def test_silence_of_who_is_still_there_is_a_stall() -> None:
    told: list[RelayEvent] = []
    judge = Judge("S", 100, told.append)
    for second in (100, 101):
        judge.evidence.take(replace(VOICE, at=second + 0.9, received=50 * second), "client", None)
    judge.turn(106.3, ["client"])
    assert [event for event in told if isinstance(event, MediaStalled)] == [
        MediaStalled("S", "client", 102)
    ]
