"""Exchange: one journal over two currencies, each summing to zero through our position in it.

The client gets the sum rounded down: the remainder stays with the position. The fee is a pair of
its own, so the rate in the journal is the rate that was shown.
"""

from fractions import Fraction

from ledger.accounts import Account, AccountKind
from ledger.journals import Draft, Leg
from ledger.money import CURRENCIES, Money, divide_down
from ledger.settlement import commission


def exchanged(give: Money, currency: str, rate: Fraction) -> Money:
    """What `give` buys at `rate` whole units for a whole unit, in minor units rounded down.

    >>> exchanged(Money(10000, "USD"), "EUR", Fraction(92, 100))
    Money(minor=9200, currency='EUR')
    >>> exchanged(Money(10050, "USD"), "JPY", Fraction("151.37"))
    Money(minor=15212, currency='JPY')
    """
    if give.minor <= 0 or rate <= 0 or currency == give.currency:
        raise ValueError(f"{give} to {currency} at {rate} is no exchange")
    scale = Fraction(10) ** (CURRENCIES[currency] - CURRENCIES[give.currency])
    got = give.minor * rate * scale
    return Money(divide_down(got.numerator, got.denominator), currency)


def exchange_draft(
    key: str, party: str, give: Money, currency: str, rate: Fraction, fee: Money | None = None
) -> Draft:
    """From a party's wallet in one currency to the one in another; `fee` in the given currency.

    Raises: ValueError when nothing would be got; CurrencyMismatch when the fee is in another one.
    """
    if fee is not None and (fee.minor < 0 or (give + fee).minor < 0):
        raise ValueError(f"{fee} is no fee")
    got = exchanged(give, currency, rate)
    if not got.minor:
        raise ValueError(f"{give} buys nothing at {rate}")
    wallets = [Account(AccountKind.PREPAID, party, one.currency) for one in (give, got)]
    positions = [Account(AccountKind.EXCHANGE, "", one.currency) for one in (give, got)]
    legs = [Leg(wallets[0], -give.minor), Leg(positions[0], give.minor)]
    legs += [Leg(positions[1], -got.minor), Leg(wallets[1], got.minor)]
    if fee is not None and fee.minor:
        legs += [Leg(wallets[0], -fee.minor), Leg(commission(fee.currency), fee.minor)]
    return Draft("exchange", key, "exchange", tuple(legs), memo=f"{rate}")
