"""Is the electronic invoice in a paper the one that the paper's own data give? Pure.

It is written again from the data and compared byte by byte; the first element that differs is
named. An invoice where none belongs, and none where one belongs, are faults too.
"""

from itertools import zip_longest
from xml.etree import ElementTree as Tree

from reports.canonical import Json
from reports.cii_xml import cii
from reports.einvoice import hybrid_invoice
from reports.findings import Finding
from reports.period import ACT_FORMAT, act_from_json

_FILE = "factur-x.xml"


def xml_finding(attached: bytes, body: Json) -> list[Finding]:
    """One finding, or none for a paper without an invoice; never raises. `attached` is b"" where
    the file holds none, `body` the data of the paper."""
    try:
        wanted = _wanted(body)
    except Exception as error:  # whoever forges data may make any step of it fail
        en = f"{type(error).__name__}: {error}"
        return [Finding("xml", False, "не складывается из данных", en, _FILE)] if attached else []
    if wanted == attached:
        good = Finding("xml", True, "равен данным документа", "equals the data of the paper")
        return [good] if attached else []
    if not attached:
        return [Finding("xml", False, "вложения нет", "the attachment is missing", _FILE)]
    if not wanted:
        return [
            Finding("xml", False, "такого вложения не было", "no such attachment was made", _FILE)
        ]
    ru, en = "не равен данным документа", "differs from the data of the paper"
    return [Finding("xml", False, ru, en, f"{_FILE} {_place(attached, wanted)}".strip())]


def _wanted(body: Json) -> bytes:
    if body.get("format") != ACT_FORMAT:
        return b""
    invoice = hybrid_invoice(act_from_json(body))
    return cii(invoice) if invoice else b""


def _place(attached: bytes, wanted: bytes) -> str:
    """Local name and text of the first element that is not as it should be."""
    try:
        found = Tree.fromstring(attached)
    except Tree.ParseError:
        return "not XML"
    for one, other in zip_longest(found.iter(), Tree.fromstring(wanted).iter()):
        if one is None or other is None:
            return "cut" if one is None else "added"
        if (one.tag, one.attrib, one.text) != (other.tag, other.attrib, other.text):
            return f"{other.tag.rpartition('}')[2]} {(one.text or '').strip()}".strip()[:80]
    return ""
