"""What witnessed seconds cost: the public pricing, walked second by second, without a meter."""

from collections.abc import Sequence
from typing import NamedTuple

from metering import Tariff
from metering.pricing import Cursor, next_unit


class Line(NamedTuple):
    """Increment `n`, [from_s, to_s) of the billing clock, begun at unix `second`."""

    n: int
    from_s: int
    to_s: int
    minor: int
    second: int


def bill(tariff: Tariff, seconds: Sequence[int]) -> list[Line] | None:
    """The increments that these unix seconds, in order, have begun; None: beyond the ceiling."""
    lines: list[Line] = []
    cursor = Cursor()
    for clock, second in enumerate(seconds):
        if clock < tariff.grace_seconds:
            continue
        while cursor.to_s <= clock:
            begun = second - (clock - cursor.to_s)
            priced = next_unit(tariff, cursor, begun, seconds[0])
            if priced is None:
                return None
            unit, cursor = priced
            lines.append(Line(unit.n, unit.from_s, unit.to_s, unit.price_minor, second))
    return lines
