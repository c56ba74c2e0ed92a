"""The agent's report: what was sold goes to somebody to the kopeck, or there is no report."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.agent_report import (
    Sold,
    agent_report,
    agent_report_from_json,
    agent_report_json,
    fee_vat,
    reported,
    split_totals,
)
from reports.canonical import parse
from reports.errors import NothingInPeriod, TotalsDiffer
from reports.issuer import BASIC_RATE, Issuer
from reports.period import line_of, totals_of_lines
from tests.reports.period_builders import PAYS_VAT, sums
from tests.reports.settlement_builders import earned, report

AGENT = Issuer(vats=BASIC_RATE)
SESSIONS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 4), st.integers(0, 3), st.sampled_from("rwuc")),
    max_size=40,
)


def test_the_parts_of_the_revenue_are_its_whole() -> None:
    one = report(12, shares=2)
    totals = one.totals
    shares = totals.fee + totals.own + totals.colleagues + totals.passed_on + totals.waiting
    assert totals.sold == shares == totals.charged - totals.refunded
    assert (totals.open, totals.shared, totals.colleagues > 0) == (1, 300_00, True)
    sums_ = one.reckoning
    moved = sums_.here + sums_.elsewhere + sums_.paid + sums_.given_back
    assert sums_.closing == sums_.opening + moved + sums_.reserved + sums_.other
    assert (sums_.paid < 0, sums_.elsewhere) == (True, 0)


def test_a_ledger_that_moved_another_sum_gives_no_report() -> None:
    one = report()
    facts = (one.heading, one.issuer, one.scope, one.customer, (one.lines, one.shares))
    for turnover in ((one.debits + 1, one.credits), (one.debits, one.credits + 1)):
        with pytest.raises(TotalsDiffer):
            agent_report(*facts, one.earnings, turnover)
    with pytest.raises(NothingInPeriod):
        agent_report(*facts[:4], ((), ()), earned(0), (0, 0))
    assert agent_report(*facts[:4], ((), ()), earned(0, 5_00), (0, 0)).totals.sessions == 0


def test_what_is_credited_for_other_sessions_is_told_apart() -> None:
    one = report(7)
    fewer = tuple(line for line in one.lines if line.line.session != "S-2026-000000")
    left = replace(one, lines=fewer)
    again = agent_report(
        left.heading, left.issuer, left.scope, left.customer, (left.lines, ()), left.earnings,
        (one.debits - 100_00, one.credits),
    )  # fmt: skip
    assert again.reckoning.elsewhere == 90_00
    assert again.reckoning.here == one.reckoning.here - 90_00


def test_the_tax_of_a_fee_is_due_with_the_fee() -> None:
    """Nothing before the outcome; in its own name the platform owes it on the whole price."""
    waits = line_of(AGENT, sums(1, waits=True))
    assert (waits.vat, fee_vat(waits, AGENT)) == (4_33, 0)
    assert fee_vat(line_of(AGENT, sums(1)), AGENT) == 4_33
    own = line_of(PAYS_VAT, sums(1, waits=True))
    assert fee_vat(own, PAYS_VAT) == own.vat == 43_28


def test_the_report_comes_back_from_its_own_data() -> None:
    one = report(12, "en", PAYS_VAT, shares=1)
    assert agent_report_from_json(parse(agent_report_json(one))) == one


def test_a_later_protocol_is_no_correction_and_an_outcome_is() -> None:
    one = report()
    later = tuple(
        replace(sold, line=replace(sold.line, protocol="", protocol_sha256=""))
        for sold in one.lines
    )
    assert reported(replace(one, lines=later)) == reported(one)
    decided = replace(one.lines[-1].line, escrow=0, consultant=one.lines[-1].line.escrow)
    after = (*one.lines[:-1], replace(one.lines[-1], line=decided))
    assert reported(replace(one, lines=after)) != reported(one)


@given(SESSIONS)
def test_consultants_pairs_and_clients_add_up_to_one_sum(
    found: list[tuple[int, int, int, str]],
) -> None:
    """However sessions fall to consultants and clients, resolved, waiting, or not resolved."""
    lines = [
        (host, client, line_of(Issuer(), sums(n, refunded=how == "u", waits=how == "w")))
        for n, host, client, how in found
    ]
    whole = totals_of_lines(line for *_, line in lines)
    by_host = [
        split_totals(Issuer(), [Sold(line, line.consultant) for at, _, line in lines if at == host])
        for host in range(5)
    ]
    by_client = [
        totals_of_lines(line for _, at, line in lines if at == client) for client in range(4)
    ]
    by_pair = [
        totals_of_lines(line for *pair, line in lines if pair == [host, client])
        for host in range(5)
        for client in range(4)
    ]
    for name in ("sessions", "minutes", "charged", "refunded"):
        every = getattr(whole, name)
        assert sum(getattr(one, name) for one in by_host) == every
        assert sum(getattr(one, name) for one in by_client) == every
        assert sum(getattr(one, name) for one in by_pair) == every
    assert sum(one.sold for one in by_host) == whole.kept
    assert sum(one.waiting for one in by_host) == whole.open_minor
