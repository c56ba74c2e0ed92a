"""Whoever was called in stands on the protocol; papers of two do not change."""

from dataclasses import replace

from reports import Sealer, verify_file
from reports.company_part import present, words
from reports.documents import PROTOCOL, Document, build
from reports.findings import AUTHENTIC
from reports.press import printed, sealed
from reports.session_words import Words
from tests.reports.builders import ISSUED, document, facts, heading, record_of
from tests.reports.test_pdf import text_of

MARIA = ("colleague_seen", {
    "n": 1, "seat": "colleague-1", "part": "colleague", "name": "Мария Белова",
    "with_client_s": 90, "with_host_s": 80,
})  # fmt: skip
PETR = ("colleague_seen", {
    "n": 2, "seat": "observer-1", "part": "observer", "name": "Пётр Орлов",
    "with_client_s": 0, "with_host_s": 0,
})  # fmt: skip


def paper(*story: tuple[str, dict[str, object]]) -> Document:
    return document(PROTOCOL, replace(facts(), record=record_of(*story)))


def test_who_was_there_and_how_long() -> None:
    assert [one["name"] for one in present(record_of(MARIA, PETR))] == [
        "Мария Белова",
        "Пётр Орлов",
    ]
    assert words(MARIA[1], Words()).replace("\u00a0", " ") == (
        "Мария Белова, консультант, позван коллегой:"
        " с клиентом 1 мин 30 с, с консультантом 1 мин 20 с"
    )
    assert words(PETR[1], Words()) == "Пётр Орлов, наблюдатель"
    text = text_of(printed(paper(MARIA, PETR)))
    for line in ("Также присутствовали", "Мария Белова", "наблюдатель"):
        assert line in text
    assert "Также присутствовали" not in text_of(printed(paper()))


def test_the_sealed_paper_is_authentic(sealer: Sealer) -> None:
    one = replace(facts(), record=record_of(MARIA, PETR, ("ended", {"cause": "host"})))
    sheet = sealed(build(heading(PROTOCOL), sealer.issuer, one), sealer)
    assert verify_file(sheet, sealer.trust_pem, ISSUED).code == AUTHENTIC
