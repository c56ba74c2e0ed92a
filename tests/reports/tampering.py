"""Every way to alter a paper that we could think of, as a table: what was done, what is found.

`OUTSIDE` needs no key. `SEALED` and `INSIDE` are done by whoever holds the platform's seal: what
the seal notices is not enough there, each is found by what the data prove. A finding is told as
"check where: text", from its start.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pikepdf
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from reports.archive import ATTACHMENT
from reports.canonical import Json, canonical, parse
from reports.documents import ACT, PROTOCOL, build
from reports.inclusion import document_entry
from reports.period import ACT_FILE, act_json
from reports.press import placed
from reports.statement import STATEMENT_FILE, statement_json
from tests.reports.altering import (
    Change,
    Desk,
    bent,
    edited,
    in_english,
    lost,
    replaced,
    session,
    spliced,
    transplanted,
    unsealed,
    updated,
    without_files,
)
from tests.reports.builders import CLIENT, ISSUED, heading, record_of
from tests.reports.period_builders import PAYS_VAT, act, statement
from tests.reports.test_inclusion import DAMAGES, proof_of
from tests.reports.test_signatures import cut, dropped, emptied, forged, moved, swapped
from tests.reports.test_verify_period import ACTS, STATEMENTS

OUTSIDE: dict[str, tuple[Callable[[Desk], bytes], int, str]] = {
    "a bit of a page": (bent("page"), 1, "pages page 1: differs from byte"),
    "a bit of a font": (bent("font"), 1, "pages fonts: differs from byte"),
    "a bit of the data": (bent(ATTACHMENT), 1, "data session.json: "),
    "a bit of the place in the log": (bent("inclusion.json"), 1, "seal signature: "),
    "letter case of the seal": (spliced(40, bytes.lower), 1, "seal signature container: "),
    "padding of the seal": (spliced(1, lambda _: b"7", 8000), 1, "seal signature container: "),
    "the seal cut out": (edited(unsealed), 1, "seal signature: the seal is missing"),
    "the seal of another paper": (transplanted, 1, "seal signature: "),
    "another key": (
        lambda desk: desk.stranger.seal(desk.bare, ISSUED),
        2,
        "issuer certificate: ",
    ),
    "another key over our place in the log": (
        lambda desk: desk.stranger.seal(desk.plain, ISSUED),
        1,
        "log inclusion.json key: ",
    ),
    "bytes added": (lambda desk: desk.pdf + b"\n% more", 1, "seal byte "),
    "the tail cut off": (lambda desk: desk.pdf[:-700], 1, "seal signature: "),
    "an update of the language": (updated(in_english), 1, "seal signature: "),
    "an update that hides the data": (updated(without_files), 1, "seal signature: "),
    "the data replaced": (edited(replaced), 1, "totals totals.charged: "),
    "the data taken out": (edited(lost), 1, "data session.json: "),
}


# --- with the platform's own seal ----------------------------------------------------------------


def other_words(desk: Desk) -> bytes:
    """The pages name another client; the data are true."""
    one = session()
    other = build(
        heading(PROTOCOL),
        desk.sealer.issuer,
        replace(one, client=replace(CLIENT, name="ООО «Не те»")),
    )
    return desk.resealed(desk.data, desk.drawn(other))


def other_paper(desk: Desk) -> bytes:
    return desk.resealed(desk.data, desk.drawn(build(heading(ACT), desk.sealer.issuer, session())))


def other_proof(desk: Desk) -> bytes:
    at = ISSUED.astimezone(desk.sealer.issuer.zone)
    proof = proof_of(desk.sealer, document_entry("5" * 64))
    return desk.sealer.seal(placed(desk.bare, proof, at), ISSUED)


def spaced(desk: Desk) -> bytes:
    return desk.resealed(desk.data.replace(b'":', b'": '))


def behind(desk: Desk) -> bytes:
    """Every byte of the true file, then a revision with another first page, then the seal."""
    writer = IncrementalPdfFileWriter(io.BytesIO(desk.plain))
    page = writer.root["/Pages"]["/Kids"][0]
    other = StreamObject(stream_data=page["/Contents"].data.replace(b") Tj", b") Tj (0) Tj", 1))
    page["/Contents"] = writer.add_object(other)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return desk.sealer.seal(out.getvalue(), ISSUED)


def covered(desk: Desk) -> bytes:
    """The pages are ours, and over the second lies a note with other words."""
    with pikepdf.open(io.BytesIO(desk.plain)) as pdf:
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[50, 50, 500, 700],
            Contents=pikepdf.String("0.00"), DA=pikepdf.String("/F1 9 Tf"), F=4,
        )  # fmt: skip
        pdf.pages[1].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))
        out = io.BytesIO()
        pdf.save(out)
    return desk.sealer.seal(out.getvalue(), ISSUED)


SEALED: dict[str, tuple[Callable[[Desk], bytes], int, str]] = {
    "other words on the page": (other_words, 1, "pages page 1: not what the data gives"),
    "pages of another paper": (other_paper, 1, "pages page 2: not what the data gives"),
    "the proof of another document": (other_proof, 1, "log inclusion.json leaf: "),
    "another page behind ours, under the seal": (
        behind,
        1,
        "pages page 1: not what the data gives",
    ),
    "a note over a page, under the seal": (covered, 1, "pages page 2: not what the data gives"),
    "the data written otherwise": (spaced, 1, "data session.json: not canonical"),
}


def put(*path: Any) -> Change:
    """The value at a path made another: put("charges", 1, "from_s", 0)."""
    *way, name, value = path

    def change(body: Json) -> None:
        at: Any = body
        for step in way:
            at = at[step]
        at[name] = value

    return change


def rechained(change: Change) -> Change:
    """Who holds the key can also chain the events anew."""

    def changed(body: Json) -> None:
        change(body)
        events = [(fact["kind"], fact["body"]) for fact in body["facts"]]
        body["facts"] = list(record_of(*events))

    return changed


def traded(name: str, one: int, other: int) -> Change:
    def change(body: Json) -> None:
        rows = body[name]
        rows[one], rows[other] = rows[other], rows[one]

    return change


def of_both(harm: Change) -> Change:
    return lambda body: harm(body["cosigning"])


def no_pause(body: Json) -> None:
    body["segments"] = [[body["segments"][0][0], body["segments"][-1][1]]]


def leaner(body: Json) -> None:
    """A rouble more for the platform, out of what the consultant earned."""
    for entry in body["journals"][-1]["entries"]:
        entry[2] += {"COMMISSION": 100, "EARNINGS": -100}.get(entry[0], 0)


def nowhere(body: Json) -> None:
    old = {"revision": 3, "issued_at": body["document"]["issued_at"], "sha256": "ab" * 32}
    body["document"].update(revision=2, replaces=old)


_OF_SIGNATURES = "signatures cosigning: "
INSIDE: dict[str, tuple[Change, str]] = {
    "another topic under the same pages": (put("session", "topic", "Иное"), "pages page 1: "),
    "an event changed": (put("facts", 6, "body", {}), "record facts[6]: event 7"),
    "an event left out": (lambda body: body["facts"].pop(1), "record facts[1]: event 2"),
    "an event twice": (lambda body: body["facts"].insert(1, body["facts"][0]), "record facts[1]: "),
    "events in another order": (traded("facts", 0, 3), "record facts[0]: event 1"),
    "the end of the chain cut off": (
        lambda body: body["facts"].pop(), "record facts[6]: the end of the session",
    ),
    "a receipt removed": (lambda body: body["receipts"].pop(), "receipts receipts[2]: "),
    "a receipt replayed": (
        lambda body: body["receipts"].__setitem__(2, body["receipts"][1]), "receipts receipts[2]: ",
    ),
    "receipts of two minutes traded": (traded("receipts", 0, 1), "receipts receipts[0]: "),
    "a receipt of another session": (
        put("receipts", 1, "session", "S-2026-999999"), "receipts receipts[1]: receipt 2",
    ),
    "a receipt of another sum": (put("receipts", 0, "amount_minor", 1), "receipts receipts[0]: "),
    "receipts unsigned": (of_both(emptied), _OF_SIGNATURES),
    "a minute's signatures dropped": (of_both(dropped), _OF_SIGNATURES),
    "signatures of two minutes traded": (of_both(moved), _OF_SIGNATURES),
    "the last signatures cut off": (of_both(cut), _OF_SIGNATURES),
    "the keys of the sides traded": (of_both(swapped), _OF_SIGNATURES),
    "another key of a side": (of_both(forged), _OF_SIGNATURES),
    "a countersignature": (put("cosigning", "signatures", 1, "counter", "00" * 64), _OF_SIGNATURES),
    "a counter of signatures": (put("cosigning", "signatures", 1, "seq", 5), _OF_SIGNATURES),
    "seconds of a minute record": (
        rechained(put("facts", 0, "body", "record", "mutual_s", 59)),
        "witness facts: minute record 1 has no good signature",
    ),
    "a minute record left out": (
        rechained(lambda body: body["facts"].pop(1)),
        "witness facts: minute record 2 does not follow",
    ),
    "another tariff": (put("tariff", "segments", 0, "rate", 100), "minutes charges[0]: "),
    "a minute shifted": (put("charges", 1, "from_s", 61), "minutes charges[1]: "),
    "a minute for nothing": (put("charges", 2, "minor", 0), "minutes charges[2]: "),
    "a pause deleted": (no_pause, "minutes charges[3]: evidence gives 4 increments"),
    "time that runs over itself": (
        lambda body: body["segments"].append(body["segments"][0]), "minutes segments: ",
    ),
    "a journal out of balance": (
        put("journals", 0, "entries", 0, 2, -1), "money journals[0]: unbalanced",
    ),
    "a charge never posted": (
        put("journals", 1, "id", "tick:S-2026-999999:2"), "money charges[1]: not posted",
    ),
    "another split": (leaner, "money settlement: shares differ"),
    "another total": (put("totals", "refunded", 1), "totals totals.refunded: "),
    "another time on the clock": (put("totals", "witnessed_s", 1), "totals totals.witnessed_s: "),
    "a number of another series": (
        put("document", "number", "L-2026-000001"), "heading document.number: ",
    ),
    "a number of another year": (
        put("document", "number", "P-2031-000001"), "heading document.number: ",
    ),
    "a revision that points nowhere": (nowhere, "heading document.replaces: "),
    "a revision out of nothing": (put("document", "revision", 7), "heading document.replaces: "),
    "a kind that we do not issue": (put("document", "kind", "bill"), "heading document.kind: "),
    "another format": (put("format", "minuta-session/9"), "data session.json: another format"),
    "data without charges": (lambda body: body.pop("charges"), "data session.json: KeyError"),
}  # fmt: skip
OF_ACTS = (
    "a tax that is not inside", "a rate of another year", "a day outside", "a session twice",
    "a line cut off", "a line that fits itself", "other rates", "another total",
)  # fmt: skip
OF_STATEMENTS = ("another balance", "a movement left out", "another closing", "out of the period")
OF_PLACES = (
    "path altered", "path of another place", "root", "signature", "both sizes",
    "size of the checkpoint", "origin", "endorsement", "session's leaf", "no path",
)  # fmt: skip


def _inside(change: Change) -> Callable[[Desk], bytes]:
    def altered(desk: Desk) -> bytes:
        body = parse(desk.data)
        change(body)
        return desk.resealed(canonical(body))

    return altered


def _period(change: Change, data: bytes, file: str) -> Callable[[Desk], bytes]:
    def altered(desk: Desk) -> bytes:
        body = parse(data)
        change(body)
        return desk.resealed(canonical(body), file=file)

    return altered


def _place(change: Change) -> Callable[[Desk], bytes]:
    def altered(desk: Desk) -> bytes:
        body = parse(desk.proof)
        change(body)
        at = ISSUED.astimezone(desk.sealer.issuer.zone)
        return desk.sealer.seal(placed(desk.bare, canonical(body), at), ISSUED)

    return altered


def every_alteration() -> dict[str, tuple[Callable[[Desk], bytes], int, str]]:
    """Name → how to make the file, the exit code, the finding from its start."""
    taxed, moved_on = act_json(act(7, issuer=PAYS_VAT)), statement_json(statement())
    table = {f"file: {name}": one for name, one in OUTSIDE.items()}
    table |= {f"file: {name}": one for name, one in SEALED.items()}
    for name, (change, finding) in INSIDE.items():
        table[f"session: {name}"] = (_inside(change), 1, finding)
    for name in OF_ACTS:
        change, finding = ACTS[name]
        table[f"act: {name}"] = (_period(change, taxed, ACT_FILE), 1, f"{finding}: ")
    for name in OF_STATEMENTS:
        change, finding = STATEMENTS[name]
        table[f"statement: {name}"] = (_period(change, moved_on, STATEMENT_FILE), 1, f"{finding}: ")
    for name in OF_PLACES:
        change, fault = DAMAGES[name]
        table[f"log: {name}"] = (_place(change), 1, f"log inclusion.json {fault}: ")
    return table
