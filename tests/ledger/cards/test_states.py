"""The table of news: every state leads where the drawing says, and waiting is bounded."""

from datetime import timedelta

import pytest

from ledger.cards.states import LIFE, NEXT, TRIES_MAX, WAIT_MOST, NewsState, back_off, gives_up


def test_every_state_has_its_row_and_ends_are_ends() -> None:
    assert set(NEXT) == set(NewsState)
    ends = {state for state, after in NEXT.items() if not after}
    assert ends == {NewsState.APPLIED, NewsState.IGNORED, NewsState.SKIPPED}


def test_everything_comes_to_an_end() -> None:
    """From anywhere an end can be reached."""
    for start in NewsState:
        reached, fresh = {start}, {start}
        while fresh:
            fresh = {after for state in fresh for after in NEXT[state]} - reached
            reached |= fresh
        assert any(not NEXT[state] for state in reached)


@pytest.mark.parametrize("tries", range(1, 40))
def test_waiting_doubles_to_an_hour_and_a_quarter_at_most(tries: int) -> None:
    wait, least = back_off("evt_1", tries), min(timedelta(seconds=2 ** (tries - 1)), WAIT_MOST)
    assert least <= wait < least * 5 / 4


def test_what_failed_together_does_not_return_together() -> None:
    waits = {back_off(f"evt_{n}", 8) for n in range(100)}
    assert len(waits) > 50


def test_twenty_tries_or_a_day() -> None:
    assert not gives_up(TRIES_MAX - 1, LIFE - timedelta(seconds=1))
    assert gives_up(TRIES_MAX, timedelta(0))
    assert gives_up(1, LIFE)
