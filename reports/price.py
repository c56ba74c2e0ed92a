"""What an act says was sold: minutes, or seconds where those were sold, and the price of a minute.

Seconds count on the billing clock. Pure.
"""

from fractions import Fraction

from reports.canonical import Json
from reports.facts import SessionFacts
from reports.session_words import Words
from reports.wording import count

MINUTE_S = 60


def billed_seconds(facts: SessionFacts) -> int:
    """The end of the last increment: a multiple of 60 where minutes were sold."""
    return max((charge.to_s for charge in facts.charges), default=0)


def by_the_second(seconds: int) -> bool:
    return seconds % MINUTE_S != 0


def price_of(seconds: int, charged: int, rate: int | None) -> int | None:
    """Minor units a minute if `seconds` at that price are exactly what was charged.

    `rate` is the tariff's own, where it has one: a charge of single seconds is rounded, so it may
    differ by less than one minor unit from what the price gives.

    >>> price_of(90, 3000, None), price_of(90, 3001, None), price_of(7, 233, 2000)
    (2000, None, 2000)
    """
    if not seconds:
        return None
    if rate is not None and abs(rate * seconds - charged * MINUTE_S) < MINUTE_S:
        return rate
    exact = Fraction(charged * MINUTE_S, seconds)
    return int(exact) if exact.denominator == 1 else None


def rate_of(tariff: Json) -> int | None:
    """A tariff's price of a minute; None where it has several or none in whole minor units."""
    segments = tariff.get("segments") or []
    if len(segments) != 1 or segments[0].get("rate") is None:
        return None
    rate, odd = divmod(segments[0]["rate"] * MINUTE_S, segments[0].get("per_seconds", MINUTE_S))
    return None if odd else int(rate)


def minute_price(facts: SessionFacts) -> int | None:
    """Price of a minute when all that was charged cost the same, else None; before anything was
    charged that of the tariff."""
    rate = rate_of(facts.tariff)
    if not facts.charges:
        return rate
    charged = sum(one.minor for one in facts.charges)
    prices = {Fraction(one.minor, one.to_s - one.from_s) for one in facts.charges}
    found = price_of(billed_seconds(facts), charged, rate)
    return found if len(prices) == 1 or found == rate else None


def time_text(seconds: int, english: bool) -> str:
    """Minutes as a column has them: "39", and "1:30" where seconds were sold."""
    minutes, rest = divmod(seconds, MINUTE_S)
    return count(minutes, english) + (f":{rest:02d}" if rest else "")


def quantity(facts: SessionFacts, say: Words) -> str:
    """ "39 min", and "1 min 30 s" where seconds were sold."""
    seconds = billed_seconds(facts)
    return say.duration(seconds) if by_the_second(seconds) else say.minutes(seconds // MINUTE_S)


def per_minute(facts: SessionFacts, price: int, say: Words) -> str:
    """The factor of a quantity: a sum, "20.00 / min" where the quantity is in seconds."""
    text = say.money(price, facts.currency)
    return f"{text} / {say('min')}" if by_the_second(billed_seconds(facts)) else text
