"""Papers of every kind before programs that others wrote, and made twice in other circumstances.

pikepdf checks PDF/A-3b, Debian's PDFBox a twin of each as PDF/A-1b (it knows no later part), qpdf
the structure, pyHanko and poppler the seal.
"""

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, get_args

import pikepdf
import pytest
from asn1crypto import pem
from asn1crypto.x509 import Certificate
from pikepdf import Name, pdfa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from reports import Sealer
from reports.inclusion import document_entry
from reports.press import Printable, finished, placed, pressed
from tests.reports.builders import ISSUED
from tests.reports.every_kind import EVERY
from tests.reports.test_inclusion import proof_of

JARS = (
    "preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "commons-io",
    "javax.activation", "jaxb-api",
)  # fmt: skip
PREFLIGHT = [
    "java", "-XX:TieredStopAtLevel=1",
    "-cp", ":".join(f"/usr/share/java/{one}.jar" for one in JARS),
    "org.apache.pdfbox.preflight.Validator_A1b", "batch",
]  # fmt: skip


class Made(NamedTuple):
    """`plain` has its place in the log but no seal."""

    plain: bytes
    sealed: bytes


@pytest.fixture(scope="module")
def papers(sealer: Sealer) -> dict[str, Made]:
    made = {}
    for name, make in EVERY.items():
        file = pressed(make())
        proof = proof_of(sealer, document_entry(file.sha256))
        at = ISSUED.astimezone(sealer.issuer.zone)
        plain = placed(file.file, proof, at)
        made[name] = Made(plain, finished(file, proof, sealer, ISSUED))
    return made


@pytest.fixture(scope="module")
def folder(papers: dict[str, Made], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sealed files as others get them."""
    path = tmp_path_factory.mktemp("sealed")
    for name, one in papers.items():
        (path / f"{name}.pdf").write_bytes(one.sealed)
    return path


def test_no_kind_is_forgotten() -> None:
    assert {type(make()) for make in EVERY.values()} == set(get_args(Printable))


def test_pikepdf_finds_archive_files(papers: dict[str, Made]) -> None:
    """Checked once more with the proof inside, which the product does not do."""
    for name, one in papers.items():
        report = pdfa.validate_written(io.BytesIO(one.plain), "3b")
        assert report.passed, (name, report.findings)


def twin(plain: bytes) -> bytes:
    """The same pages as PDF/A-1b, which allows no attachment."""
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        for name in list(pdf.attachments):
            del pdf.attachments[name]
        for key in ("/AF", "/Names"):
            if key in pdf.Root:
                del pdf.Root[key]
        said = pdf.Root.Metadata.read_bytes().replace(b"<pdfaid:part>3<", b"<pdfaid:part>1<")
        pdf.Root.Metadata = pdf.make_stream(said, Type=Name.Metadata, Subtype=Name.XML)
        out = io.BytesIO()
        pdf.save(out, **pdfa.resolve_save_kwargs(pdfa.Flavour("1b"), deterministic_id=True))
        return out.getvalue()


def test_preflight_finds_archive_files(papers: dict[str, Made], tmp_path: Path) -> None:
    """One start of the machine for all, and for one paper that claims a part it does not keep."""
    for name, one in papers.items():
        (tmp_path / f"{name}.pdf").write_bytes(twin(one.plain))
    broken = twin(papers["statement"].plain).replace(b"/OutputIntents", b"/OutputIntentz")
    (tmp_path / "broken.pdf").write_bytes(broken)
    done = subprocess.run([*PREFLIGHT, tmp_path], capture_output=True, text=True, check=False)
    for name in papers:
        assert f"The file {name}.pdf is a valid PDF/A-1b file" in done.stdout, done.stdout
    assert "The file broken.pdf is not a valid PDF/A-1b file" in done.stdout


def test_qpdf_finds_no_fault(papers: dict[str, Made], folder: Path) -> None:
    for name in papers:
        done = subprocess.run(
            ["qpdf", "--check", folder / f"{name}.pdf"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "No syntax or stream encoding errors found" in done.stdout


def test_pyhanko_accepts_the_seal(papers: dict[str, Made], sealer: Sealer) -> None:
    _, _, der = pem.unarmor(sealer.trust_pem)
    trust = ValidationContext(
        trust_roots=[Certificate.load(der)], allow_fetching=False, moment=ISSUED
    )
    for name, one in papers.items():
        [seal] = PdfFileReader(io.BytesIO(one.sealed)).embedded_signatures
        status = validate_pdf_signature(seal, trust)
        assert status.bottom_line, (name, status.summary())
        assert status.docmdp_ok, name
        assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE, name


def test_poppler_accepts_the_seal(papers: dict[str, Made], folder: Path) -> None:
    for name in papers:
        done = subprocess.run(
            ["pdfsig", "-nocert", folder / f"{name}.pdf"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "Signature is Valid" in done.stdout, name
        assert "Total document signed" in done.stdout, name
        assert "ETSI.CAdES.detached" in done.stdout, name


DIGEST = """
import hashlib
from tests.reports.every_kind import EVERY
from reports.press import printed
print(*(hashlib.sha256(printed(make())).hexdigest() for make in EVERY.values()))
"""
PLACES = (("0", "UTC", "C.UTF-8"), ("4711", "Asia/Vladivostok", "C"))


def test_same_bytes_in_other_processes(papers: dict[str, Made]) -> None:
    """Another hash seed, another zone, another locale; here the seed is random."""
    here = [hashlib.sha256(pressed(make()).file).hexdigest() for make in EVERY.values()]
    others = [
        subprocess.Popen(
            [sys.executable, "-c", DIGEST], stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale},
        )
        for seed, zone, locale in PLACES
    ]  # fmt: skip
    for one in others:
        assert one.communicate()[0].split() == here
        assert one.returncode == 0
