"""Money: whole minor units of one currency. Nothing here knows fractions of a kopeck.

Division is always by a named function that says where the remainder goes.
"""

from dataclasses import dataclass

# Code -> how many decimal digits its minor unit has. Seeds the table ledger_currency.
CURRENCIES = {"RUB": 2, "USD": 2, "EUR": 2, "GBP": 2, "KZT": 2, "BYN": 2, "JPY": 0}

WHOLE_BP = 10_000  # basis points in a whole


class CurrencyMismatch(ArithmeticError):
    """Two currencies met in one sum."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left} and {right} in one sum")
        self.left, self.right = left, right


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (kopecks, cents). May be negative.

    >>> Money(2000) + Money(100)
    Money(minor=2100, currency='RUB')
    >>> Money(1999).part(1000)
    Money(minor=199, currency='RUB')

    Raises: CurrencyMismatch from arithmetic and comparison across currencies.
    """

    minor: int
    currency: str = "RUB"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def part(self, bp: int) -> "Money":
        """So many basis points of it, rounded down: the remainder stays with the whole."""
        return Money(divide_down(self.minor * bp, WHOLE_BP), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor


def divide_down(numerator: int, denominator: int) -> int:
    """Towards minus infinity.

    >>> divide_down(7, 2), divide_down(-7, 2)
    (3, -4)
    """
    return numerator // denominator


def divide_up(numerator: int, denominator: int) -> int:
    """Towards plus infinity.

    >>> divide_up(7, 2), divide_up(-7, 2)
    (4, -3)
    """
    return -(-numerator // denominator)


def divide_half_up(numerator: int, denominator: int) -> int:
    """To the nearest; a half goes towards plus infinity.

    >>> divide_half_up(7, 2), divide_half_up(5, 4), divide_half_up(-7, 2)
    (4, 1, -3)
    """
    return (2 * numerator + denominator) // (2 * denominator)
