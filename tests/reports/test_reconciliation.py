"""The reconciliation act: accounts of a partner told as one, in the order of time."""

from dataclasses import replace

from reports.canonical import parse
from reports.reconciliation import (
    agreed,
    postings,
    reconciliation_from_json,
    reconciliation_json,
)
from tests.reports.settlement_builders import reconciliation


def test_rows_of_all_accounts_lead_from_the_opening_balance_to_the_closing_one() -> None:
    act = reconciliation(9, earning=12)
    rows = list(postings(act))
    assert len(rows) == act.totals.lines == 9 + 13
    assert [one.movement.at for one in rows] == sorted(one.movement.at for one in rows)
    assert rows[-1].balance == act.totals.closing
    assert {one.account for one in rows} == {"wallet", "earnings"}
    assert act.totals.opening == sum(part.totals.opening for part in act.parts) == 1_550_00
    turned = act.totals.credits - act.totals.debits
    assert act.totals.closing == act.totals.opening + turned
    assert list(postings(reconciliation(0))) == []


def test_the_act_comes_back_from_its_own_data() -> None:
    act = reconciliation(9, "en", earning=2)
    assert reconciliation_from_json(parse(reconciliation_json(act))) == act


def test_an_act_of_a_session_issued_later_is_no_correction_and_a_movement_is() -> None:
    act = reconciliation()
    assert agreed(replace(act, acts=())) == agreed(act)
    assert agreed(replace(act, parts=())) != agreed(act)
    assert agreed(replace(act, customer=replace(act.customer, inn=""))) != agreed(act)
