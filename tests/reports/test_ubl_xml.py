"""UBL 2.1, judged by the norm's own schema and schematron (`tests.reports.norm`)."""

from collections.abc import Callable

import pytest
from lxml import etree

from reports.ubl_xml import ubl
from tests.reports.norm import faults
from tests.reports.test_cii_xml import SAMPLES

_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


@pytest.mark.parametrize("name", SAMPLES)
def test_sound(name: str) -> None:
    data = ubl(SAMPLES[name])
    assert faults(data) == []
    assert data == ubl(SAMPLES[name])
    kind = "CreditNote" if name == "credit" else "Invoice"
    assert etree.QName(etree.fromstring(data)).localname == kind


def _text(tag: str, text: str) -> Callable[[etree._Element], None]:
    def change(top: etree._Element) -> None:
        next(top.iter(f"{_CBC}{tag}")).text = text

    return change


BREAKS = {
    "total without VAT": ("taxed", _text("TaxExclusiveAmount", "1.00"), "BR-CO-13"),
    "total with VAT": ("taxed", _text("TaxInclusiveAmount", "1.00"), "BR-CO-15"),
    "due": ("taxed", _text("PayableAmount", "0.01"), "BR-CO-16"),
    "VAT": ("taxed", _text("TaxAmount", "1.00"), "BR-CO-14"),
    "base": ("exempt", _text("TaxableAmount", "1.00"), "BR-E-08"),
    "country": ("credit", _text("IdentificationCode", "ZZ"), "BR-CL-14"),
    "a day that is none": ("credit", _text("IssueDate", "2026-02-30"), "schema"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_break_is_found(what: str) -> None:
    sample, change, rule = BREAKS[what]
    top = etree.fromstring(ubl(SAMPLES[sample]))
    change(top)
    assert rule in " ".join(faults(etree.tostring(top)))
