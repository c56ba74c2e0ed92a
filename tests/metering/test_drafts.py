"""What is refused before it can be sold, and by which field."""

from collections.abc import Callable
from typing import Any

import pytest

from metering import BadTariff, client_pays_tariff, host_pays_tariff, read_draft

Document = dict[str, Any]
MINUTE = {"from_second": 0, "rate": 2000, "per_seconds": 60, "increment_seconds": 60}
PLAIN: Document = {"plan": "client-pays", "payer": "client", "currency": "RUB"}
DAY: Document = {"from": "06:00", "to": "22:00", "segments": [MINUTE]}
NIGHT: Document = {"from": "22:00", "to": "06:00", "segments": [MINUTE]}
EXACT_TENS = {"rule": "exact", "to_multiple_of": 10}


def plain(**changes: object) -> Document:
    return {**PLAIN, "segments": [MINUTE], **changes}


def windowed(*windows: Document, **changes: object) -> Document:
    return {**PLAIN, "windows": list(windows), **changes}


REFUSED: dict[str, tuple[Document, str]] = {
    "no plan": ({k: v for k, v in plain().items() if k != "plan"}, "plan"),
    "a plan that is no name": (plain(plan="Client pays"), "plan"),
    "no currency": ({k: v for k, v in plain().items() if k != "currency"}, "currency"),
    "a currency that is none": (plain(currency="roubles"), "currency"),
    "nobody pays": ({k: v for k, v in plain().items() if k != "payer"}, "payer"),
    "somebody else pays": (plain(payer="firm"), "payer"),
    "a field we do not know": (plain(grace=10), "grace"),
    "a gap before the first segment": (
        plain(segments=[{**MINUTE, "from_second": 60}]), "segments[0].from_second"),
    "two segments at once": (plain(segments=[MINUTE, MINUTE]), "segments[1].from_second"),
    "no price at all": (plain(segments=[]), "segments"),
    "a gap between windows": (windowed(DAY, {**NIGHT, "to": "05:59"}), "windows"),
    "a day without a price": (windowed({**DAY, "weekdays": [1, 2]}, NIGHT), "windows"),
    "equal weight at one moment": (windowed(DAY, {**NIGHT, "to": "06:01"}), "windows[1].weight"),
    "an unknown zone": (windowed(DAY, NIGHT, timezone="Europe/Moskva"), "timezone"),
    "a zone outside the folder": (plain(timezone="../../etc/passwd"), "timezone"),
    "an increment that cannot be divided": (
        plain(segments=[{**MINUTE, "rate": 100, "increment_seconds": 1}]), "segments[0].rate"),
    "an increment at night that cannot be divided": (
        windowed(DAY, {**NIGHT, "segments": [{**MINUTE, "per_seconds": 7}]}),
        "windows[1].segments[0].rate"),
    "an increment between the steps": (
        plain(segments=[{**MINUTE, "rate": 105}], rounding=EXACT_TENS), "segments[0].rate"),
    "a fee between the steps": (plain(connect_fee=5, rounding=EXACT_TENS), "connect_fee"),
    "a least charge between the steps": (plain(min_charge=5, rounding=EXACT_TENS), "min_charge"),
    "a ceiling between the steps": (plain(max_charge=5, rounding=EXACT_TENS), "max_charge"),
    "a fee at night between the steps": (
        windowed(DAY, {**NIGHT, "connect_fee": 5}, rounding=EXACT_TENS), "windows[1].connect_fee"),
    "free seconds between the steps": (
        plain(free_seconds=70, free_increment_seconds=60), "free_seconds"),
    "an increment beyond 63 bits": (
        plain(segments=[{**MINUTE, "rate": 2**50, "per_seconds": 1, "increment_seconds": 8192}]),
        "segments[0].rate"),
    "a long session beyond 63 bits": (
        plain(segments=[{**MINUTE, "rate": 2**48}]), "segments[0].rate"),
    "a long night beyond 63 bits": (
        windowed(DAY, {**NIGHT, "segments": [{**MINUTE, "rate": 2**48}]}),
        "windows[1].segments[0].rate"),
    "more than the whole": (plain(provider_bp=10_001), "provider_bp"),
    "a ceiling under the floor": (plain(min_charge=200, max_charge=100), "max_charge"),
    "two increments held ahead": (plain(hold_ahead=2), "hold_ahead"),
    "a pause for strangers": (plain(pause_by="guest"), "pause_by"),
    "a price with a fraction": (
        plain(segments=[{**MINUTE, "rate": 20.0}]), "segments[0].rate"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str) -> None:
    document, field = REFUSED[what]
    with pytest.raises(BadTariff) as caught:
        read_draft(document)
    assert caught.value.field == f"tariff.{field}"


@pytest.mark.parametrize("document", [3, [], None, "tariff"])
def test_no_object_is_no_tariff(document: object) -> None:
    with pytest.raises(BadTariff):
        read_draft(document)


@pytest.mark.parametrize("plan", [host_pays_tariff, client_pays_tariff])
def test_what_is_sold_today_is_fit_for_sale(plan: Callable[[], Any]) -> None:
    assert read_draft(plan().to_dict()) == plan()


def test_a_ceiling_keeps_any_price_small() -> None:
    dear = plain(segments=[{**MINUTE, "rate": 2**48}], max_charge=100_00)
    assert read_draft(dear).max_charge == 100_00


def test_day_and_night_are_fit_for_sale() -> None:
    assert len(read_draft(windowed(DAY, NIGHT, timezone="Europe/Moscow")).windows) == 2
