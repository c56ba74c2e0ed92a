"""A sealed paper, and what people do to one who alter files: by hand, by an editor, with a key."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pikepdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from reports import Sealer, act_page, protocol_page
from reports.archive import ATTACHMENT
from reports.canonical import Json, canonical, parse
from reports.documents import ACT, PROTOCOL, Document, SessionProtocol, build, session_json
from reports.facts import SessionFacts
from reports.inclusion import document_entry
from reports.press import pressed, printed
from reports.seal import archive
from reports.witness import KIND
from tests.relay.test_minutes import ROOM
from tests.reports.builders import ISSUED, facts, heading, record_of, reviewed, settled
from tests.reports.test_inclusion import proof_of
from tests.reports.test_signatures import signed
from tests.reports.test_witness import told

Change = Callable[[Json], object]


def session() -> SessionFacts:
    """Three minutes with a pause, signed by both sides, witnessed, sent back for the most part."""
    one = signed(facts("client-pays", seconds=170, gaps=((60, 40),), number=ROOM))
    events = [(fact["kind"], fact["body"]) for fact in one.record]
    record = record_of(*((KIND, body) for body in told(3)), *events)
    return reviewed(settled(replace(one, record=record), "unresolved"))


@dataclass(frozen=True)
class Desk:
    """A sealed protocol with its place in the log, and all that is needed to alter it."""

    sealer: Sealer
    stranger: Sealer

    @cached_property
    def document(self) -> Document:
        return build(heading(PROTOCOL), self.sealer.issuer, session())

    @cached_property
    def data(self) -> bytes:
        return session_json(self.document)

    @cached_property
    def proof(self) -> bytes:
        return proof_of(self.sealer, document_entry(pressed(self.document).sha256))

    @cached_property
    def plain(self) -> bytes:
        return printed(self.document, self.proof)

    @cached_property
    def pdf(self) -> bytes:
        return self.sealer.seal(self.plain, ISSUED)

    @cached_property
    def pages(self) -> bytes:
        return self.drawn(self.document)

    @cached_property
    def bare(self) -> bytes:
        """Without a seal and without a place in the log."""
        return printed(self.document)

    @cached_property
    def gap(self) -> int:
        """Where the hexadecimal of the seal begins."""
        return self.pdf.index(b"/Contents <") + 11

    def drawn(self, document: Document) -> bytes:
        if isinstance(document, SessionProtocol):
            return protocol_page.draw(document, pressed(document).sha256)
        return act_page.draw(document, pressed(document).sha256)

    def resealed(self, data: bytes, pages: bytes = b"", file: str = ATTACHMENT) -> bytes:
        """By the platform's own key; not checked, a forger has no need of archive files."""
        title, issuer = "Протокол", self.sealer.issuer
        made = archive(pages or self.pages, data, title, issuer, ISSUED, file, checked=False)
        return self.sealer.seal(made, ISSUED)

    def stream(self, part: str) -> int:
        """An offset in the middle of a page, a font or an attachment."""
        with pikepdf.open(io.BytesIO(self.plain)) as pdf:
            page = pdf.pages[0]
            if part == "page":
                found = page.Contents
            elif part == "font":
                fonts = [one for one in page.Resources.Font.values() if "/FontDescriptor" in one]
                found = fonts[0].FontDescriptor.FontFile2
            else:
                found = pdf.attachments[part].obj.EF.F
            number = found.objgen[0]
        return self.plain.index(b"stream", self.plain.index(f"\n{number} 0 obj".encode())) + 60


def bent(part: str) -> Callable[[Desk], bytes]:
    """A bit of one part flipped."""

    def altered(desk: Desk) -> bytes:
        out = bytearray(desk.pdf)
        out[desk.stream(part)] ^= 0x10
        return bytes(out)

    return altered


def spliced(length: int, made: Callable[[bytes], bytes], at: int = 0) -> Callable[[Desk], bytes]:
    """Bytes of the seal's container made others."""

    def altered(desk: Desk) -> bytes:
        begin = desk.gap + at
        return (
            desk.pdf[:begin] + made(desk.pdf[begin : begin + length]) + desk.pdf[begin + length :]
        )

    return altered


def edited(change: Callable[[pikepdf.Pdf], object]) -> Callable[[Desk], bytes]:
    """Opened, changed and saved anew by an editor."""

    def altered(desk: Desk) -> bytes:
        with pikepdf.open(io.BytesIO(desk.pdf)) as pdf:
            change(pdf)
            out = io.BytesIO()
            pdf.save(out)
        return out.getvalue()

    return altered


def unsealed(pdf: pikepdf.Pdf) -> None:
    for name in ("/AcroForm", "/Perms"):
        if name in pdf.Root:
            del pdf.Root[name]
    for page in pdf.pages:
        if "/Annots" in page:
            del page.Annots


def replaced(pdf: pikepdf.Pdf) -> None:
    body = parse(pdf.attachments[ATTACHMENT].get_file().read_bytes())
    body["totals"]["charged"] += 1
    pdf.attachments[ATTACHMENT] = pikepdf.AttachedFileSpec(pdf, canonical(body))


def lost(pdf: pikepdf.Pdf) -> None:
    del pdf.attachments[ATTACHMENT]


def updated(change: Callable[[Any], object]) -> Callable[[Desk], bytes]:
    """An incremental update behind the seal, as editors of PDF write it."""

    def altered(desk: Desk) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(desk.pdf))
        change(writer)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    return altered


def in_english(writer: Any) -> None:
    writer.root["/Lang"] = writer.root["/Lang"].__class__("en-GB")
    writer.update_root()


def without_files(writer: Any) -> None:
    del writer.root["/AF"]
    writer.update_root()


def transplanted(desk: Desk) -> bytes:
    """The sound seal of another paper of the same platform."""
    other = desk.sealer.seal(printed(build(heading(ACT), desk.sealer.issuer, session())), ISSUED)
    begin = other.index(b"/Contents <") + 11
    end = other.index(b">", begin)
    return desk.pdf[: desk.gap] + other[begin:end] + desk.pdf[desk.gap + end - begin :]
