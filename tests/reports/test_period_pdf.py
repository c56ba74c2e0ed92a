"""Papers for a period as pages: same input, same bytes; the text that people read."""

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pikepdf import pdfa

from reports.headings import Replaced
from reports.period import PeriodAct
from reports.press import printed
from reports.statement import Statement
from tests.reports.period_builders import ISSUED, PAYS_VAT, act, statement
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


DIGEST = """
import hashlib
from tests.reports.test_period_pdf import SAMPLES
from reports.press import printed
print(*(hashlib.sha256(printed(make())).hexdigest() for make in SAMPLES.values()))
"""


def test_same_bytes_in_another_process() -> None:
    """Another hash seed, another zone: the seed of this process is random."""
    here = [hashlib.sha256(printed(make())).hexdigest() for make in SAMPLES.values()]
    environment = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Vladivostok", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == here


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
