"""Promo credit: spent first, in the order of its days, and never anything but a session."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st

from ledger import Account, AccountKind
from ledger.credit import (
    Drawn,
    Purse,
    charge_legs,
    expiry_draft,
    grant_draft,
    grant_id,
    issuer_of,
    part_used,
    promo_cost,
    purse_of,
    used_legs,
)
from ledger.journals import Draft, fault_in
from ledger.money import Money
from tests.ledger.books import AT, BOB, COMMISSION, ESCROW
from tests.ledger.claims import Shelf, often, prove, sums

PURSES = [purse_of(f"{name}:bob", "RUB") for name in ("a", "b", "c")]


def purses(*minors: int) -> list[Purse]:
    """The first expires last."""
    return [
        Purse(account, Money(minor), AT - timedelta(days=place))
        for place, (account, minor) in enumerate(zip(PURSES, minors, strict=False))
    ]


@often
@pytest.mark.parametrize("credit", [ESCROW, COMMISSION], ids=["escrow", "fee"])
def test_a_charge_takes_credit_before_money_and_no_more_than_there_is(
    count: int, credit: Account
) -> None:
    def claim(price: int, there: list[int]) -> None:
        legs = charge_legs(Money(price), BOB, credit, purses(*there))
        draft = Draft("tick", "1", "minute", legs)
        assert fault_in(draft) is None
        shelf = Shelf()
        for account, minor in zip(PURSES, there, strict=False):
            shelf.put(account, minor)
        shelf.put(BOB, price)
        shelf.post(draft)
        used = min(price, sum(there))
        assert shelf.of(BOB) == used
        assert shelf.of(credit) == price
        assert sum(shelf.of(purse) for purse in PURSES) == sum(there) - used
        cost = used if credit is COMMISSION else 0
        assert (shelf.of(promo_cost("RUB")), shelf.total(AccountKind.PROMO_ISSUED)) == (-cost, cost)

    prove(count, claim, price=st.integers(1, 10**9), there=st.lists(sums, max_size=3))


def test_what_expires_first_goes_first() -> None:
    legs = charge_legs(Money(25), BOB, ESCROW, purses(10, 10, 10))
    assert [(leg.account.owner, leg.minor) for leg in legs[:-1]] == [
        ("c:bob", -10),
        ("b:bob", -10),
        ("a:bob", -5),
    ]


def test_without_credit_a_charge_is_two_entries() -> None:
    assert [leg.account for leg in charge_legs(Money(5), BOB, ESCROW)] == [BOB, ESCROW]


def test_a_purse_that_is_overdrawn_is_not_drawn() -> None:
    assert len(charge_legs(Money(5), BOB, ESCROW, purses(-3))) == 2


@pytest.mark.parametrize("minor", [0, -1])
def test_what_is_no_charge(minor: int) -> None:
    with pytest.raises(ValueError, match="no charge"):
        charge_legs(Money(minor), BOB, ESCROW)


@often
def test_what_is_kept_uses_credit_up_in_the_order_of_drawing(count: int) -> None:
    def claim(there: list[int], kept: int) -> None:
        drawn = [Drawn(p, m) for p, m in zip(PURSES, there, strict=False)]
        used = part_used(drawn, kept)
        assert sum(one.minor for one in used) == min(kept, sum(there))
        assert all(0 <= u.minor <= d.minor for u, d in zip(used, drawn, strict=True))
        touched = [one.minor < have.minor for one, have in zip(used, drawn, strict=True)]
        later = [one.minor for one in used[touched.index(True) + 1 :]] if any(touched) else []
        assert not any(later)

    prove(count, claim, there=st.lists(sums, max_size=3), kept=sums)


def test_a_campaign_s_promise_is_kept_or_taken_back() -> None:
    shelf = Shelf()
    shelf.post(grant_draft("welcome:bob", Money(500)))
    purse = purse_of("welcome:bob", "RUB")
    assert (shelf.of(purse), shelf.of(issuer_of(purse))) == (500, -500)
    shelf.post(expiry_draft(purse, 500, 1))
    assert (shelf.of(purse), shelf.of(issuer_of(purse))) == (0, 0)


def test_what_expires_twice_has_two_keys() -> None:
    keys = {expiry_draft(PURSES[0], 1, version).journal_id for version in (1, 4)}
    assert keys == {"promo_expiry:a:bob:1", "promo_expiry:a:bob:4"}


def test_credit_that_moves_between_purses_costs_nothing() -> None:
    legs = used_legs([Drawn(PURSES[0], 5), Drawn(PURSES[1], -5), Drawn(PURSES[2], 0)])
    assert [(leg.account.owner, leg.minor) for leg in legs] == [("a", 5), ("b", -5)]
    assert used_legs([]) == []


@pytest.mark.parametrize(("campaign", "party"), [("", "bob"), ("a:b", "bob"), ("a", "")])
def test_what_names_no_grant(campaign: str, party: str) -> None:
    with pytest.raises(ValueError, match="no grant"):
        grant_id(campaign, party)
