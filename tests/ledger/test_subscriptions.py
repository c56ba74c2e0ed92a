"""Days that sum to the price, pauses that lengthen, ends to the kopeck."""

from datetime import date, timedelta

import pytest
from hypothesis import strategies as st

from ledger import Account, AccountKind
from ledger.money import Money
from ledger.subscriptions import Pause, Subscription, day_drafts, ended_early, taken_in
from tests.ledger.books import CASH
from tests.ledger.claims import Shelf, often, prove, sums

FIRST = date(2026, 11, 1)
INCOME = Account(AccountKind.SUBSCRIPTIONS)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@st.composite
def subscriptions(draw: st.DrawFn) -> Subscription:
    edges = sorted(draw(st.lists(st.integers(0, 60), max_size=6, unique=True)))
    pauses = [Pause(day(a), day(b)) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    if draw(st.booleans()) and len(edges) % 2:
        pauses.append(Pause(day(edges[-1])))
    return Subscription("A-1", Money(draw(sums)), FIRST, draw(st.integers(1, 40)), tuple(pauses))


@often
def test_looked_at_on_any_days_it_earns_the_same(count: int) -> None:
    def claim(subscription: Subscription, looks: list[int]) -> None:
        shelf = Shelf()
        shelf.post(
            *([taken_in(subscription, CASH, "psp", "1")] if subscription.price.minor else [])
        )
        keys = set()
        for look in sorted(looks):
            drafts = day_drafts(subscription, day(look), Money(shelf.of(subscription.advance)))
            shelf.post(*drafts)
            served = len(list(subscription.served_days(day(look))))
            assert shelf.of(INCOME) == subscription.earned(served).minor
            assert not keys & {draft.journal_id for draft in drafts}
            keys |= {draft.journal_id for draft in drafts}
        left = Money(shelf.of(subscription.advance))
        shelf.post(ended_early(subscription, left, CASH))
        assert shelf.of(subscription.advance) == 0
        assert shelf.of(CASH) == -shelf.of(INCOME)

    looks = st.lists(st.integers(-3, 120), min_size=1, max_size=6)
    prove(count, claim, subscription=subscriptions(), looks=looks)


@often
def test_a_pause_moves_the_end_and_nothing_else(count: int) -> None:
    """As many days are served, for the same price, each as much as it would have been."""

    def claim(price: int, days: int, start: int, length: int) -> None:
        plain = Subscription("A-1", Money(price), FIRST, days)
        paused = Subscription(
            "A-1", Money(price), FIRST, days, (Pause(day(start), day(start + length)),)
        )
        far = day(200)
        served, longer = list(plain.served_days(far)), list(paused.served_days(far))
        assert len(served) == len(longer) == days
        late = length if start < days else 0
        assert longer[-1] == served[-1] + timedelta(days=late)
        amounts = [
            [draft.legs[1].minor for draft in day_drafts(one, far, Money(price))]
            for one in (plain, paused)
        ]
        assert amounts[0] == amounts[1]
        assert sum(amounts[0]) == price

    prove(
        count,
        claim,
        price=sums,
        days=st.integers(1, 40),
        start=st.integers(0, 50),
        length=st.integers(0, 30),
    )


def test_each_day_is_effective_on_itself() -> None:
    subscription = Subscription("A-1", Money(399000), FIRST, 30, (Pause(day(1), day(3)),))
    drafts = day_drafts(subscription, day(4), Money(399000))
    assert [(d.journal_id, d.effective_on, d.legs[1].minor) for d in drafts] == [
        ("sub_day:A-1:1", day(0), 13300),
        ("sub_day:A-1:2", day(3), 13300),
        ("sub_day:A-1:3", day(4), 13300),
    ]


def test_a_pause_without_an_end_stops_the_days() -> None:
    subscription = Subscription("A-1", Money(100), FIRST, 7, (Pause(day(2)),))
    assert list(subscription.served_days(day(10_000))) == [day(0), day(1)]


def test_a_period_that_is_all_earned_gives_nothing_back() -> None:
    assert ended_early(Subscription("A-1", Money(5), FIRST, 1), Money(0), CASH) is None


@pytest.mark.parametrize(("price", "days"), [(-1, 3), (5, 0)])
def test_what_is_no_subscription(price: int, days: int) -> None:
    with pytest.raises(ValueError, match="no subscription"):
        Subscription("A-1", Money(price), FIRST, days)
