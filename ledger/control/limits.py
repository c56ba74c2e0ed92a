"""Limits as data: how much of something, in a currency, before it is refused or wants a second
person. A limit that a curator has set goes before the default of this table."""

from dataclasses import dataclass

from ledger.money import Money

# Roughly the same worth in minor units of each currency, so that one table serves them all.
WORTH = {
    "RUB": 100_00,
    "USD": 1_00,
    "EUR": 1_00,
    "GBP": 1_00,
    "KZT": 500_00,
    "BYN": 3_00,
    "JPY": 150,
}

# What -> how many times WORTH. "….two_persons": above it a second person decides;
# "….most": of one movement; "….most_a_day": of all movements of a party in a UTC day.
DEFAULTS = {
    "top_up.most_a_day": 3_000,
    "auto_top_up.most_a_day": 300,
    "refund.two_persons": 300,
    "payout.two_persons": 1_000,
    "payout.most": 5_000,
    "correction.two_persons": 0,
    "ruling.two_persons": 100,
}


@dataclass(frozen=True, slots=True)
class Limit:
    """`own`: set by a curator, not the default."""

    what: str
    amount: Money
    own: bool = False


def default_of(what: str, currency: str) -> Money | None:
    """None when neither the limit nor the currency is known: there is no limit by default.

    >>> default_of("refund.two_persons", "USD")
    Money(minor=30000, currency='USD')
    """
    times, worth = DEFAULTS.get(what), WORTH.get(currency)
    return None if times is None or worth is None else Money(times * worth, currency)


def loosens(what: str, before: Money | None, after: Money) -> bool:
    """Whether setting the limit to `after` lets more through than before."""
    return before is not None and after > before
