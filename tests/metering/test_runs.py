"""Runs of seconds against sets of seconds, and timers against a list."""

from hypothesis import given
from hypothesis import strategies as st

from metering.heap import Timers
from metering.runs import (
    flat_of,
    joined,
    length,
    pairs,
    remember,
    runs_of,
    seconds_of,
    within,
    without,
)

some = st.lists(st.integers(0, 40), max_size=30)


@given(some)
def test_remembered_seconds_are_a_set_in_order(seconds: list[int]) -> None:
    flat: list[int] = []
    for second in seconds:
        remember(flat, second)
    assert list(seconds_of(pairs(flat))) == sorted(set(seconds))
    assert length(flat) == len(set(seconds))
    assert pairs(flat) == runs_of(seconds)
    assert flat == flat_of(pairs(flat))


@given(some, some, st.integers(0, 40), st.integers(0, 40))
def test_runs_are_taken_apart_like_sets(
    one: list[int], other: list[int], begin: int, end: int
) -> None:
    left, right = runs_of(one), runs_of(other)
    assert set(seconds_of(without(left, right))) == set(one) - set(other)
    assert set(seconds_of(joined([*left, *right]))) == set(one) | set(other)
    assert set(seconds_of(within(left, begin, end))) == {s for s in one if begin <= s < end}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 20)), max_size=40))
def test_a_name_is_due_once_at_its_last_place(puts: list[tuple[str, int]]) -> None:
    timers = Timers()
    for name, second in puts:
        timers.put(name, second)
    places = dict(puts)
    for second in range(21):
        assert timers.due(second) == sorted(n for n, at in places.items() if at == second)
    assert len(timers) == 0
