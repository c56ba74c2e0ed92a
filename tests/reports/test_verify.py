"""A sealed file is judged; then it is damaged in every way we can think of."""

import io
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from reports import Sealer, development_sealer, verify_file, verify_text
from reports.canonical import Json, canonical, parse
from reports.documents import ACT, PROTOCOL, Document, build, session_json
from reports.facts import SessionFacts
from reports.findings import AUTHENTIC, CHANGED, NOT_MINUTA, UNKNOWN_ISSUER, verify_json
from reports.press import printed, sealed
from reports.seal import archive, attachment_of
from tests.reports.builders import ISSUED, facts, heading, reviewed, settled


def made(sealer: Sealer, kind: str = PROTOCOL, one: SessionFacts | None = None) -> Document:
    return build(heading(kind), sealer.issuer, one or reviewed(facts()))


@pytest.fixture(scope="module")
def paper(sealer: Sealer) -> bytes:
    return sealed(made(sealer, one=reviewed(facts(seconds=170, gaps=((60, 40),)))), sealer)


def where(data: bytes, sealer: Sealer) -> tuple[int, list[str]]:
    verdict = verify_file(data, sealer.trust_pem, ISSUED)
    return verdict.code, [f"{one.check} {one.where}".strip() for one in verdict.faults]


@pytest.mark.parametrize("plan", ["host-pays", "client-pays"])
@pytest.mark.parametrize("kind", [PROTOCOL, ACT])
def test_authentic(sealer: Sealer, kind: str, plan: str) -> None:
    verdict = verify_file(sealed(made(sealer, kind, facts(plan)), sealer), sealer.trust_pem, ISSUED)
    assert verdict.code == AUTHENTIC
    assert [one.good for one in verdict.findings] == [*[True] * 10, None]  # not in a log
    assert verdict.totals["billed_minutes"] == 39
    assert verify_json(verdict)["verdict"] == "authentic"
    assert verify_text(verdict).startswith(f"Документ подлинный: {kind[0].upper()}-2026-000001-r1")


@pytest.mark.parametrize("outcome", ["resolved", "unresolved"])
def test_settled_papers_are_authentic(sealer: Sealer, outcome: str) -> None:
    one = settled(facts("client-pays"), outcome)
    assert where(sealed(made(sealer, ACT, one), sealer), sealer) == (AUTHENTIC, [])


def test_every_flipped_byte_is_seen(sealer: Sealer, paper: bytes) -> None:
    """Bits all over the file, the seal's own container byte by byte at its ends."""
    gap = paper.index(b"/Contents <") + 10
    places = {
        *range(0, len(paper), 997),
        *range(gap, gap + 2200, 61),
        *range(len(paper) - 40, len(paper), 3),
    }
    for place in sorted(places):
        damaged = bytearray(paper)
        damaged[place] ^= 0x01
        verdict = verify_file(bytes(damaged), sealer.trust_pem, ISSUED)
        assert verdict.code != AUTHENTIC, f"byte {place} was flipped unseen"
        assert verdict.faults, place
        assert any(one.where or one.check == "file" for one in verdict.faults), place


def test_letter_case_and_padding_of_the_seal_are_seen(sealer: Sealer, paper: bytes) -> None:
    """The digest does not cover the container, so its bytes are compared themselves."""
    gap = paper.index(b"/Contents <") + 11
    letter = next(i for i in range(gap, gap + 2000) if paper[i : i + 1] in b"ABCDEF")
    lower = paper[:letter] + paper[letter : letter + 1].lower() + paper[letter + 1 :]
    padding = paper[: gap + 8000] + b"7" + paper[gap + 8001 :]
    for damaged in (lower, padding):
        assert len(damaged) == len(paper)
        code, faults = where(damaged, sealer)
        assert code == CHANGED
        assert "seal signature container" in faults


def test_a_changed_page_is_named(sealer: Sealer, paper: bytes) -> None:
    pages = printed(made(sealer, one=reviewed(facts(seconds=170, gaps=((60, 40),)))))
    assert paper.startswith(pages)
    with pikepdf.open(io.BytesIO(pages)) as pdf:
        number = pdf.pages[0].Contents.objgen[0]
    place = pages.index(b"stream", pages.index(f"\n{number} 0 obj".encode())) + 60
    damaged = bytearray(paper)
    damaged[place] ^= 0x10
    code, faults = where(bytes(damaged), sealer)
    assert code == CHANGED
    assert "pages page 1" in faults


def test_other_issuer(sealer: Sealer, paper: bytes, tmp_path: Path) -> None:
    stranger = development_sealer(tmp_path, ISSUED)
    assert where(paper, stranger) == (UNKNOWN_ISSUER, ["issuer certificate"])
    assert verify_file(paper, b"", ISSUED).code == UNKNOWN_ISSUER


