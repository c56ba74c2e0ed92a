"""Acts and statements are judged offline; every altered figure is found and named."""

from collections.abc import Callable

import pytest

from reports import Sealer, verify_file
from reports.canonical import Json, canonical, parse
from reports.findings import AUTHENTIC, CHANGED, UNKNOWN_ISSUER, Verdict
from reports.period import ACT_FILE, PeriodAct, act_json
from reports.press import printed, sealed
from reports.seal import archive
from reports.statement import Statement, statement_json
from reports.verify_period import period_findings
from tests.reports.period_builders import ISSUED, PAYS_VAT, act, statement


def judged(data: bytes, sealer: Sealer) -> Verdict:
    return verify_file(data, sealer.trust_pem, ISSUED)


@pytest.mark.parametrize("document", [act(), act(3, "en"), statement(), statement(0, "en")])
def test_authentic(document: PeriodAct | Statement, sealer: Sealer) -> None:
    verdict = judged(sealed(document, sealer), sealer)
    assert verdict.code == AUTHENTIC, verdict.faults
    assert {one.check for one in verdict.findings} >= {"seal", "data", "lines", "money", "totals"}
    assert all(one.good for one in verdict.findings if one.check != "log")
    assert verdict.kind == document.heading.kind
    total = document.totals.kept if isinstance(document, PeriodAct) else document.totals.closing
    assert verdict.totals["charged"] == total


def _line(n: int, **facts: object) -> Callable[[Json], None]:
    return lambda body: body["lines"][n].update(facts)


def _moved(n: int, **facts: object) -> Callable[[Json], None]:
    return lambda body: body["movements"][n].update(facts)


def _twice(body: Json) -> None:
    body["lines"].append(body["lines"][0])


def _cut(body: Json) -> None:
    body["lines"].pop()


def _lost(body: Json) -> None:
    body["movements"].pop(3)


def _dearer(body: Json) -> None:
    """One minute more, with every sum of the line made to fit."""
    line = body["lines"][0]
    line["minutes"] += 1
    for name in ("charged", "platform"):
        line[name] += line["price"]
    line["vat_base"] += line["price"]
    line["vat"] = PAYS_VAT.vats[1].inside(line["vat_base"])


ACTS: dict[str, tuple[Callable[[Json], None], str]] = {
    "a minute less": (_line(2, minutes=3), "lines lines[2]"),
    "another price": (_line(1, price=1), "lines lines[1]"),
    "the price is hidden": (_line(1, price=None), "lines lines[1]"),
    "a sum that is not its parts": (_line(0, charged=1), "lines lines[0]"),
    "a tax that is not inside": (_line(4, vat=1), "lines lines[4]"),
    "a rate of another year": (_line(4, vat_bp=2000), "lines lines[4]"),
    "a base that is not taxed": (_line(4, vat_base=1, vat=0), "lines lines[4]"),
    "a day outside": (_line(0, ended_at="2026-09-30T20:59:59.000000+00:00"), "lines lines[0]"),
    "a session twice": (_twice, "lines lines"),
    "a line cut off": (_cut, "money ledger"),
    "a line that fits itself": (_dearer, "money ledger"),
    "another turnover": (lambda body: body["ledger"].update(debits=5, credits=0), "money ledger"),
    "another total": (lambda body: body["totals"].update(kept=1), "totals totals.kept"),
    "another count": (lambda body: body["totals"].update(open=0), "totals totals.open"),
    "other rates": (lambda body: body["rates"][0].update(minutes=1), "rates rates"),
    "no lines": (lambda body: body.pop("lines"), "data act.json"),
}
STATEMENTS: dict[str, tuple[Callable[[Json], None], str]] = {
    "another sum": (_moved(2, minor=1), "money movements[2]"),
    "another balance": (_moved(2, balance=1), "money movements[2]"),
    "a movement left out": (_lost, "money movements[3]"),
    "another opening": (lambda body: body["totals"].update(opening=1), "money movements[0]"),
    "another closing": (lambda body: body["totals"].update(closing=1), "money totals.closing"),
    "other debits": (lambda body: body["totals"].update(debits=1), "totals totals.debits"),
    "out of the period": (_moved(8, at="2026-12-01T00:00:00+00:00"), "lines movements"),
}


@pytest.mark.parametrize("what", ACTS)
def test_an_altered_act_is_named(what: str) -> None:
    change, place = ACTS[what]
    body = parse(act_json(act(7, issuer=PAYS_VAT)))
    change(body)
    assert _places(body) == place


@pytest.mark.parametrize("what", STATEMENTS)
def test_an_altered_statement_is_named(what: str) -> None:
    change, place = STATEMENTS[what]
    body = parse(statement_json(statement()))
    change(body)
    assert _places(body) == place


def _places(body: Json) -> str:
    try:
        found = [one for one in period_findings(body) if one.good is False]
    except KeyError:
        return "data act.json"
    return f"{found[0].check} {found[0].where}" if found else ""


def test_even_under_our_own_seal(sealer: Sealer) -> None:
    """Who has the key and alters the data is found by the sums, and by the pages."""
    one = act()
    body = parse(act_json(one))
    body["totals"]["kept"] += 1
    data = canonical(body)
    pages = printed(one)
    forged = archive(pages, data, "Акт", one.issuer, ISSUED, ACT_FILE)
    verdict = judged(sealer.seal(forged, ISSUED), sealer)
    assert verdict.code == CHANGED
    assert {one.check for one in verdict.faults} >= {"totals"}


def test_flipped_bytes_and_what_was_added(sealer: Sealer) -> None:
    paper = sealed(act(3), sealer)
    for place in range(9, len(paper), len(paper) // 5):
        damaged = bytearray(paper)
        damaged[place] ^= 1
        assert judged(bytes(damaged), sealer).code != AUTHENTIC
    added = judged(paper + b"\n% more", sealer)
    assert added.code == CHANGED
    stranger = verify_file(paper, b"", ISSUED)
    assert stranger.code == UNKNOWN_ISSUER
