"""Pages: the same input gives the same bytes; the text that people read is the committed one."""

import io
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pikepdf import pdfa

from reports import Sealer
from reports.documents import ACT, PROTOCOL, Document, Replaced
from reports.press import printed, sealed
from tests.reports.builders import (
    HOST,
    ISSUED,
    act,
    document,
    facts,
    heading,
    reviewed,
    settled,
)

TEXTS = Path(__file__).parent / "texts"


def corrected() -> Document:
    one = act(settled(facts("client-pays"), "unresolved"))
    return replace(one, heading=replace(heading(ACT, 2), replaces=Replaced(1, ISSUED, "ab" * 32)))


SAMPLES: dict[str, Callable[[], Document]] = {
    "protocol-39": lambda: document(PROTOCOL, reviewed(facts())),
    "protocol-3": lambda: document(PROTOCOL, facts(seconds=170, gaps=())),
    "protocol-75": lambda: document(
        PROTOCOL, facts("client-pays", 75 * 60 - 20, ((1020, 300), (3640, 45)))
    ),
    "protocol-0": lambda: document(PROTOCOL, facts(seconds=0, gaps=())),
    "protocol-unresolved": lambda: document(
        PROTOCOL, reviewed(settled(facts("client-pays"), "unresolved"))
    ),
    "act-host-pays": act,
    "act-corrected": corrected,
}


def text_of(pdf: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-enc", "UTF-8", "-", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    )
    lines = [line.rstrip() for line in done.stdout.decode().replace("\f", "\n").splitlines()]
    return "\n".join(line for line in lines if line) + "\n"


@pytest.mark.parametrize("name", SAMPLES)
def test_text_is_the_committed_one(name: str) -> None:
    seen, kept = text_of(printed(SAMPLES[name]())), TEXTS / f"{name}.txt"
    if os.environ.get("WRITE_TEXTS"):
        kept.write_text(seen)
    assert seen == kept.read_text()


@pytest.mark.parametrize("name", SAMPLES)
def test_archive_form(name: str) -> None:
    """PDF/A-3b, every font embedded, the data attached as an associated file."""
    data = printed(SAMPLES[name]())
    report = pdfa.validate_written(io.BytesIO(data), "3b")
    assert report.passed, report.findings
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert list(pdf.attachments) == ["session.json"]
        assert pdf.Root.AF[0].AFRelationship == "/Data"
        assert str(pdf.Root.Lang) == "ru-RU"


def test_the_seal_repeats_too(sealer: Sealer) -> None:
    one = document()
    data = sealed(one, sealer)
    assert data == sealed(one, sealer)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert str(pdf.docinfo["/ModDate"]) == "D:20261120155504+03'00'"
        assert str(pdf.docinfo["/Producer"]) == "minuta"


HOSTILE = (
    '<img src="file:///etc/passwd"/><b>&amp;</b>',
    "]]></x:xmpmeta><?xml",
    "a\u202etxt.exe\x00\x07\r\n\t",
    "👩‍💻 مرحبا بالعالم עולם 你好世界",
    "Щ" * 4000,
    "https://example.org/" + "path/" * 300,
    "\ud800",
    "%PDF-1.7 endobj stream (unbalanced \\",
    " ",
    "",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text: str) -> None:
    """Whatever people type: paper is printed, stays an archive file, opens nothing."""
    text = text.encode("utf-8", "replace").decode()  # lone surrogates never pass the web
    one = reviewed(facts(seconds=170, gaps=()))
    reviews = tuple(replace(review, comment=text) for review in one.reviews)
    hostile = replace(one, topic=text, host=replace(HOST, name=text), result=text, reviews=reviews)
    for kind in (PROTOCOL, ACT):
        data = printed(document(kind, hostile))
        assert "root:" not in text_of(data)
    if "img" in text:
        assert "file:///etc/passwd" in text_of(data).replace("\n", "")


def test_a_day_long_session_ends() -> None:
    data = printed(document(PROTOCOL, facts("host-pays", 24 * 3600, ())))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert 8 < len(pdf.pages) < 30
    assert f"Лист 3 из {len(pdf.pages)}" in text_of(data)
