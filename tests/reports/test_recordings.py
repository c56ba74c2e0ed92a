"""Recordings on the protocol's page, read off the record; papers without any do not change."""

from dataclasses import replace

from reports import Sealer, verify_file
from reports.documents import PROTOCOL, Document, build, content_digest
from reports.findings import AUTHENTIC
from reports.issuer import Issuer
from reports.press import printed, sealed
from reports.proofs import hidden
from reports.recordings import recorded
from tests.reports.builders import ISSUED, document, facts, heading, record_of
from tests.reports.test_pdf import text_of

TEXT = "recording-2026-11"
SAVED = ("recording_saved", {
    "n": 2, "sha256": "ab" * 32, "bytes": 5, "duration_ms": 1000, "file": "recording.webm",
})  # fmt: skip
GAP = ("recording_gap", {
    "from": "2026-11-20T11:03:16.000000Z", "to": "2026-11-20T11:03:17.000000Z",
    "reason": "disk_full",
})  # fmt: skip
STORY = (
    ("recording_asked", {"n": 1, "by": "host", "text": TEXT}),
    ("recording_revoked", {"n": 1, "by": "client"}),
    ("recording_asked", {"n": 2, "by": "client", "text": TEXT}),
    ("recording_granted", {"n": 2, "by": "host", "text": TEXT}),
    ("recording_started", {"n": 2}),
    GAP,
    ("recording_stopped", {"n": 2, "cause": "ended", "by": None}),
    SAVED,
)


def paper(*story: tuple[str, dict[str, object]]) -> Document:
    return document(PROTOCOL, replace(facts(), record=record_of(*story)))


def test_only_what_began_is_told() -> None:
    [one] = recorded(record_of(*STORY))
    assert (one.n, one.text, one.sha256, one.lost) == (2, TEXT, "ab" * 32, False)
    assert [side for side, _ in one.agreed] == ["client", "host"]
    assert [reason for _, _, reason in one.gaps] == ["disk_full"]
    assert recorded(record_of(*STORY[:2])) == ()
    whole = record_of(*STORY, ("review", {"by": "host"}))
    assert recorded([*whole[:-1], hidden(whole[-1])]) == recorded(whole)


def test_the_page_says_when_and_what_is_missing() -> None:
    text = text_of(printed(paper(*STORY)))
    for line in ("Запись сеанса", "Согласились: клиент", "на диске сервера не было места"):
        assert line in text
    assert "SHA-256 файла abab" in text
    assert "Файл готовится" in text_of(printed(paper(*STORY[:-1])))
    assert "записывать было нечего" in text_of(
        printed(paper(*STORY[:-1], ("recording_lost", {"n": 2})))
    )
    assert "Запись сеанса" not in text_of(printed(paper(*STORY[:2])))


def test_the_hash_of_the_file_makes_a_new_revision_and_other_news_none() -> None:
    def content(*story: tuple[str, dict[str, object]]) -> str:
        return content_digest(PROTOCOL, Issuer(), replace(facts(), record=record_of(*story)))

    assert content(*STORY) != content(*STORY[:-1])
    assert content(*STORY) == content(*STORY, ("left", {"by": "host"}))
    assert content() == content(("left", {"by": "host"}))


def test_the_sealed_paper_is_authentic(sealer: Sealer) -> None:
    one = replace(facts(), record=record_of(*STORY, ("ended", {"cause": "host"})))
    sheet = sealed(build(heading(PROTOCOL), sealer.issuer, one), sealer)
    assert verify_file(sheet, sealer.trust_pem, ISSUED).code == AUTHENTIC
