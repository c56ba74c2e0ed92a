"""A tariff into fields and back: nothing is lost, and what is wrong is said at its field."""

from dataclasses import replace

import pytest

from metering import (
    AtCeiling,
    BadTariff,
    Rounding,
    Rule,
    Segment,
    Tariff,
    Window,
    client_pays_tariff,
    host_pays_tariff,
    read_draft,
)
from web import plan_form
from web.plan_form import BadFields, document_of, field_of, form_of, typed_form

WEEK = (1, 2, 3, 4, 5, 6, 7)
DAY = Window(WEEK, 8 * 3600, 22 * 3600, None, 0, 0, (Segment(0, 2000, 60, 60),))
NIGHT = Window(
    WEEK, 22 * 3600, 8 * 3600, None, 0, 500, (Segment(0, 3000, 60, 60), Segment(600, 10, 1, 1))
)
FEAST = Window((6, 7), 0, 86_400, ("01-01", "12-31"), 9, 0, (Segment(0, 0, 1, 60),))
BY_CLOCK = replace(
    client_pays_tariff(), segments=(), windows=(DAY, NIGHT, FEAST), timezone="Europe/Moscow"
)
FULL = replace(
    client_pays_tariff(),
    connect_fee=50_50,
    grace_seconds=90,
    free_seconds=300,
    free_increment_seconds=60,
    min_charge=100_00,
    max_charge=1000_00,
    max_charge_strategy=AtCeiling.DISCONNECT,
    rounding=Rounding(Rule.UP, 10_00),
    provider_bp=8750,
    pause_by="client",
    warn_at_minutes=(10, 1),
    longest_pause_s=7,
)


def same(text: str, **_: object) -> str:
    return text


def read(tariff: Tariff, **typed: str) -> Tariff:
    """The tariff after a look at the form in which so much was typed."""
    values = {**form_of(tariff).values, **typed}
    document = document_of(values, tariff, same)
    return read_draft(document | {"plan": tariff.plan, "version": tariff.version})


@pytest.mark.parametrize("tariff", [host_pays_tariff(), client_pays_tariff(), BY_CLOCK, FULL])
def test_a_tariff_comes_back_as_it_was(tariff: Tariff) -> None:
    assert read(tariff) == tariff


def test_fields_are_in_units_that_people_use() -> None:
    values = form_of(FULL).values
    assert (values["connect_fee"], values["provider_bp"]) == ("50.50", "87.5")
    assert (values["dispute_window_s"], values["dispute_window_s.unit"]) == ("72", "h")
    assert (values["grace_seconds"], values["grace_seconds.unit"]) == ("90", "s")
    assert form_of(BY_CLOCK).values["windows[2].month_days"] == "01.01, 31.12"
    assert form_of(BY_CLOCK).windows == (1, 2, 1)


def test_what_is_typed_is_what_is_sold() -> None:
    typed = {"segments[0].rate": "19,90", "free_seconds": "5", "free_seconds.unit": "min"}
    made = read(client_pays_tariff(), **typed)
    assert (made.minute_minor, made.free_seconds) == (1990, 300)
    assert read(FULL, max_charge="").max_charge is None


def test_every_fault_is_said_at_its_field_at_once() -> None:
    wrong = {
        "segments[0].rate": "дорого",
        "lead_s": "-1",
        "provider_bp": "90%",
        "warn_at_minutes": "5, два",
    }
    with pytest.raises(BadFields) as caught:
        read(client_pays_tariff(), **wrong)
    assert set(caught.value.errors) == set(wrong)
    with pytest.raises(BadFields) as caught:
        read(BY_CLOCK, **{"windows[2].month_days": "новый год"})
    assert list(caught.value.errors) == ["windows[2].month_days"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"windows[2].month_days": "30.02"}, "windows[2].month_days"),
        ({"windows[1].weight": "9", "windows[2].weight": "9"}, "windows"),
        ({"windows[1].to": "09:00"}, "windows"),
        ({"windows[0].from": "8 утра"}, "windows[0].from"),
        ({f"windows[2].weekdays.{day}": "" for day in WEEK}, "windows[2].weekdays"),
        ({"windows[1].segments[1].from_second": "0"}, "windows[1].segments[1].from_second"),
        ({"timezone": "Mars"}, "timezone"),
    ],
)
def test_what_metering_refuses_has_its_field(typed: dict[str, str], field: str) -> None:
    with pytest.raises(BadTariff) as caught:
        read(BY_CLOCK, **typed)
    shown = field_of(caught.value.field, form_of(BY_CLOCK).values)
    assert shown == field or (field == "windows" and shown.endswith(".weight"))


def test_rows_come_and_go() -> None:
    values, new = plan_form.with_row(form_of(client_pays_tariff()).values, "segments")
    assert new == "segments[1].from_second"
    typed = {new: "10", f"{new}.unit": "min", "segments[1].rate": "15"}
    both = replace(client_pays_tariff(), segments=(DAY.segments[0], Segment(600, 1500, 60, 60)))
    assert read(client_pays_tariff(), **{**values, **typed}) == both
    kept = plan_form.without_row(form_of(BY_CLOCK).values, "windows", 0)
    assert typed_form(kept).windows == (2, 1)
    assert kept["windows[0].from"] == "22:00"
    assert plan_form.rows_of(plan_form.without_row(kept, "windows[0].segments", 1), "windows") == 2


def test_all_day_long_becomes_a_window_and_back() -> None:
    plain = form_of(client_pays_tariff()).values
    clocked = plan_form.by_the_clock(plain)
    made = read_draft(document_of(clocked, client_pays_tariff(), same) | {"plan": "client-pays"})
    assert [(w.from_s, w.to_s, w.segments) for w in made.windows] == [
        (0, 86_400, client_pays_tariff().segments)
    ]
    assert made.timezone == "Europe/Moscow"
    values, new = plan_form.with_row(clocked, "windows")
    assert (new, values[new]) == ("windows[1].from", "")
    back = plan_form.all_day(clocked)
    assert typed_form(back).windows == ()
    assert document_of(back, client_pays_tariff(), same)["windows"] == []
    assert read(client_pays_tariff(), **back).segments == client_pays_tariff().segments


def test_a_second_window_takes_the_other_half_of_the_day() -> None:
    values = plan_form.by_the_clock(form_of(client_pays_tariff()).values)
    typed = {**values, "windows[0].from": "08:00", "windows[0].to": "22:00"}
    more, _new = plan_form.with_row(typed, "windows")
    assert (more["windows[1].from"], more["windows[1].to"]) == ("22:00", "08:00")


def test_what_the_fields_do_not_know_is_kept() -> None:
    values = {**form_of(client_pays_tariff()).values, "rest": '{"colour": "red"}'}
    assert document_of(values, client_pays_tariff(), same)["colour"] == "red"
    assert "colour" not in document_of({**values, "rest": "["}, client_pays_tariff(), same)
