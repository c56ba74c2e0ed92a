"""Splits: shares in basis points whose parts always sum to the whole.

Each share but the last is rounded down; the last takes the rest. A platform that stands first
and a consultant who stands last give floor(T x 10 %) and everything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.accounts import Account
from ledger.money import WHOLE_BP, Money


@dataclass(frozen=True, slots=True)
class Share:
    """`bp` basis points (hundredths of a percent) for `payee`."""

    payee: Account
    bp: int


def split(whole: Money, bps: Sequence[int]) -> list[Money]:
    """Parts of a whole (zero or more) in the order of `bps`, which must sum to 10000.

    >>> [part.minor for part in split(Money(1999), [1000, 9000])]
    [199, 1800]
    """
    if whole.minor < 0 or any(bp < 0 for bp in bps) or sum(bps) != WHOLE_BP:
        raise ValueError(f"shares {list(bps)} of {whole.minor} are no split")
    parts = [whole.part(bp) for bp in bps[:-1]]
    given = sum(part.minor for part in parts)
    return [*parts, Money(whole.minor - given, whole.currency)]
