"""Archive, seal, open: the only file that speaks to pikepdf and pyHanko.

`archive` rewrites pages as PDF/A-3b with session.json inside, the result depending on its arguments
alone. `Sealer.seal` certifies it (PAdES B-B, ECDSA P-256, no change allowed, invisible field).
`inspect` reads a file back without trusting it.
"""

import asyncio
import hashlib
import io
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pikepdf
from asn1crypto import pem as asn1_pem  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, String, pdfa
from pyhanko.pdf_utils.generic import ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reports.archive import ATTACHMENT, ATTACHMENTS, INCLUSION, PRODUCER, packet, pdf_date
from reports.authority import KEY, ROOT, SEAL, make_development_ca
from reports.icc import srgb_profile
from reports.issuer import Issuer
from reports.log_key import LogKey, origin_of

_T = TypeVar("_T")
FIELD = "Seal"
#: Room for the signature, bytes; a fixed size keeps sealed files of one input equal.
RESERVED = 4096
FILE_MAX = 64 * 1024 * 1024


def archive(
    pages: bytes,
    attachment: bytes,
    title: str,
    issuer: Issuer,
    at: datetime,
    file: str = ATTACHMENT,
    language: str = "ru-RU",
    checked: bool = True,
) -> bytes:
    """PDF/A-3b with `attachment` under the name `file`, checked before it is returned; who only
    compares its bytes need not have that done again, it costs as much as drawing.

    Raises: pikepdf.pdfa.PdfaError with the findings, which is a bug in a layout.
    """
    at = at.astimezone(issuer.zone)
    with pikepdf.open(io.BytesIO(pages)) as pdf:
        for page in pdf.pages:
            if "/Trans" in page.obj:
                del page.obj["/Trans"]
        _attach(pdf, attachment, pdf_date(at), file, ATTACHMENTS[file])
        _describe(pdf, title, issuer, at, language)
        made, settings = rewritten(pdf)
    if not checked:
        return made
    report = pdfa.validate_written(io.BytesIO(made), "3b", save_kwargs=settings)
    if not report.passed:
        raise pdfa.PdfaError(report)
    return made


def placed(file: bytes, inclusion: bytes, at: datetime) -> bytes:
    """An archive file with its place in the log beside its data; `at` in the issuer's zone.

    It is not checked again: that costs as much as drawing, and an attachment breaks no rule.
    """
    with pikepdf.open(io.BytesIO(file)) as pdf:
        _attach(pdf, inclusion, pdf_date(at), INCLUSION, "Место в журнале прозрачности")
        return rewritten(pdf)[0]


def rewritten(pdf: pikepdf.Pdf) -> tuple[bytes, dict[str, Any]]:
    """Its bytes, all attachments associated, and how they were written."""
    pdf.Root.AF = Array([one.obj for one in pdf.attachments.values()])
    settings = pdfa.resolve_save_kwargs(pdfa.Flavour("3b"), deterministic_id=True)
    buffer = io.BytesIO()
    pdf.save(buffer, **settings)
    return buffer.getvalue(), settings


def _attach(pdf: pikepdf.Pdf, data: bytes, stamp: str, file: str, about: str) -> None:
    pdf.attachments[file] = AttachedFileSpec(  # type: ignore[call-arg]
        pdf,
        data,
        filename=file,
        description=about,
        mime_type="application/json",
        relationship=Name("/Data"),
        creation_date=stamp,
        mod_date=stamp,
    )


def _describe(pdf: pikepdf.Pdf, title: str, issuer: Issuer, at: datetime, language: str) -> None:
    root, stamp = pdf.Root, pdf_date(at)
    root.Lang, root.ViewerPreferences = String(language), Dictionary(DisplayDocTitle=True)
    root.Metadata = pdf.make_stream(
        packet(title, issuer.name, at), Type=Name.Metadata, Subtype=Name.XML
    )
    root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                Info=String("sRGB"),
                OutputConditionIdentifier=String("sRGB"),
                DestOutputProfile=pdf.make_stream(srgb_profile(), N=3),
            )
        ]
    )
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    for key, value in (
        ("/Title", title),
        ("/Author", issuer.name),
        ("/Producer", PRODUCER),
        ("/CreationDate", stamp),
        ("/ModDate", stamp),
    ):
        pdf.docinfo[key] = String(value)


class _KeySigner(signers.Signer):
    """Signs with a key already in memory, by RFC 6979: the same file gives the same seal."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: asn1_x509.Certificate) -> None:
        super().__init__(
            signing_cert=certificate,
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
            embed_roots=False,
        )
        self._key = key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        assert digest_algorithm == "sha256"
        return self._key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


class _PunctualSigner(signers.PdfSigner):
    """A signer that is told the time."""

    at: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> Any:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


class _QuietWriter(IncrementalPdfFileWriter):
    """Leaves title, dates and XMP as the archive has them: no present time, no second producer."""

    def _update_meta(self) -> None:
        return


class Sealer:
    """The platform's seal: key and certificate in memory, requisites, and the root to trust."""

    def __init__(self, issuer: Issuer, key: bytes, certificate: bytes, trust: bytes) -> None:
        """`key`, `certificate` and `trust` are PEM; the printed seal name is the certificate's."""
        private = serialization.load_pem_private_key(key, password=None)
        assert isinstance(private, ec.EllipticCurvePrivateKey), "the seal is ECDSA P-256"
        names = x509.load_pem_x509_certificate(certificate).subject
        common = names.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        self.issuer = issuer.sealed_by(str(common))
        self.log = LogKey.of_seal(private, origin_of(issuer.verify_url))
        self.trust_pem = trust
        self._signer = _KeySigner(private, _certificates(certificate)[0])

    @staticmethod
    def load(folder: Path, issuer: Issuer | None = None) -> "Sealer":
        """The seal kept in a folder. Raises: FileNotFoundError."""
        parts = [(folder / name).read_bytes() for name in (KEY, SEAL, ROOT)]
        return Sealer(issuer or Issuer(), parts[0], parts[1], parts[2])

    def seal(self, pdf: bytes, at: datetime) -> bytes:
        """Certify: no later change is allowed, nothing is drawn. Call it outside the event loop."""
        settings = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            reason="Печать платформы",
            location="RU",
        )
        signer = _PunctualSigner(settings, self._signer, new_field_spec=fields.SigFieldSpec(FIELD))
        signer.at = at.astimezone(self.issuer.zone)
        writer = _QuietWriter(io.BytesIO(pdf))
        writer._document_id[1] = ByteStringObject(hashlib.sha256(pdf).digest()[:16])
        out = io.BytesIO()
        _run(signer.async_sign_pdf(writer, output=out, bytes_reserved=2 * RESERVED))
        return out.getvalue()


