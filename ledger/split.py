"""Splits: a whole divided in proportion, to the last kopeck.

Each in turn takes its share of what is still there, rounded down, so the last with a share takes
the rest. A platform that stands first and a consultant who stands last give floor(T x 10 %) and
everything else. Three things follow, whatever the shares: the parts sum to the whole; no part
shrinks when the whole grows; a whole that grows minute by minute gives everybody in the end
exactly what one division of the final sum would.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.accounts import Account
from ledger.money import WHOLE_BP, Money, divide_down


@dataclass(frozen=True, slots=True)
class Share:
    """`bp` basis points (hundredths of a percent) for `payee`."""

    payee: Account
    bp: int


@dataclass(frozen=True, slots=True)
class Portion:
    """`weight` for `payee`: seconds of presence, or any measure that all portions share."""

    payee: Account
    weight: int


def apportion(whole: Money, weights: Sequence[int]) -> list[Money]:
    """Parts of a whole (zero or more) by weights, in their order; some weight must be above zero.

    >>> [part.minor for part in apportion(Money(1000), [1, 1, 1])]
    [333, 333, 334]
    >>> [part.minor for part in apportion(Money(1001), [600, 0, 1800, 0])]
    [250, 0, 751, 0]
    """
    if whole.minor < 0 or any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError(f"weights {list(weights)} do not divide {whole.minor}")
    left, weight_left, parts = whole.minor, sum(weights), []
    for weight in weights:
        part = divide_down(left * weight, weight_left) if weight else 0
        parts.append(Money(part, whole.currency))
        left, weight_left = left - part, weight_left - weight
    return parts


def split(whole: Money, bps: Sequence[int]) -> list[Money]:
    """Parts of a whole (zero or more) in the order of `bps`, which must sum to 10000.

    >>> [part.minor for part in split(Money(1999), [1000, 9000])]
    [199, 1800]
    """
    if whole.minor < 0 or any(bp < 0 for bp in bps) or sum(bps) != WHOLE_BP:
        raise ValueError(f"shares {list(bps)} of {whole.minor} are no split")
    return apportion(whole, bps)
