"""Is this paper ours, whole, and does its own evidence add up? Works without a database or network.

Code 0 authentic, 1 changed, 2 unknown issuer, 3 not a Minuta document. Findings say which part is
damaged: a byte of the pages is found by drawing them again from the attached data. Where a whole
file differs from that though its seal is sound, pages are compared as they look and as they read.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from metering import Tariff, due
from reports import proofs
from reports.canonical import Json, canonical, parse
from reports.container import is_plain
from reports.documents import FORMAT, TEMPLATE, from_session_json
from reports.facts import SessionFacts, from_json
from reports.findings import NOT_MINUTA, Finding, Verdict, code_of
from reports.hybrid import invoice_in
from reports.inclusion import log_finding
from reports.page_text import alike
from reports.press import printed
from reports.seal import (
    FILE_MAX,
    Signature,
    attachment_of,
    inclusion_in,
    inspect_signature,
    place_of,
)
from reports.signatures import signatures_finding
from reports.verify_heading import heading_finding
from reports.verify_period import FORMATS, period_findings, period_paper, totals_for_verdict
from reports.verify_xml import xml_finding
from reports.witness import witness_finding

_FAMILIES = (
    "minuta-session/",
    "minuta-act/",
    "minuta-statement/",
    "minuta-reconciliation/",
    "minuta-agent-report/",
)
#: What is in plain sight of every file of ours, whatever part of it was damaged.
_TRACES = (b"<pdf:Producer>minuta", b"/ETSI.CAdES.detached")
UNITS_MAX = 2_000_000


def verify_file(data: bytes, trust_pem: bytes, at: datetime) -> Verdict:
    """Judge a file; never raises. Processor work of 0.2 s: call it in a thread, not in the loop.

    `trust_pem` holds the roots to believe, PEM, possibly several; `at` is the moment of judgement.
    """
    raw, reason = attachment_of(data)
    body, plain = _body(raw)
    if not _looks_like_ours(data, body):
        ru, en = "нет печати и данных Минуты", "no seal and no data of Minuta"
        return Verdict(NOT_MINUTA, (Finding("file", False, ru, en),))
    signature = inspect_signature(data, trust_pem, at)
    findings = [_data_finding(raw, body, plain, reason), *_seal_findings(data, signature)]
    if raw is not None and body is not None:
        proof = inclusion_in(data)
        findings += _content_findings(body)
        findings += xml_finding(invoice_in(data), body)
        findings.append(_pages_finding(data, body, signature, proof))
        findings.append(log_finding(proof, hashlib.sha256(raw).hexdigest(), signature.cms))
    return _verdict(data, body, signature, findings)


def _body(raw: bytes | None) -> tuple[Json | None, bool]:
    """The data, and whether they lie there in canonical form; None for what has no such form:
    numbers beyond 2**53, halves of characters, nesting without end."""
    try:
        body = parse(raw) if raw else None
        return body, canonical(body) == raw
    except (ValueError, RecursionError):
        return None, False


def _looks_like_ours(data: bytes, body: Json | None) -> bool:
    if len(data) > FILE_MAX or not (b"%%EOF" in data[-2048:] or b"%PDF" in data[:1024]):
        return False
    if body is not None:
        return str(body.get("format", "")).startswith(_FAMILIES)
    return all(trace in data for trace in _TRACES)


def _data_finding(raw: bytes | None, body: Json | None, plain: bool, reason: str) -> Finding:
    if raw is None or body is None:
        return Finding("data", False, "не читается", reason or "not JSON", "session.json")
    file = _file(body)
    if body.get("format") not in (FORMAT, *FORMATS):
        return Finding("data", False, "другой формат", "another format", file)
    if not plain:
        return Finding("data", False, "не в каноническом виде", "not canonical", file)
    digest = hashlib.sha256(raw).hexdigest()
    return Finding("data", True, f"SHA-256 {digest}", f"SHA-256 {digest}")


def _file(body: Json) -> str:
    """What the attachment is called."""
    return FORMATS[body["format"]][0] if body.get("format") in FORMATS else "session.json"


def _seal_findings(data: bytes, signature: Signature) -> list[Finding]:
    if not signature.present:
        return [Finding("seal", False, "печати нет", "the seal is missing", "signature")]
    if not signature.intact:
        ru = "файл не тот, который был запечатан"
        return [Finding("seal", False, ru, signature.note or "broken", "signature")]
    if not signature.whole_file:
        ru, en = "после печати дописано ещё что-то", "something was added after sealing"
        return [Finding("seal", False, ru, en, f"byte {signature.covered}")]
    if not is_plain(data, signature.gap, signature.cms):
        ru, en = "байты самой печати изменены", "bytes of the seal itself were changed"
        return [Finding("seal", False, ru, en, "signature container")]
    found = [Finding("seal", True, "цела, изменений нет", "intact, no changes")]
    if signature.trusted:
        found.append(Finding("issuer", True, signature.signer, signature.signer))
    else:
        ru, en = "сертификат не от доверенного корня", "certificate is not under a trusted root"
        found.append(Finding("issuer", False, f"{signature.signer}: {ru}", en, "certificate"))
    return found


def _content_findings(body: Json) -> list[Finding]:
    try:
        head = heading_finding(body)
        if body.get("format") in FORMATS:
            return [head, *period_findings(body)]
        facts = from_json(body)
        found = [
            head,
            proofs.record_finding(facts),
            proofs.receipts_finding(facts),
            signatures_finding(facts),
            witness_finding(facts),
            _minutes_finding(facts),
            proofs.money_finding(facts),
            proofs.totals_finding(facts, body),
        ]
        return [one for one in found if one is not None]
    except Exception as error:  # whoever forges data may make any step of it fail
        en = f"{type(error).__name__}: {error}"
        return [Finding("data", False, "поля не на месте", en, _file(body))]


def _minutes_finding(facts: SessionFacts) -> Finding:
    """Evidence + tariff → what should have been charged, by metering's own pricing."""
    clock_s, spans = facts.witnessed_s, facts.segments
    if any(begin >= end for begin, end in spans) or any(
        before[1] > after[0] for before, after in pairwise(spans)
    ):
        ru, en = "отрезки пересекаются", "the runs of evidence overlap"
        return Finding("minutes", False, ru, en, "segments")
    tariff = Tariff.from_json(json.dumps(facts.tariff))
    covers = {charge.n: charge.allowance_s for charge in facts.charges}
    units = [one.unit for one in due(tariff, spans, covers, UNITS_MAX)]
    wanted = [(unit.n, unit.from_s, unit.to_s, unit.price_minor) for unit in units]
    charged = [(c.n, c.from_s, c.to_s, c.minor) for c in facts.charges]
    if wanted != charged:
        place = _first_difference(wanted, charged)
        ru = f"по доказательствам {len(wanted)} единиц, списано {len(charged)}"
        en = f"evidence gives {len(wanted)} increments, {len(charged)} were charged"
        return Finding("minutes", False, ru, en, f"charges[{place}]")
    ru, en = f"{clock_s} с свидетельств дают те же списания", f"{clock_s} s of evidence agree"
    return Finding("minutes", True, ru, en)


