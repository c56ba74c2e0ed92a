"""Pointers are coalesced for each receiver, and give way to everything else."""

from datetime import timedelta

from broker.signalling import pointing
from tests.web.serving import START
from web.pointers import PACE, WAITING_MAX, Pointers


def seen(by: pointing.Seat, x: int) -> pointing.PointerSeen:
    return pointing.PointerSeen(by, "screen", pointing.Place(x), pointing.Place(0), False)


def test_the_first_goes_at_once_and_of_the_rest_only_the_latest() -> None:
    waiting = Pointers()
    waiting.put(seen("host", 1))
    assert waiting.due(START, 0) == seen("host", 1)
    for x in (2, 3, 4):
        waiting.put(seen("host", x))
    assert waiting.due(START + PACE / 2, 0) is None
    assert waiting.due(START + PACE, 0) == seen("host", 4)
    assert not waiting


def test_twenty_a_second_however_many_come() -> None:
    waiting, told = Pointers(), 0
    for ms in range(0, 2000, 3):
        waiting.put(seen("host", ms))
        told += waiting.due(START + timedelta(milliseconds=ms), 0) is not None
    assert told <= 41


def test_people_take_turns_and_share_the_pace() -> None:
    waiting = Pointers()
    for x in (1, 2):
        waiting.put(seen("host", x))
        waiting.put(seen("client", x))
    assert waiting.due(START, 0) == seen("host", 2)
    waiting.put(seen("host", 3))
    assert waiting.due(START + PACE, 0) == seen("client", 2)
    assert waiting.due(START + 2 * PACE, 0) == seen("host", 3)


def test_nothing_is_added_to_what_a_slow_reader_has_to_read() -> None:
    waiting = Pointers()
    waiting.put(seen("host", 1))
    assert waiting.due(START, WAITING_MAX + 1) is None
    waiting.put(seen("host", 2))
    assert waiting.due(START, WAITING_MAX) == seen("host", 2)


def test_a_clock_that_was_set_back_stops_nobody() -> None:
    waiting = Pointers()
    waiting.put(seen("host", 1))
    waiting.due(START, 0)
    waiting.put(seen("host", 2))
    assert waiting.due(START - timedelta(hours=1), 0) == seen("host", 2)
