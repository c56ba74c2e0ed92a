"""Who may be called, who may enter when, and which seconds are the client's with a consultant."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.sessions import company, errors
from broker.sessions.company import AT_ONCE, NOTICE, CallState, Companion, billable
from broker.sessions.presence import Pair, Presence, Span, fold, fold_pairs, pair_changes
from tests.broker.builders import NOON


def call(n: int = 1, seat: str = "colleague-1", share_bp: int = 0, **more: object) -> Companion:
    made = Companion("S-1", n, f"id{n}", seat, "colleague", f"hash{n}", share_bp, NOON)
    return replace(made, **more)


@pytest.mark.parametrize(
    ("pairs", "counts"),
    [
        ((), False),
        ((("client", "host"),), True),
        ((("client", "colleague-2"),), True),
        ((("client", "colleague-1"), ("client", "host"), ("colleague-1", "host")), True),
        ((("colleague-1", "host"),), False),
        ((("client", "observer-1"),), False),
        ((("host", "observer-1"),), False),
    ],
)
def test_a_second_counts_when_the_client_is_with_a_consultant(
    pairs: tuple[tuple[str, str], ...], counts: bool
) -> None:
    assert billable(pairs) is counts


def test_three_colleagues_at_once_and_nobody_in_a_seat_that_was_anothers() -> None:
    known: list[Companion] = []
    for n in range(1, AT_ONCE["colleague"] + 1):
        known.append(call(n, company.free_seat(known, "S-1", "colleague")))
    with pytest.raises(errors.CompanyFull):
        company.free_seat(known, "S-1", "colleague")
    refused = company.ended(known[0], "client", NOON)
    assert refused.state is CallState.REFUSED
    assert company.free_seat([refused, *known[1:]], "S-1", "colleague") == "colleague-1"
    was_in = company.ended(company.entered(known[0], NOON), "host", NOON)
    assert company.free_seat([was_in, *known[1:]], "S-1", "colleague") == "colleague-4"


def test_nobody_enters_before_the_client_has_read_of_it() -> None:
    fresh = call()
    with pytest.raises(errors.NotToldYet):
        company.check_may_enter(fresh, NOON + timedelta(hours=1))
    told = replace(fresh, told_at=NOON)
    with pytest.raises(errors.NotToldYet):
        company.check_may_enter(told, NOON + NOTICE / 2)
    company.check_may_enter(told, NOON + NOTICE)
    company.check_may_enter(replace(told, agreed_at=NOON), NOON)
    with pytest.raises(errors.CallOver):
        company.check_may_enter(company.ended(told, "client", NOON), NOON + NOTICE)


def test_shares_are_of_what_a_paying_client_leaves() -> None:
    with pytest.raises(errors.BadSession):
        company.check_share([], "colleague", "host", 1000)
    with pytest.raises(errors.BadSession):
        company.check_share([], "observer", "client", 1000)
    company.check_share([call(share_bp=6000)], "colleague", "client", 4000)
    with pytest.raises(errors.BadSession):
        company.check_share([call(share_bp=6000)], "colleague", "client", 4001)


def test_a_share_is_due_to_whoever_was_together_with_the_client() -> None:
    known = [
        call(1, "colleague-1", 2000, party="maria"),
        call(2, "colleague-2", 1000, party="oleg"),
        call(3, "colleague-3", 500, party="maria", state=CallState.DISMISSED),
    ]
    assert company.weights(known, {"colleague-1": 5, "colleague-3": 1}) == [("maria", 2500)]
    assert company.weights(known, {}) == []


SEATS = st.sampled_from(["client", "host", "colleague-1", "observer-1"])
PAIRS = st.lists(st.tuples(SEATS, SEATS).filter(lambda p: p[0] < p[1]), max_size=3)
SEEN = st.lists(st.tuples(st.integers(0, 40), PAIRS), max_size=30)


def folded(before: Presence, seen: list[tuple[int, list[tuple[str, str]]]]) -> Presence:
    now = fold(before, [(second, billable(pairs)) for second, pairs in seen])
    return fold_pairs(before, now, seen)


@settings(max_examples=40)
@given(SEEN, st.integers(0, 30))
def test_pairs_hold_exactly_their_seconds_in_any_portions(
    seen: list[tuple[int, list[tuple[str, str]]]], cut: int
) -> None:
    whole = folded(Presence(), seen)
    assert folded(folded(Presence(), seen[:cut]), seen[cut:]) == whole
    assert folded(whole, seen) == whole
    wanted: dict[tuple[str, str], set[int]] = {}
    for second, pairs in seen:
        for pair in pairs:
            wanted.setdefault(pair, set()).add(second)
    if set(wanted) - {("client", "host")}:
        assert {tuple(p): whole.pair_s(*p) for p, _ in whole.pairs} == {
            pair: len(seconds) for pair, seconds in wanted.items()
        }
    else:
        assert whole.pairs == ()


def test_a_session_of_two_keeps_no_pairs_and_the_first_third_tells_what_was_before() -> None:
    two = folded(Presence(), [(10, [("client", "host")]), (11, [("client", "host")])])
    assert two.pairs == ()
    three = folded(two, [(12, [("client", "colleague-1")])])
    assert three.mutual == (Span(10, 13),)
    assert three.pairs == (
        (Pair("client", "colleague-1"), (Span(12, 13),)),
        (Pair("client", "host"), (Span(10, 12),)),
    )
    told = pair_changes(two, three)
    assert [(*pair, *change) for pair, change in told] == [
        ("client", "colleague-1", 12, None),
        ("client", "host", 10, 12),
    ]
