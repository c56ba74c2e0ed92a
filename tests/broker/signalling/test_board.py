"""Marks of a session: which stay, which go, and how fast they may come."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.signalling import Board, MarkRefused, pointing
from broker.signalling.board import MARKS_MAX, MARKS_PER_S

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
POINT = (pointing.Place(1), pointing.Place(2))


def mark(id: str, source: str = "screen") -> pointing.Mark:
    return pointing.Mark(id, source, "pen", (POINT,), pointing.Color(0))


def later(n: int) -> datetime:
    return NOON + timedelta(seconds=n)


def test_a_mark_is_told_with_whose_it_is() -> None:
    board = Board()
    told = board.draw("host", mark("a"), NOON)
    seen = pointing.MarkSeen("host", "a", "screen", "pen", (POINT,), pointing.Color(0))
    assert told == [seen]
    assert board.marks() == (seen,)


def test_the_same_id_replaces_the_own_mark_and_never_the_others() -> None:
    board = Board()
    board.draw("host", mark("a"), NOON)
    board.draw("host", mark("a", "other"), NOON)
    assert [one.source for one in board.marks()] == ["other"]
    with pytest.raises(MarkRefused) as refused:
        board.draw("client", mark("a"), NOON)
    assert refused.value.code == "not_yours"


def test_the_oldest_vanish_and_everybody_is_told() -> None:
    board = Board()
    for n in range(MARKS_MAX):
        assert len(board.draw("host", mark(str(n)), later(n))) == 1
    told = board.draw("client", mark("new"), later(MARKS_MAX))
    assert told[0] == pointing.MarkCleared(None, "0")
    assert len(board.marks()) == MARKS_MAX
    assert board.marks()[0].id == "1"


def test_one_side_draws_at_most_ten_a_second_and_does_not_slow_the_other() -> None:
    board = Board()
    for n in range(MARKS_PER_S):
        board.draw("host", mark(str(n)), NOON)
    with pytest.raises(MarkRefused) as refused:
        board.draw("host", mark("more"), NOON + timedelta(milliseconds=999))
    assert refused.value.code == "slow_down"
    board.draw("client", mark("theirs"), NOON)
    board.draw("host", mark("more"), later(1))
    board.draw("host", mark("earlier"), later(-60))  # the clock was set back: nobody waits for it
    assert len(board.marks()) == MARKS_PER_S + 3


def test_clearing_what_is_not_there_tells_nobody() -> None:
    board = Board()
    assert board.clear("host", None) == board.clear("host", "a") == []
    board.draw("host", mark("a"), NOON)
    board.draw("host", mark("b"), NOON)
    assert board.clear("client", "a") == [pointing.MarkCleared("client", "a")]
    assert board.clear("client", None) == [pointing.MarkCleared("client", None)]
    assert board.marks() == ()


def test_marks_go_with_their_screen() -> None:
    board = Board()
    board.draw("host", mark("a", "one"), NOON)
    board.draw("host", mark("b", "two"), NOON)
    assert board.screen_gone("none") == []
    assert board.screen_gone("one") == [pointing.MarkCleared(None, "a")]
    assert board.screen_gone("two") == [pointing.MarkCleared(None, None)]
    assert board.marks() == ()


@given(st.lists(st.tuples(st.sampled_from(["host", "client"]), st.integers(0, 150))))
def test_what_was_told_is_what_stands(drawn: list[tuple[pointing.Seat, int]]) -> None:
    """Whoever applies the messages in order has the board."""
    board, picture = Board(), dict[str, pointing.MarkSeen]()
    for n, (by, id) in enumerate(drawn):
        for told in board.draw(by, mark(f"{by}{id}"), later(n)):
            if isinstance(told, pointing.MarkSeen):
                picture[told.id] = told
            elif told.id is not None:
                del picture[told.id]
    assert picture == {one.id: one for one in board.marks()}
    assert len(picture) <= MARKS_MAX
