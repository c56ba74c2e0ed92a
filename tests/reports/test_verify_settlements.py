"""Every altered figure of a reconciliation act or an agent's report is found and named."""

from collections.abc import Callable

import pytest

from reports.agent_report import agent_report_json
from reports.canonical import Json, parse
from reports.errors import PaperError
from reports.reconciliation import reconciliation_json
from reports.verify_period import period_findings
from tests.reports.period_builders import PAYS_VAT
from tests.reports.settlement_builders import reconciliation, report

Change = Callable[[Json], None]
OUTSIDE = "2026-12-01T00:00:00.000000+00:00"


def _moved(part: int, n: int, **facts: object) -> Change:
    return lambda body: body["parts"][part]["movements"][n].update(facts)


def _earned(n: int, **facts: object) -> Change:
    return lambda body: body["earnings"]["movements"][n].update(facts)


def _line(n: int, **facts: object) -> Change:
    return lambda body: body["lines"][n].update(facts)


def _told(*path: str, **facts: object) -> Change:
    def change(body: Json) -> None:
        place = body
        for name in path:
            place = place[int(name) if name.isdigit() else name]
        place.update(facts)

    return change


RECONCILIATIONS: dict[str, tuple[Change, str]] = {
    "another sum": (_moved(0, 2, minor=1), "money wallet.movements[2]"),
    "another balance": (_moved(1, 1, balance=1), "money earnings.movements[1]"),
    "a movement left out": (
        lambda body: body["parts"][1]["movements"].pop(1),
        "money earnings.movements[1]",
    ),
    "another closing": (_told("parts", "0", "totals", closing=1), "money wallet.totals.closing"),
    "other debits": (_told("parts", "1", "totals", debits=1), "totals earnings.totals.debits"),
    "an account left out": (lambda body: body["parts"].pop(), "totals totals.opening"),
    "an account twice": (lambda body: body["parts"].append(body["parts"][0]), "totals parts"),
    "a strange account": (_told("parts", "1", account="gift"), "totals parts"),
    "another total": (_told("totals", closing=1), "totals totals.closing"),
    "out of the period": (_moved(1, 3, at=OUTSIDE), "lines earnings.movements"),
}
REPORTS: dict[str, tuple[Change, str]] = {
    "a minute less": (_line(2, minutes=3), "lines lines[2]"),
    "another fee": (_line(1, platform=1), "lines lines[1]"),
    "a tax that is not inside": (_line(4, vat=1), "lines lines[4]"),
    "a session twice": (lambda body: body["lines"].append(body["lines"][0]), "lines lines"),
    "a session left out": (lambda body: body["lines"].pop(), "money ledger"),
    "another turnover": (_told("ledger", debits=5, credits=0), "money ledger"),
    "more than consultants got": (_line(0, own=10**6), "lines lines[0]"),
    "a smaller share": (_line(0, own=1), "totals totals.own"),
    "a colleague's session out of the period": (
        _told("shares", "0", ended_at=OUTSIDE),
        "lines shares",
    ),
    "a colleague's share": (_told("shares", "0", own=1), "totals totals.shared"),
    "another credit": (_earned(2, minor=1), "money earnings.movements[2]"),
    "a payout called something else": (_earned(10, kind="bonus"), "totals reckoning.paid"),
    "a credit for another session": (_earned(0, ref="S-1"), "totals reckoning.here"),
    "another closing": (_told("earnings", "totals", closing=1), "money earnings.totals.closing"),
    "other credits": (_told("earnings", "totals", credits=1), "totals earnings.totals.credits"),
    "another total": (_told("totals", fee=1), "totals totals.fee"),
    "another reckoning": (_told("reckoning", paid=0), "totals reckoning.paid"),
}


@pytest.mark.parametrize("what", RECONCILIATIONS)
def test_an_altered_reconciliation_is_named(what: str) -> None:
    change, place = RECONCILIATIONS[what]
    assert _place(reconciliation_json(reconciliation(9, earning=4)), change) == place


@pytest.mark.parametrize("what", REPORTS)
def test_an_altered_report_is_named(what: str) -> None:
    change, place = REPORTS[what]
    made = report(12, issuer=PAYS_VAT, shares=1)
    assert _place(agent_report_json(made), change) == place


@pytest.mark.parametrize(
    "data", [reconciliation_json(reconciliation(0)), agent_report_json(report(0))]
)
def test_an_empty_paper_is_sound(data: bytes) -> None:
    assert all(one.good for one in period_findings(parse(data)))


def _place(data: bytes, change: Change) -> str:
    body = parse(data)
    assert all(one.good for one in period_findings(body))
    change(body)
    try:
        found = [one for one in period_findings(body) if one.good is False]
    except (KeyError, PaperError):
        return "data"
    return f"{found[0].check} {found[0].where}" if found else ""
