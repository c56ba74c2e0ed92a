"""The published metering rules: worked examples (quotes.json), refusals (bad_quotes.json), laws."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering import BadQuote, client_pays_tariff, quote

HERE = Path(__file__).parent
VECTORS: list[dict[str, Any]] = json.loads((HERE / "quotes.json").read_text())
REFUSALS: list[dict[str, Any]] = json.loads((HERE / "bad_quotes.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_vector(vector: dict[str, Any]) -> None:
    answer = quote(vector["ask"])
    assert {name: answer[name] for name in vector["answer"]} == vector["answer"], vector["rule"]
    assert sum(unit["price"] for unit in answer["units"]) == answer["charge"]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda v: v["name"])
def test_refusal_names_the_field(refusal: dict[str, Any]) -> None:
    with pytest.raises(BadQuote) as caught:
        quote(refusal["ask"])
    assert caught.value.field == refusal["field"]
    assert str(caught.value).startswith(refusal["field"])


def test_a_list_is_answered_by_a_list() -> None:
    asked = [vector["ask"] for vector in VECTORS]
    assert quote(asked) == [quote(one) for one in asked]


def test_a_sold_tariff_can_be_asked_about_as_it_is_stored() -> None:
    tariff = client_pays_tariff(20_00).to_dict()
    assert quote({"tariff": tariff, "usage": {"connected_seconds": 70}})["charge"] == 40_00


segments = st.lists(
    st.tuples(st.integers(1, 200), st.integers(0, 500), st.integers(1, 90), st.integers(1, 90)),
    min_size=1,
    max_size=4,
).map(
    lambda rows: [
        {"from_second": at, "rate": r, "per_seconds": p, "increment_seconds": i}
        for at, (_, r, p, i) in zip(
            [sum(row[0] for row in rows[:n]) for n in range(len(rows))], rows, strict=True
        )
    ]
)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Any lawful question without windows."""
    step = draw(st.integers(1, 60))
    least = draw(st.sampled_from([0, 0, 70]))
    tariff: dict[str, Any] = {
        "segments": draw(segments),
        "connect_fee": draw(st.sampled_from([0, 0, 35])),
        "grace_seconds": draw(st.sampled_from([0, 0, 20])),
        "free_seconds": draw(st.sampled_from([0, 0, 45, 100])),
        "free_increment_seconds": step,
        "min_charge": least,
        "max_charge": draw(st.sampled_from([None, None, 300])),
        "max_charge_strategy": draw(st.sampled_from(["free", "disconnect"])),
    }
    connected = draw(st.integers(0, 900))
    pauses = draw(
        st.lists(st.tuples(st.integers(0, 900), st.integers(0, 300)), max_size=3).map(
            lambda rows: [[a, a + b] for a, b in rows]
        )
    )
    document: dict[str, Any] = {
        "tariff": tariff,
        "rounding": {
            "rule": draw(st.sampled_from(["up", "down", "half_up"])),
            "to_multiple_of": draw(st.sampled_from([1, 5, 50])),
        },
        "usage": {"connected_seconds": connected, "pauses": pauses},
        "split": {"provider_bp": draw(st.integers(0, 10_000))},
    }
    if draw(st.booleans()):
        document["balance"] = draw(st.integers(0, 3000))
        document["allow_negative_balance"] = draw(st.booleans())
    return document


@given(questions())
def test_provider_and_platform_are_the_charge(document: dict[str, Any]) -> None:
    answer = quote(document)
    assert answer["provider"] + answer["platform"] == answer["charge"]
    assert min(answer["provider"], answer["platform"]) >= 0
    assert sum(unit["price"] for unit in answer["units"]) == answer["charge"]


@given(questions())
def test_units_cover_the_billing_clock_without_a_gap(document: dict[str, Any]) -> None:
    answer = quote(document)
    found = answer["units"]
    assert all(a["to"] == b["from"] for a, b in pairwise(found))
    assert all(unit["price"] >= 0 for unit in found)
    if found:
        assert found[0]["from"] == 0
        assert found[-1]["from"] < answer["billable_seconds"] <= found[-1]["to"]


@given(questions(), st.integers(1, 60))
def test_totals_never_fall_as_a_session_lasts(document: dict[str, Any], more: int) -> None:
    document["usage"]["pauses"] = []
    shorter = quote(document)
    document["usage"]["connected_seconds"] += more
    longer = quote(document)
    assert longer["charge"] >= shorter["charge"]
    if document["tariff"]["grace_seconds"] < shorter["billable_seconds"]:
        shared = len(shorter["units"])
        assert longer["units"][:shared] == shorter["units"]


@given(questions())
def test_nobody_pays_more_than_there_is(document: dict[str, Any]) -> None:
    document["allow_negative_balance"] = False
    document.setdefault("balance", 500)
    answer = quote(document)
    assert answer["charge"] <= document["balance"]
    assert answer["balance_after"] == document["balance"] - answer["charge"]


@given(questions())
def test_the_cut_is_where_the_money_ends(document: dict[str, Any]) -> None:
    """A session that was cut could not pay its next increment; one that was not, could."""
    document["tariff"] |= {"max_charge": None, "grace_seconds": 0}
    document["allow_negative_balance"] = False
    document.setdefault("balance", 200)
    limited = quote(document)
    open_ended = quote({**document, "allow_negative_balance": True})
    paid = len(limited["units"])
    assert open_ended["units"][:paid] == limited["units"]
    if limited["cutoff_second"] is None:
        assert limited == open_ended
    else:
        next_price = open_ended["units"][paid]["price"]
        assert limited["charge"] + next_price > document["balance"]


@given(questions())
def test_pauses_only_take_seconds_away(document: dict[str, Any]) -> None:
    """Without windows, when somebody paused does not matter, only how long."""
    answer = quote(document)
    seconds = {s for a, b in document["usage"]["pauses"] for s in range(a, b)}
    billable = len(set(range(document["usage"]["connected_seconds"])) - seconds)
    plain = quote({**document, "usage": {"connected_seconds": billable}})
    for name in ("charge", "units", "billable_seconds", "billed_seconds", "balance_after"):
        assert answer[name] == plain[name]
