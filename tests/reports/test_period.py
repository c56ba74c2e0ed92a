"""The act of a period: its sums are those of its lines and of the ledger, or there is none."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reports.canonical import parse
from reports.errors import NothingInPeriod, TotalsDiffer
from reports.issuer import BASIC_RATE, Issuer
from reports.period import (
    act_from_json,
    act_json,
    certified,
    line_of,
    period_act,
    rates_of,
    totals_of_lines,
)
from tests.reports.period_builders import CUSTOMER, PAYS_VAT, act, scope, sums


def test_totals_are_the_sum_of_rates_and_of_lines() -> None:
    one = act(40, issuer=PAYS_VAT)
    for name in ("sessions", "minutes", "charged", "refunded", "kept", "vat"):
        assert sum(getattr(rate, name) for rate in one.rates) == getattr(one.totals, name)
    assert one.totals.kept == one.totals.charged - one.totals.refunded == one.debits - one.credits
    assert (one.totals.open, one.totals.open_minor) == (1, one.lines[20].charged) or one.totals.open
    assert [rate.price for rate in one.rates] == [35_00, 20_00]


def test_a_ledger_that_moved_another_sum_gives_no_act() -> None:
    one = act()
    for turnover in ((one.debits + 1, one.credits), (one.debits, one.credits + 1)):
        with pytest.raises(TotalsDiffer):
            period_act(one.heading, one.issuer, one.scope, CUSTOMER, one.lines, turnover)
    with pytest.raises(NothingInPeriod):
        period_act(one.heading, one.issuer, one.scope, CUSTOMER, (), (0, 0))


def test_parts_of_a_line_are_its_whole() -> None:
    with pytest.raises(TotalsDiffer, match="split of S-2026-000001"):
        line_of(Issuer(), replace(sums(1), platform=1))


def test_tax_goes_by_the_day_of_the_session_and_by_whose_income_it_is() -> None:
    new_year = replace(sums(1), ended_at=datetime(2025, 12, 31, 20, 59, tzinfo=UTC))
    after = replace(new_year, ended_at=datetime(2025, 12, 31, 21, 0, tzinfo=UTC))
    lines = [line_of(PAYS_VAT, one) for one in (new_year, after)]
    assert [line.vat_bp for line in lines] == [2000, 2200]
    assert [line.vat for line in lines] == [40_00, 43_28]  # inside 240.00
    assert len(rates_of(lines)) == 2
    agent = line_of(Issuer(vats=BASIC_RATE), sums(1))
    assert (agent.vat_base, agent.vat) == (24_00, 4_33)
    assert line_of(Issuer(vats=BASIC_RATE), sums(1, waits=True)).vat_base == 24_00
    with pytest.raises(TotalsDiffer, match="vat of"):
        line_of(PAYS_VAT, replace(sums(1), vat_booked=1))


def test_a_price_that_is_not_one_price_is_said_to_be_mixed() -> None:
    odd = replace(sums(1), charged=240_01, platform=24_01)
    assert line_of(Issuer(), odd).price is None
    assert totals_of_lines([line_of(Issuer(), odd)]).kept == 240_01


def test_the_act_comes_back_from_its_own_data() -> None:
    one = act(12, "en", PAYS_VAT)
    assert act_from_json(parse(act_json(one))) == one


def test_a_later_protocol_is_no_correction_and_a_refund_is() -> None:
    one = act()
    later = tuple(replace(line, protocol="", protocol_sha256="") for line in one.lines)
    assert certified(replace(one, lines=later)) == certified(one)
    less = tuple(
        replace(line, refunded=1, consultant=line.consultant - 1) for line in one.lines[:1]
    )
    assert certified(replace(one, lines=(*less, *one.lines[1:]))) != certified(one)


def test_the_key_tells_scopes_apart() -> None:
    keys = {
        scope().key,
        scope("en").key,
        scope(other="h1").key,
        scope(role="consultant").key,
        replace(scope(), last=date(2026, 10, 30)).key,
    }
    assert len(keys) == 5