def development_sealer(folder: Path, at: datetime, issuer: Issuer | None = None) -> Sealer:
    """The seal of a folder; its keys are made on the first run."""
    make_development_ca(folder, at)
    return Sealer.load(folder, issuer)


@dataclass(frozen=True, slots=True)
class Signature:
    """What the mathematics says of the seal. `note` is the library's reason when it says no."""

    present: bool = False
    intact: bool = False
    trusted: bool = False
    whole_file: bool = False
    signer: str = ""
    signed_at: datetime | None = None
    covered: int = 0
    gap: tuple[int, int] = (0, 0)
    cms: bytes = b""
    note: str = ""


def inspect_signature(data: bytes, trust_pem: bytes, at: datetime) -> Signature:
    """Validate the seal at the moment `at`, or at the sealing if that is later; never raises."""
    noisy = logging.getLogger("pyhanko"), logging.getLogger("pyhanko_certvalidator")
    levels = [one.level for one in noisy]
    try:
        for one in noisy:
            one.setLevel(logging.CRITICAL + 1)
        return _run(_inspect(data, trust_pem, at))
    except Exception as error:  # a damaged file may fail anywhere in a parser
        return Signature(present=b"/ByteRange" in data, note=f"{type(error).__name__}: {error}")
    finally:
        for one, level in zip(noisy, levels, strict=True):
            one.setLevel(level)


async def _inspect(data: bytes, trust_pem: bytes, at: datetime) -> Signature:
    found = PdfFileReader(io.BytesIO(data)).embedded_signatures
    if not found:
        return Signature()
    seal = found[0]
    signed_at = seal.self_reported_timestamp
    moment = max(at, signed_at + timedelta(seconds=1)) if signed_at else at
    context = ValidationContext(
        trust_roots=_certificates(trust_pem),
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=moment,
    )
    status: PdfSignatureStatus = await async_validate_pdf_signature(
        seal, signer_validation_context=context
    )
    spans = [int(n) for n in seal.byte_range]
    return Signature(
        present=True,
        intact=bool(status.intact and status.valid and status.docmdp_ok is not False),
        trusted=bool(status.trusted),
        whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE and len(found) == 1,
        signer=str(status.signing_cert.subject.native.get("common_name", "")),
        signed_at=signed_at,
        covered=spans[2] + spans[3],
        gap=(spans[1], spans[2]),
        cms=seal.pkcs7_content,
        note="" if status.bottom_line else status.summary(),
    )


def attachment_of(data: bytes) -> tuple[bytes | None, str]:
    """Our data as they lie in the file, or None and the reason; never raises."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return pdf.attachments[_ours(pdf)].get_file().read_bytes(), ""
    except Exception as error:  # a damaged file may fail anywhere in a parser
        return None, f"{type(error).__name__}: {error}"


def inclusion_in(data: bytes) -> bytes:
    """The proof that lies in the file, b"" when none does; never raises."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return pdf.attachments[INCLUSION].get_file().read_bytes()
    except Exception:  # a damaged file may fail anywhere in a parser
        return b""


def _ours(pdf: pikepdf.Pdf) -> str:
    """Which of our names the attachment has; the first one when none is there."""
    return next((name for name in ATTACHMENTS if name in pdf.attachments), ATTACHMENT)


def place_of(pdf: bytes, offset: int) -> str:
    """Which part of a sound file an offset falls into: a page, a font, session.json…"""
    head = pdf.rfind(b" obj", 0, offset + 5)
    number = pdf[max(0, head - 12) : head].split()[-2:-1]
    if not number or not number[0].isdigit():
        return "cross-reference"
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return _part(opened, int(number[0]))


def _part(pdf: pikepdf.Pdf, number: int) -> str:
    for n, page in enumerate(pdf.pages, 1):
        if number in (page.obj.objgen[0], page.Contents.objgen[0]):
            return f"page {n}"
    for file, spec in pdf.attachments.items():
        if number in (spec.obj.objgen[0], spec.obj.EF.F.objgen[0]):
            return file
    if number in (pdf.Root.objgen[0], pdf.Root.Metadata.objgen[0], pdf.docinfo.objgen[0]):
        return "metadata"
    return "fonts"


def _run(work: Coroutine[Any, Any, _T]) -> _T:
    """pyHanko is asynchronous; in a thread of its own it works inside a running loop as well."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


def _certificates(data: bytes) -> list[asn1_x509.Certificate]:
    if b"-----BEGIN" not in data:
        return []
    return [
        asn1_x509.Certificate.load(der)
        for kind, _, der in asn1_pem.unarmor(data, multiple=True)
        if kind == "CERTIFICATE"
    ]
