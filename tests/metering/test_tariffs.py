"""Tariffs as they are sold, stored and refused. Refusals by field are in bad_quotes.json."""

import json
from dataclasses import replace

import pytest

from metering import (
    BadTariff,
    Rounding,
    Rule,
    Segment,
    Tariff,
    Window,
    client_pays_tariff,
    host_pays_tariff,
)

WEEK = (1, 2, 3, 4, 5, 6, 7)


def test_host_pays_one_rouble_a_minute() -> None:
    tariff = host_pays_tariff()
    assert (tariff.plan, tariff.payer, tariff.minute_minor) == ("host-pays", "host", 100)
    assert tariff.segments == (Segment(0, 100, 60, 60),)


def test_client_pays_shares_ninety_ten() -> None:
    tariff = client_pays_tariff(30_00)
    assert (tariff.plan, tariff.payer, tariff.minute_minor) == ("client-pays", "client", 30_00)
    assert (tariff.provider_bp, tariff.kept_bp, tariff.kept_provider_bp) == (9000, 2000, 5000)
    assert (tariff.dispute_window_s, tariff.warn_at_minutes) == (72 * 3600, (5, 2, 1))


@pytest.mark.parametrize(
    "tariff",
    [
        host_pays_tariff(),
        client_pays_tariff(12_34),
        Tariff(
            windows=(
                Window(WEEK, 6 * 3600, 22 * 3600, None, 0, 5, (Segment(0, 60, 60, 60),)),
                Window(WEEK, 22 * 3600, 6 * 3600, None, 0, 9, (Segment(0, 30, 60, 60),)),
                Window((6, 7), 0, 86_400, ("01-01",), 9, 0, (Segment(0, 0, 1, 60),)),
            ),
            timezone="Europe/Moscow",
            rounding=Rounding(Rule.UP, 100),
            max_charge=1000,
        ),
    ],
    ids=["host-pays", "client-pays", "windows"],
)
def test_a_tariff_is_read_back_as_written(tariff: Tariff) -> None:
    text = tariff.to_json()
    assert Tariff.from_json(text) == tariff
    assert Tariff.from_json(text).to_json() == text


def test_a_tariff_stored_years_ago_misses_only_what_has_a_default() -> None:
    text = json.dumps({"segments": [Segment(0, 1, 1, 1).to_dict()]})
    assert Tariff.from_json(text).lead_s == 10


def test_what_cannot_be_divided_is_not_sold() -> None:
    with pytest.raises(BadTariff) as caught:
        Tariff.from_json(Tariff(segments=(Segment(0, 10, 60, 1),)).to_json())
    assert caught.value.field == "tariff.segments[0].rate"
    rounded = Tariff(segments=(Segment(0, 10, 60, 1),), rounding=Rounding(Rule.UP, 1))
    assert Tariff.from_json(rounded.to_json()) == rounded


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"provider_bp": 10_001}, "tariff.provider_bp"),
        ({"lead_s": 0}, "tariff.lead_s"),
        ({"warn_at_minutes": (0,)}, "tariff.warn_at_minutes[0]"),
        ({"payer": "nobody"}, "tariff.payer"),
        ({"pause_by": "guest"}, "tariff.pause_by"),
        ({"segments": ()}, "tariff.segments"),
    ],
)
def test_refusals_of_a_sold_tariff(change: dict[str, object], field: str) -> None:
    text = replace(client_pays_tariff(), **change).to_json()  # type: ignore[arg-type]
    with pytest.raises(BadTariff) as caught:
        Tariff.from_json(text)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("pause_by", "who"),
    [("both", {"host", "client"}), ("host", {"host"}), ("client", {"client"}), ("nobody", set())],
)
def test_who_may_pause(pause_by: str, who: set[str]) -> None:
    tariff = replace(client_pays_tariff(), pause_by=pause_by)
    assert {role for role in ("host", "client") if tariff.may_pause(role)} == who
    assert Tariff.from_json(tariff.to_json()) == tariff


def test_a_field_that_came_later_leaves_older_tariffs_their_bytes() -> None:
    """The sha256 of a frozen tariff stands in a session's record."""
    assert "pause_by" not in client_pays_tariff().to_json()
    assert "hold_ahead" not in client_pays_tariff().to_json()


@pytest.mark.parametrize("held", [0, 2])
def test_one_increment_is_held_ahead_and_no_other_number(held: int) -> None:
    document = client_pays_tariff().to_dict()
    assert Tariff.from_json(json.dumps(document | {"hold_ahead": 1})) == client_pays_tariff()
    with pytest.raises(BadTariff) as caught:
        Tariff.from_json(json.dumps(document | {"hold_ahead": held}))
    assert caught.value.field == "tariff.hold_ahead"


def test_no_json_is_no_tariff() -> None:
    with pytest.raises(BadTariff):
        Tariff.from_json("{")
