"""What may be published after what, and what a session takes of a plan and of a rate."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from metering import BadTariff, Published, Rounding, Rule, Segment, client_pays_tariff
from metering import host_pays_tariff as host_pays
from metering.published import at_rate, check_successor, rate_draft

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CLIENT_PAYS = client_pays_tariff()


def rate(minor: int, version: int = 1) -> Published:
    draft = rate_draft(CLIENT_PAYS, minor, version)
    return Published("client-pays", "ivan", version, draft, NOON, "ivan")


def test_a_session_takes_the_rate_of_the_consultant_and_all_else_of_the_plan() -> None:
    dearer = replace(CLIENT_PAYS, version=4, provider_bp=8000, min_charge=50_00)
    plan = Published("client-pays", "", 4, dearer, NOON)
    taken = at_rate(plan, rate(25_00, 7))
    assert taken.minute_minor == 25_00
    assert (taken.version, taken.rate_version) == (4, 7)
    assert (taken.provider_bp, taken.min_charge) == (8000, 50_00)


def test_without_a_rate_of_ones_own_the_plan_is_taken_as_it_is() -> None:
    plan = Published("client-pays", "", 1, CLIENT_PAYS, NOON)
    assert at_rate(plan, None) is CLIENT_PAYS
    assert "rate_version" not in CLIENT_PAYS.to_json()


def test_where_the_consultant_pays_there_is_no_own_rate() -> None:
    with pytest.raises(BadTariff) as caught:
        rate_draft(host_pays(), 20_00, 1)
    assert caught.value.field == "tariff.payer"


@pytest.mark.parametrize(("minor", "fits"), [(0, False), (1, True), (2**53, False)])
def test_rates_that_can_be_charged(minor: int, fits: bool) -> None:
    if fits:
        assert rate_draft(CLIENT_PAYS, minor, 1).minute_minor == minor
        return
    with pytest.raises(BadTariff) as caught:
        rate_draft(CLIENT_PAYS, minor, 1)
    assert caught.value.field == "tariff.segments[0].rate"


@pytest.mark.parametrize("change", [{"payer": "host"}, {"currency": "EUR"}])
def test_a_plan_stays_what_it_is(change: dict[str, str]) -> None:
    draft = replace(CLIENT_PAYS, **change)  # type: ignore[arg-type]
    with pytest.raises(BadTariff) as caught:
        check_successor(draft, CLIENT_PAYS, ())
    assert caught.value.field == "tariff." + next(iter(change))


def test_a_plan_must_be_good_for_every_rate_in_force() -> None:
    """Whole roubles only: 20.00 divides, the 12.34 of a consultant does not."""
    draft = replace(CLIENT_PAYS, rounding=Rounding(Rule.EXACT, 100))
    check_successor(draft, CLIENT_PAYS, [rate(25_00)])
    with pytest.raises(BadTariff) as caught:
        check_successor(draft, CLIENT_PAYS, [rate(25_00), rate(12_34)])
    assert caught.value.field == "tariff.rounding"
    assert "1234" in caught.value.why


def test_what_says_the_same() -> None:
    """A rate is its price, whatever the plan was on that day; a plan is every field."""
    plan = Published("client-pays", "", 1, CLIENT_PAYS, NOON)
    assert plan.says(replace(plan, why="otherwise"))
    assert not plan.says(replace(plan, tariff=replace(CLIENT_PAYS, lead_s=20)))
    own = rate(25_00)
    assert own.says(replace(own, tariff=replace(own.tariff, provider_bp=8000)))
    assert not own.says(replace(own, tariff=replace(own.tariff, segments=(Segment(0, 1, 60, 60),))))