def test_later_edit(sealer: Sealer, paper: bytes) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    writer.root["/Lang"] = writer.root["/Lang"].__class__("en-GB")
    writer.update_root()
    edited = io.BytesIO()
    writer.write(edited)
    assert where(edited.getvalue(), sealer)[0] == CHANGED
    assert where(paper + b"\n% more", sealer)[0] == CHANGED


def test_replaced_attachment(sealer: Sealer, paper: bytes) -> None:
    """Saved again by an editor with other data: the seal is gone, the data do not add up."""
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        body = parse(pdf.attachments["session.json"].get_file().read_bytes())
        body["totals"]["charged"] += 1
        pdf.attachments["session.json"] = pikepdf.AttachedFileSpec(pdf, canonical(body))
        out = io.BytesIO()
        pdf.save(out)
    code, faults = where(out.getvalue(), sealer)
    assert code == CHANGED
    assert "totals totals.charged" in faults


@pytest.mark.parametrize("junk", [b"", b"hello", b"%PDF-1.7\n%%EOF", b"\x00" * 5000])
def test_not_ours(sealer: Sealer, junk: bytes) -> None:
    assert where(junk, sealer)[0] == NOT_MINUTA


def forged(sealer: Sealer, change: str, body: Json) -> bytes:
    """A file sealed by us over data that do not add up: the checks must not lean on the seal."""
    return holding(sealer, change, canonical(body))


def holding(sealer: Sealer, title: str, data: bytes) -> bytes:
    pages = pikepdf.new()
    pages.add_blank_page()
    blank = io.BytesIO()
    pages.save(blank)
    return sealer.seal(archive(blank.getvalue(), data, title, sealer.issuer, ISSUED), ISSUED)


LIES = {
    "record facts[1]": lambda b: b["facts"][1]["body"].update(sum=1),
    "receipts receipts[2]": lambda b: b["receipts"][2].update(second=5),
    "minutes charges[2]": lambda b: b["segments"][-1].__setitem__(1, b["segments"][-1][1] - 60),
    "money journals[0]": lambda b: b["journals"][0]["entries"][0].__setitem__(2, -101),
    "totals totals.owed": lambda b: b["totals"].update(owed=1),
    "money charges[0]": lambda b: b["journals"][0].update(id="tick:other:1"),
    "data session.json": lambda b: b.pop("charges"),
}


@pytest.mark.parametrize("place", LIES)
def test_evidence_is_recomputed(sealer: Sealer, place: str) -> None:
    body = parse(session_json(made(sealer, one=facts(seconds=170, gaps=()))))
    LIES[place](body)
    code, faults = where(forged(sealer, place, body), sealer)
    assert code == CHANGED
    assert place in faults


NOBODY_WRITES = {
    "a number beyond 2**53": b'{"format":"minuta-session/1","n":9007199254740993}',
    "no number": b'{"format":"minuta-session/1","n":NaN}',
    "half of a character": b'{"format":"minuta-session/1","n":"\\ud800"}',
    "nesting without end": b'{"format":"minuta-act/1","n":' + b"[" * 5000 + b"]" * 5000 + b"}",
}


@pytest.mark.parametrize("what", NOBODY_WRITES)
def test_data_that_have_no_canonical_form(sealer: Sealer, what: str) -> None:
    code, faults = where(holding(sealer, what, NOBODY_WRITES[what]), sealer)
    assert code == CHANGED
    assert faults == ["data session.json"]


ENDS = {
    "a day that no calendar has": lambda b: b["document"].update(
        issued_at="9999-12-31T23:59:59+00:00"
    ),
    "a clock that no place has": lambda b: b["issuer"].update(utc_offset_min=2**52),
    "a title that no archive takes": lambda b: b["document"].update(number="A\0"),
}


@pytest.mark.parametrize("what", ENDS)
def test_no_value_of_a_field_stops_the_judge(sealer: Sealer, what: str) -> None:
    body = parse(session_json(made(sealer, ACT, one=facts(seconds=170, gaps=()))))
    ENDS[what](body)
    code, faults = where(forged(sealer, what, body), sealer)
    assert code == CHANGED
    assert {"pages session.json", "pages page 1"} & set(faults)


def test_split_is_recomputed(sealer: Sealer) -> None:
    """A settlement that gave the platform a rouble more."""
    one = settled(facts("client-pays"), "resolved")
    last = one.journals[-1]
    lean = [
        replace(e, minor=e.minor + {"COMMISSION": 100, "EARNINGS": -100}.get(e.account, 0))
        for e in last.entries
    ]
    wrong = replace(one, journals=(*one.journals[:-1], replace(last, entries=tuple(lean))))
    assert where(sealed(made(sealer, PROTOCOL, wrong), sealer), sealer) == (
        CHANGED,
        ["money settlement"],
    )


def test_attachment_is_canonical(sealer: Sealer, paper: bytes) -> None:
    raw, reason = attachment_of(paper)
    assert raw is not None, reason
    assert canonical(parse(raw)) == raw
