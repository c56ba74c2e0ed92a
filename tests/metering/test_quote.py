"""What `quote` refuses (bad_quotes.json) and how its answers hang together.

Worked examples are run in test_vectors.py, laws of money in test_laws.py.
"""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from metering import BadQuote, client_pays_tariff, quote
from tests.metering.questions import questions

HERE = Path(__file__).parent
VECTORS: list[dict[str, Any]] = json.loads((HERE / "quotes.json").read_text())
REFUSALS: list[dict[str, Any]] = json.loads((HERE / "bad_quotes.json").read_text())


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


@given(questions())
def test_units_cover_the_billing_clock_without_a_gap(document: dict[str, Any]) -> None:
    answer = quote(document)
    found = answer["units"]
    assert all(a["to"] == b["from"] for a, b in pairwise(found))
    assert all(unit["price"] >= 0 for unit in found)
    if found:
        assert found[0]["from"] == 0
        assert found[-1]["from"] < answer["billable_seconds"] <= found[-1]["to"]


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


@given(questions(windowed=False))
def test_pauses_only_take_seconds_away(document: dict[str, Any]) -> None:
    """Without windows, when somebody paused does not matter, only how long."""
    answer = quote(document)
    seconds = {s for a, b in document["usage"]["pauses"] for s in range(a, b)}
    billable = len(set(range(document["usage"]["connected_seconds"])) - seconds)
    plain = quote({**document, "usage": {"connected_seconds": billable}})
    for name in ("charge", "units", "billable_seconds", "billed_seconds", "balance_after"):
        assert answer[name] == plain[name]