def _pages_finding(data: bytes, body: Json, signature: Signature, proof: bytes) -> Finding:
    """Draw the pages again from the data and compare every byte."""
    template = FORMATS[body["format"]][1] if body.get("format") in FORMATS else TEMPLATE
    if body.get("template") != template:
        ru, en = "нарисованы другой версией программы", "drawn by another version"
        return Finding("pages", None, ru, en)
    try:
        made = period_paper if body.get("format") in FORMATS else from_session_json
        again = printed(made(body), proof, checked=False)
    except Exception as error:  # the same: a date, a length, a glyph that cannot be drawn
        en = f"{type(error).__name__}: {error}"
        return Finding("pages", False, "не складываются из данных", en, _file(body))
    if data.startswith(again) or (signature.intact and signature.whole_file):
        return _pages_read(data, again)
    at = _first_difference(data, again)
    place = place_of(again, at)
    return Finding("pages", False, f"отличие с байта {at}", f"differs from byte {at}", place)


def _pages_read(data: bytes, again: bytes) -> Finding:
    """Whoever holds the key could seal other pages over true data, or other data under them, or
    write a revision with other pages behind ours and seal that."""
    try:
        same, where = alike(data, again)
    except Exception as error:  # fonts without maps, operators that nobody knows
        en = f"{type(error).__name__}: {error}"
        return Finding("pages", False, "не читаются", en, "pages")
    if same is False:
        ru, en = "не та, что дают данные", "not what the data gives"
        return Finding("pages", False, ru, en, where)
    if same is None:
        ru, en = "тот же текст, рисунок другой версии", "the same text, drawn by another version"
        return Finding("pages", None, ru, en)
    return Finding("pages", True, "те же, что дают данные", "what the data gives")


def _totals(body: Json) -> object:
    try:
        return totals_for_verdict(body) if body.get("format") in FORMATS else body.get("totals")
    except (KeyError, TypeError):  # told by the findings
        return None


def _first_difference(one: Sequence[object], other: Sequence[object]) -> int:
    """Index of the first unequal pair, or the shorter length."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _verdict(
    data: bytes, body: Json | None, signature: Signature, findings: list[Finding]
) -> Verdict:
    head = body.get("document") if body else None
    head = head if isinstance(head, dict) else {}
    session = body.get("session") if body else None
    totals = _totals(body) if body else None
    return Verdict(
        code=code_of(findings),
        findings=tuple(findings),
        name=f"{head['number']}-r{head.get('revision')}" if head.get("number") else "",
        kind=str(head.get("kind", "")),
        session=str(session.get("number", "")) if isinstance(session, dict) else "",
        issued_at=str(head.get("issued_at", "")),
        signer=signature.signer,
        sha256=hashlib.sha256(data).hexdigest(),
        totals=totals if isinstance(totals, dict) else {},
    )
