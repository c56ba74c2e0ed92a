"""An archive file that is an electronic invoice as well: Factur-X 1.0 (ZUGFeRD 2), EN 16931.

The XML lies beside the data as an associated file of the relationship Alternative, and the XMP
names it in the schema of Factur-X, which PDF/A wants described in the packet itself.
"""

import io
from datetime import datetime

import pikepdf
from pikepdf import AttachedFileSpec, Name

from reports.archive import pdf_date
from reports.seal import rewritten

INVOICE_FILE = "factur-x.xml"
_SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_TERMS = {
    "DocumentFileName": ("name of the embedded XML invoice file", INVOICE_FILE),
    "DocumentType": ("INVOICE", "INVOICE"),
    "Version": ("version of the Factur-X data", "1.0"),
    "ConformanceLevel": ("conformance level of the Factur-X data", "EN 16931"),
}
_EXTENSION = """<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{space}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>fx</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>
{terms}</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:fx="{space}">
{values}</rdf:Description>
"""
_TERM = """<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>\
<pdfaProperty:valueType>Text</pdfaProperty:valueType>\
<pdfaProperty:category>external</pdfaProperty:category>\
<pdfaProperty:description>{about}</pdfaProperty:description></rdf:li>
"""


def with_invoice(file: bytes, invoice: bytes, at: datetime) -> bytes:
    """An archive file with its invoice; `at` in the issuer's zone.

    It was checked before: the checker of our library knows no schemas of others.
    """
    with pikepdf.open(io.BytesIO(file)) as pdf:
        pdf.attachments[INVOICE_FILE] = AttachedFileSpec(  # type: ignore[call-arg]
            pdf,
            invoice,
            filename=INVOICE_FILE,
            description="Electronic invoice, EN 16931",
            mime_type="text/xml",
            relationship=Name("/Alternative"),
            creation_date=pdf_date(at),
            mod_date=pdf_date(at),
        )
        head, tail = pdf.Root.Metadata.read_bytes().split(b"</rdf:RDF>")
        pdf.Root.Metadata.write(head + _described().encode() + b"</rdf:RDF>" + tail)
        return rewritten(pdf)[0]


def invoice_in(data: bytes) -> bytes:
    """The invoice that lies in a file, b"" when none does; never raises."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return pdf.attachments[INVOICE_FILE].get_file().read_bytes()
    except Exception:  # a damaged file may fail anywhere in a parser
        return b""


def _described() -> str:
    terms = "".join(_TERM.format(name=name, about=about) for name, (about, _) in _TERMS.items())
    values = "".join(f"<fx:{name}>{value}</fx:{name}>\n" for name, (_, value) in _TERMS.items())
    return _EXTENSION.format(space=_SPACE, terms=terms, values=values)
