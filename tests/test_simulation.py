"""Days of two nodes under a virtual clock, with faults at any await; the books after every step.

`SEED=n make nightly T=simulation` lives one day again and prints its script if it fails.
"""

import logging
import os
from collections.abc import Iterator

import pytest

from tests.simulation.plants import PLANTS, Plant
from tests.simulation.script import CALM_EVERY, script_of
from tests.simulation.stage import Stage

SEEDS = 100
OF_A_PLANT = 200  # days within which a planted fault must be found
NIGHTLY = range(10_000)
PIECE = 500


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    logging.disable(logging.CRITICAL)  # failures are made by the thousand
    stage = Stage()
    yield stage
    stage.close()
    logging.disable(logging.NOTSET)


def test_a_hundred_days(stage: Stage) -> None:
    books = [stage.live(script_of(seed)) for seed in range(SEEDS)]
    stories = [story for book in books for story in book.stories.values()]
    heard, counted = (sum(len(s.heard) for s in stories), sum(len(s.counted) for s in stories))
    print(f"{SEEDS} days: {heard} seconds heard, {counted} counted and charged for")
    assert counted > 10 * SEEDS
    assert sum(len(book.deaths) for book in books) > SEEDS // 5


def test_a_day_is_the_same_whenever_it_is_lived(stage: Stage) -> None:
    one, two = (stage.live(script_of(7)) for _ in range(2))
    assert one.stories == two.stories
    assert (one.turns, one.troubles) == (two.turns, two.troubles)


@pytest.mark.parametrize("plant", PLANTS, ids=[plant.__name__ for plant in PLANTS])
def test_a_planted_fault_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, plant: Plant
) -> None:
    plant(monkeypatch)
    for seed in range(OF_A_PLANT):
        try:
            stage.live(script_of(seed))
        except AssertionError as found:
            print(f"{plant.__name__}: day {seed}: {found}")
            return
    pytest.fail(f"{OF_A_PLANT} days and nobody saw it")


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("first", range(0, len(NIGHTLY), PIECE))
def test_ten_thousand_days(stage: Stage, first: int) -> None:
    """SEED=n: that day alone."""
    if one := os.environ.get("SEED"):
        if first == 0:
            print(script_of(int(one)))
            stage.live(script_of(int(one)))
        return
    for seed in range(first, first + PIECE):
        stage.live(script_of(seed))


def test_a_calm_day_has_no_faults() -> None:
    kinds = {deed.what for seed in range(0, 100, CALM_EVERY) for deed in script_of(seed).deeds}
    assert kinds <= {"start", "pause", "resume", "hang up", "top up", "withdraw", "cap"}
