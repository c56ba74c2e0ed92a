"""When packets were made, by the clock of the server, so that sources can be laid side by side.

A sender's timestamps run evenly, arrivals do not: the packet of a minute that travelled fastest
says best how the one clock stands to the other. Taken anew for each minute, because the clock of a
sound card is wrong by some parts in 10 000.
"""

from collections.abc import Iterable

from relay.recording.order import Placed

MINUTE_US = 60_000_000
MILLION = 1_000_000
UNDERWAY_US_MAX = 10_000_000

Offsets = dict[tuple[int, int], int]


def _ticks_us(placed: Placed, clock_rate: int) -> int:
    return placed.ticks * MILLION // clock_rate


def offsets(packets: Iterable[Placed], clock_rate: int) -> Offsets:
    """Microseconds from timestamp to arrival, the least of each (part, minute)."""
    least: Offsets = {}
    for one in packets:
        key = one.part, one.at_us // MINUTE_US
        delay = one.at_us - _ticks_us(one, clock_rate)
        least[key] = min(delay, least.get(key, delay))
    return least


def made_us(placed: Placed, clock_rate: int, least: Offsets) -> int:
    """When the packet was made; the minutes beside its own have a say, for theirs may be thin.

    Never after it came, and not long before: timestamps are the sender's word, arrivals are ours.
    """
    minute = placed.at_us // MINUTE_US
    near = (least.get((placed.part, minute + step)) for step in (-1, 0, 1))
    made = _ticks_us(placed, clock_rate) + min(one for one in near if one is not None)
    return max(made, placed.at_us - UNDERWAY_US_MAX)
