"""Reconciliation acts and agent's reports as pages: the text that people read, and its judges."""

import io
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pikepdf import pdfa

from reports import Sealer, verify_file
from reports.agent_report import AgentReport
from reports.findings import AUTHENTIC
from reports.headings import Replaced
from reports.issuer import BASIC_RATE, Issuer
from reports.press import printed, sealed
from reports.reconciliation import Reconciliation
from tests.reports.period_builders import ISSUED, PAYS_VAT
from tests.reports.settlement_builders import reconciliation, report
from tests.reports.test_pdf import HOSTILE, text_of

TEXTS = Path(__file__).parent / "texts"


def corrected() -> AgentReport:
    one = report(3)
    head = replace(one.heading, revision=2, replaces=Replaced(1, ISSUED, "ab" * 32))
    return replace(one, heading=head)


SAMPLES: dict[str, Callable[[], Reconciliation | AgentReport]] = {
    "reconciliation": lambda: reconciliation(9, earning=4),
    "reconciliation-empty": lambda: reconciliation(0, opening=0),
    "reconciliation-en": lambda: reconciliation(40, "en"),
    "agent-report": report,
    "agent-report-corrected": corrected,
    "agent-report-en": lambda: report(20, "en", Issuer(vats=BASIC_RATE), 2),
    "agent-report-empty": lambda: report(0),
    "split-register": lambda: report(12, issuer=PAYS_VAT),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_text_is_the_committed_one_and_the_form_is_for_archives(name: str) -> None:
    data = printed(SAMPLES[name]())
    seen, kept = text_of(data), TEXTS / f"{name}.txt"
    if os.environ.get("WRITE_TEXTS"):
        kept.write_text(seen)
    assert seen == kept.read_text()
    report = pdfa.validate_written(io.BytesIO(data), "3b")
    assert report.passed, report.findings


@pytest.mark.parametrize("name", ["reconciliation", "agent-report-en"])
def test_authentic(name: str, sealer: Sealer) -> None:
    document = SAMPLES[name]()
    verdict = verify_file(sealed(document, sealer), sealer.trust_pem, ISSUED)
    assert verdict.code == AUTHENTIC, verdict.faults
    assert {one.check for one in verdict.findings} >= {"seal", "data", "lines", "money", "totals"}
    totals = document.totals
    told = totals.own + totals.shared if isinstance(document, AgentReport) else totals.closing
    assert (verdict.kind, verdict.totals["charged"]) == (document.heading.kind, told)


def test_hostile_text() -> None:
    """Whatever people type stands in one row, opens nothing, and every sum stays readable."""
    typed = [text.encode("utf-8", "replace").decode() for text in HOSTILE]
    one = report(len(typed))
    lines = tuple(
        replace(sold, line=replace(sold.line, topic=text, other_name=text))
        for sold, text in zip(one.lines, typed, strict=True)
    )
    customer = replace(one.customer, name=typed[3], address=typed[0])
    text = text_of(printed(replace(one, lines=lines, customer=customer)))
    assert "root:" not in text
    assert "file:///etc/passwd" in text
    assert text.count("P-2026-") == 2 * len(typed)
    assert text_of(printed(replace(reconciliation(), customer=customer))).count("1 250,00")
