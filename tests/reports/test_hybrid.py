"""A paper that is an electronic invoice too, read by the library of Factur-X, which is not ours."""

import io
import subprocess

import facturx
import pikepdf
import pytest
from lxml import etree
from pikepdf import pdfa

from reports import Sealer
from reports.cii_xml import cii
from reports.einvoice import buyer_of, invoice_of
from reports.hybrid import invoice_in
from reports.press import printed, sealed
from reports.seal import attachment_of
from tests.reports import period_builders
from tests.reports.euro_builders import ABROAD, UNTAXED, euro_act
from tests.reports.norm import faults


@pytest.fixture(scope="module")
def paper(sealer: Sealer) -> bytes:
    return sealed(euro_act(), sealer)


def test_another_library_finds_the_invoice(paper: bytes) -> None:
    act = euro_act()
    name, data = facturx.get_facturx_xml_from_pdf(paper)
    assert (name, data) == ("factur-x.xml", cii(invoice_of(act, buyer_of(act))))
    assert facturx.get_level(etree.fromstring(data)) == "en16931"
    assert faults(data) == []
    assert invoice_in(paper) == data
    assert attachment_of(paper)[0] is not None


def test_what_makes_it_factur_x(paper: bytes) -> None:
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        kinds = {str(one.UF): str(one.AFRelationship) for one in pdf.Root.AF}
        assert kinds == {"act.json": "/Data", "factur-x.xml": "/Alternative"}
        with pdf.open_metadata() as xmp:
            space = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
            found = {name: xmp[space + name] for name in ("ConformanceLevel", "DocumentType")}
        assert found == {"ConformanceLevel": "EN 16931", "DocumentType": "INVOICE"}


def test_the_rest_is_an_archive_file() -> None:
    """Our checker refuses any schema of others in the packet: without it the file passes."""
    made = printed(euro_act())
    assert made == printed(euro_act())
    with pikepdf.open(io.BytesIO(made)) as pdf:
        packet = pdf.Root.Metadata.read_bytes()
        begin = packet.index(b'<rdf:Description rdf:about=""\n xmlns:pdfaExtension')
        pdf.Root.Metadata.write(packet[:begin] + packet[packet.index(b"</rdf:RDF>") :])
        settings = pdfa.resolve_save_kwargs(pdfa.Flavour("3b"), deterministic_id=True)
        plain = io.BytesIO()
        pdf.save(plain, **settings)
    plain.seek(0)
    assert pdfa.validate_written(plain, "3b", save_kwargs=settings).passed


def test_the_pages_name_the_reverse_charge() -> None:
    made = printed(euro_act(issuer=UNTAXED, customer=ABROAD))
    told = subprocess.run(["pdftotext", "-", "-"], input=made, capture_output=True, check=True)
    assert "Reverse charge" in told.stdout.decode()


def test_other_papers_have_none(sealer: Sealer) -> None:
    assert invoice_in(sealed(period_builders.act(3), sealer)) == b""
    assert invoice_in(b"no file at all") == b""
