"""What makes pages an archive file: the fixed metadata of PDF/A-3b. Pure bytes and values."""

from datetime import datetime
from xml.sax.saxutils import escape

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">\
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>
<xmp:MetadataDate>{at}</xmp:MetadataDate><pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
PRODUCER = "minuta"
ATTACHMENT = "session.json"
#: Attachment → what it is; every file of ours has exactly one of them.
ATTACHMENTS = {
    ATTACHMENT: "Журнал, минуты и деньги сеанса",
    "act.json": "Сеансы и деньги периода",
    "statement.json": "Движения по счёту",
    "reconciliation.json": "Расчёты с партнёром",
    "agent-report.json": "Продажи и расчёты с принципалом",
}
#: Attachment with the place in the log, beside the data.
INCLUSION = "inclusion.json"


def packet(title: str, author: str, at: datetime) -> bytes:
    """A fixed XMP packet; library writers put the present time in."""
    words = {"title": escape(title), "author": escape(author)}
    return _PACKET.format(**words, at=at.isoformat(timespec="seconds"), producer=PRODUCER).encode()


def pdf_date(at: datetime) -> str:
    """A moment as PDF writes it: D:20261120155504+03'00'."""
    zone = f"{at:%z}"
    return f"D:{at:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'"
