"""Witnessed unix seconds as half-open runs: sixty seconds in a row are one pair. Pure.

What the loop remembers of a session is a flat list `[from, to, from, to, …]`, in order and apart
from each other; what a meter is given is a tuple of pairs.
"""

from collections.abc import Iterable, Sequence

Run = tuple[int, int]
Runs = tuple[Run, ...]

RUNS_MAX = 5_000  # remembered for one session while the database is away


def remember(flat: list[int], second: int) -> None:
    """One more second; those that come in order cost next to nothing.

    >>> flat = [10, 12]
    >>> for second in (12, 15, 14, 11): remember(flat, second)
    >>> flat
    [10, 13, 14, 16]
    """
    if not flat or second > flat[-1]:
        if len(flat) < 2 * RUNS_MAX:
            flat += (second, second + 1)
    elif second == flat[-1]:
        flat[-1] = second + 1
    else:
        flat[:] = flat_of(joined([*pairs(flat), (second, second + 1)]))


def pairs(flat: Sequence[int]) -> Runs:
    """
    >>> pairs([1, 4, 6, 7])
    ((1, 4), (6, 7))
    """
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def flat_of(runs: Iterable[Run]) -> list[int]:
    return [edge for run in runs for edge in run]


def joined(runs: Iterable[Run]) -> Runs:
    """The same seconds, each once, in order.

    >>> joined([(5, 7), (1, 3), (3, 4), (6, 9)])
    ((1, 4), (5, 9))
    """
    found: list[Run] = []
    for begin, end in sorted(runs):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return tuple(found)


def runs_of(seconds: Iterable[int]) -> Runs:
    """
    >>> runs_of([3, 1, 2, 2, 9])
    ((1, 4), (9, 10))
    """
    return joined((second, second + 1) for second in seconds)


def seconds_of(runs: Iterable[Run]) -> tuple[int, ...]:
    return tuple(second for begin, end in runs for second in range(begin, end))


def length(flat: Sequence[int]) -> int:
    """How many seconds.

    >>> length([1, 4, 6, 7])
    4
    """
    return sum(flat[1::2]) - sum(flat[::2])


def without(runs: Iterable[Run], taken: Iterable[Run]) -> Runs:
    """What is left of `runs`.

    >>> without([(1, 10)], [(1, 3), (5, 6), (9, 20)])
    ((3, 5), (6, 9))
    """
    left = list(runs)
    for begin, end in taken:
        left = [
            part
            for a, b in left
            for part in ((a, min(b, begin)), (max(a, end), b))
            if part[0] < part[1]
        ]
    return tuple(left)


def within(runs: Iterable[Run], begin: int, end: int | None) -> list[Run]:
    """Those seconds that lie in [begin, end).

    >>> within([(1, 5), (8, 9)], 3, None)
    [(3, 5), (8, 9)]
    """
    return [
        (max(a, begin), b if end is None else min(b, end))
        for a, b in runs
        if b > begin and (end is None or a < end)
    ]
