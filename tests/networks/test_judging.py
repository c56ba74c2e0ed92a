"""Gaps between frames, judged by looks that are further apart than the frames."""

from itertools import pairwise
from random import Random

from tests.networks.judging import Look, longest_gap


def looks_at(frames: list[float], moments: list[float], takes_s: float) -> list[Look]:
    """Each count is that of the middle of its look."""
    return [
        Look(at, at + takes_s, sum(frame <= at + takes_s / 2 for frame in frames)) for at in moments
    ]


def test_the_last_part_of_a_gap_counts_and_so_does_one_that_lasts_to_the_end() -> None:
    looks = looks_at([0.1, 2.19, 2.2], [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25], 0.0)
    assert 2.09 <= longest_gap(looks) <= 2.09 + 0.5
    assert longest_gap(looks_at([0.1], [0.0, 1.0, 2.0, 3.0], 0.0)) >= 2.9
    assert longest_gap([]) == 0.0


def test_the_figure_is_never_too_small_and_at_most_two_looks_too_large() -> None:
    dice = Random(23)
    for _ in range(200):
        every_s, takes_s = dice.uniform(0.05, 0.3), dice.uniform(0, 0.05)
        moments = [n * (every_s + takes_s) for n in range(40)]
        end = moments[-1]
        frames = sorted(dice.uniform(0, end) for _ in range(dice.randrange(1, 60)))
        edges = [0.0, *frames, end]
        truth = max(b - a for a, b in pairwise(edges))
        found = longest_gap(looks_at(frames, moments, takes_s))
        assert truth <= found + 1e-9
        assert found <= truth + 2 * (every_s + takes_s) + takes_s + 1e-9
