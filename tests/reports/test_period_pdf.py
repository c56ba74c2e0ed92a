"""Papers for a period as pages: same input, same bytes; the text that people read."""

import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pikepdf import pdfa

from reports.headings import Replaced
from reports.issuer import BASIC_RATE, Issuer
from reports.period import PeriodAct, line_of, period_act
from reports.press import printed
from reports.statement import Statement
from tests.reports.period_builders import CUSTOMER, ISSUED, PAYS_VAT, act, scope, statement, sums
from tests.reports.test_pdf import HOSTILE, text_of

TEXTS = Path(__file__).parent / "texts"


def corrected() -> PeriodAct:
    one = act(5, revision=2)
    return replace(one, heading=replace(one.heading, replaces=Replaced(1, ISSUED, "ab" * 32)))


SAMPLES: dict[str, Callable[[], PeriodAct | Statement]] = {
    "period-act": act,
    "period-act-corrected": corrected,
    "period-act-long": lambda: act(60, issuer=PAYS_VAT),
    "period-act-en": lambda: act(30, "en", PAYS_VAT),
    "statement": statement,
    "statement-empty": lambda: statement(0),
    "statement-en": lambda: statement(60, "en"),
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


def test_hostile_text() -> None:
    """Whatever people type stands in one row, opens nothing, and every sum stays readable."""
    one = act(len(HOSTILE))
    typed = [text.encode("utf-8", "replace").decode() for text in HOSTILE]
    lines = tuple(
        replace(line, topic=text, other_name=text)
        for line, text in zip(one.lines, typed, strict=True)
    )
    customer = replace(one.customer, name=typed[3], address=typed[0])
    text = text_of(printed(replace(one, lines=lines, customer=customer)))
    assert "root:" not in text
    assert "file:///etc/passwd" in text
    assert text.count("P-2026-") == 2 * len(HOSTILE)


def test_of_each_rate_an_agent_s_act_names_what_it_was_taken_from() -> None:
    """Two sessions, one on either side of a new rate, of 240.00 and a fee of 24.00 each."""
    agent, last = Issuer(vats=BASIC_RATE), datetime(2025, 12, 31, 20, 59, tzinfo=UTC)
    days = (last, last + timedelta(minutes=1))
    lines = tuple(line_of(agent, replace(sums(1), ended_at=day)) for day in days)
    one = period_act(act().heading, agent, scope(), CUSTOMER, lines, (480_00, 0))
    text = " ".join(text_of(printed(one)).split())
    assert text.count("как агента, 24,00 ₽:") == 2
    assert "48,00 ₽" not in text
