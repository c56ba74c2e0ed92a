"""Two currencies in one journal, each summing to zero; rounding in favour of the position."""

from fractions import Fraction

import pytest
from hypothesis import strategies as st

from ledger import Account, AccountKind
from ledger.errors import CurrencyMismatch
from ledger.exchange import exchange_draft, exchanged
from ledger.money import CURRENCIES, Money
from tests.ledger.claims import Shelf, often, prove

USD, EUR = (Account(AccountKind.PREPAID, "bob", one) for one in ("USD", "EUR"))
rates = st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=10_000)


@often
def test_what_one_gives_is_what_the_position_gets_in_each_currency(count: int) -> None:
    def claim(give: int, pair: list[str], rate: Fraction, fee: int) -> None:
        of, to = pair
        given, got = Money(give, of), exchanged(Money(give, of), to, rate)
        exact = give * rate * Fraction(10) ** (CURRENCIES[to] - CURRENCIES[of])
        assert 0 <= exact - got.minor < 1
        if not got.minor:
            with pytest.raises(ValueError, match="buys nothing"):
                exchange_draft("1", "bob", given, to, rate)
            return
        shelf = Shelf()
        shelf.put(Account(AccountKind.PREPAID, "bob", of), give + fee)
        shelf.post(exchange_draft("1", "bob", given, to, rate, Money(fee, of)))
        assert shelf.of(Account(AccountKind.PREPAID, "bob", of)) == 0
        assert shelf.of(Account(AccountKind.PREPAID, "bob", to)) == got.minor
        assert shelf.of(Account(AccountKind.EXCHANGE, "", of)) == give
        assert shelf.of(Account(AccountKind.EXCHANGE, "", to)) == -got.minor
        assert shelf.of(Account(AccountKind.COMMISSION, "", of)) == fee

    prove(
        count,
        claim,
        give=st.integers(1, 10**9),
        pair=st.lists(st.sampled_from(sorted(CURRENCIES)), min_size=2, max_size=2, unique=True),
        rate=rates,
        fee=st.integers(0, 10**6),
    )


@pytest.mark.parametrize(
    ("give", "to", "rate"),
    [
        (Money(0, "USD"), "EUR", Fraction(1)),
        (Money(-5, "USD"), "EUR", Fraction(1)),
        (Money(5, "USD"), "EUR", Fraction(0)),
        (Money(5, "USD"), "USD", Fraction(1)),
    ],
)
def test_what_is_no_exchange(give: Money, to: str, rate: Fraction) -> None:
    with pytest.raises(ValueError, match="no exchange"):
        exchanged(give, to, rate)


def test_the_fee_is_in_the_given_currency() -> None:
    with pytest.raises(CurrencyMismatch):
        exchange_draft("1", "bob", Money(100, "USD"), "EUR", Fraction(1), Money(1, "EUR"))
    with pytest.raises(ValueError, match="no fee"):
        exchange_draft("1", "bob", Money(100, "USD"), "EUR", Fraction(1), Money(-1, "USD"))


def test_the_memo_keeps_the_rate_that_was_shown() -> None:
    draft = exchange_draft("1", "bob", Money(100, "USD"), "EUR", Fraction("0.9187"))
    assert Fraction(draft.memo) == Fraction("0.9187")
    assert len(draft.legs) == 4
