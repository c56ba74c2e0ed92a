"""Laws of pricing: for any tariff and any session. 300 examples in every run, 10 000 at night."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metering import BadQuote, Tariff, quote
from tests.metering.naive import price
from tests.metering.questions import questions
from tests.metering.test_meter import T0, Wallet, tariffs

SOME, MANY = 300, 10_000
often = pytest.mark.parametrize(
    "count", [SOME, pytest.param(MANY, marks=(pytest.mark.nightly, pytest.mark.timeout(3600)))]
)
Document = dict[str, Any]


def prove(count: int, claim: Callable[..., None], *facts: st.SearchStrategy[Any]) -> None:
    settings(max_examples=count, deadline=None)(given(*facts)(claim))()


def cost(tariff: Tariff, connected_s: int, money: int) -> Document:
    usage = {"connected_seconds": connected_s}
    return quote({"tariff": tariff.to_dict(), "usage": usage, "balance": money})


@often
def test_the_same_minutes_whatever_the_partition(count: int) -> None:
    """The meter, told of seconds in any portions, takes what `quote` says of their sum."""

    def claim(
        tariff: Tariff, money: int, witnessed: list[int], cuts: list[int], upside_down: bool
    ) -> None:
        wallet = Wallet(money)
        meter, left = wallet.begin(tariff), sorted(witnessed)
        while left:
            size = cuts[len(left) % len(cuts)]
            portion, left = left[:size], left[size:]
            meter = wallet.observe(meter, portion[::-1] if upside_down else portion)
            meter = wallet.observe(meter, portion[:2])
        answer = cost(tariff, len(witnessed), money)
        assert money - wallet.money == answer["charge"]
        assert meter.clock_s == answer["billable_seconds"]

    seconds = st.lists(st.integers(T0, T0 + 500), max_size=300, unique=True)
    portions = st.lists(st.integers(1, 90), min_size=1, max_size=5)
    prove(count, claim, tariffs, st.integers(200, 1500), seconds, portions, st.booleans())


@often
def test_a_sum_of_units_is_the_charge_and_is_shared_wholly(count: int) -> None:
    def claim(document: Document) -> None:
        answer = quote(document)
        assert sum(unit["price"] for unit in answer["units"]) == answer["charge"]
        assert answer["provider"] + answer["platform"] == answer["charge"]
        assert min(answer["provider"], answer["platform"]) >= 0
        assert all(a["to"] == b["from"] for a, b in pairwise(answer["units"]))

    prove(count, claim, questions())


@often
def test_totals_never_fall(count: int) -> None:
    """Neither as a session lasts, nor from one of its increments to the next."""

    def claim(document: Document, more: int) -> None:
        document["usage"]["pauses"] = []
        longer = deepcopy(document)
        longer["usage"]["connected_seconds"] += more
        before, after = quote(document), quote(longer)
        assert after["charge"] >= before["charge"]
        assert after["provider"] >= before["provider"]
        assert all(unit["price"] >= 0 for unit in after["units"])

    prove(count, claim, questions(), st.integers(1, 90))


@often
def test_what_starts_can_pay_its_first_increment(count: int) -> None:
    """And what is refused could not; nobody pays more than there is."""

    def claim(document: Document, money: int) -> None:
        document |= {"balance": money, "allow_negative_balance": False}
        document["tariff"]["grace_seconds"] = 0
        answer, boundless = quote(document), quote({**document, "allow_negative_balance": True})
        assert 0 <= answer["charge"] <= money
        assert answer["balance_after"] == money - answer["charge"] >= 0
        if boundless["units"]:
            first = boundless["units"][0]["price"]
            assert (answer["cutoff_second"] == 0) == (first > money)
            assert not answer["units"] or answer["units"][0]["price"] == first <= money

    prove(count, claim, questions(), st.integers(0, 600))


@often
def test_a_second_opinion_agrees(count: int) -> None:
    """A plain walk over the seconds, written from the published rules alone."""

    def claim(document: Document) -> None:
        answer, other = quote(document), price(document)
        assert {name: answer[name] for name in other} == other

    prove(count, claim, questions(windowed=False))


@often
def test_no_float_comes_out_and_none_goes_in(count: int) -> None:
    def claim(document: Document, where: int) -> None:
        assert {type(n) for n in numbers(quote(document))} <= {int}
        places = list(numbers_at(document))
        holder, name = places[where % len(places)]
        holder[name] = float(holder[name])
        with pytest.raises(BadQuote, match="must be a whole number"):
            quote(document)

    prove(count, claim, questions(), st.integers(0, 1000))


def numbers(value: object) -> Iterator[object]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from numbers(inner)
    elif value is not None and not isinstance(value, str | bool):
        yield value


def numbers_at(value: Any) -> Iterator[tuple[Any, Any]]:
    """Where the numbers of a document stand: what holds them, and under which name."""
    for name, inner in list(value.items()) if isinstance(value, dict) else list(enumerate(value)):
        if isinstance(inner, dict | list):
            yield from numbers_at(inner)
        elif isinstance(inner, int) and not isinstance(inner, bool):
            yield value, name
