"""Cross Industry Invoice, judged by the norm's own schema and schematron (`tests.reports.norm`)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from lxml import etree

from reports.cii_xml import SPACES, cii
from reports.einvoice import EuInvoice, EuParty, buyer_of, invoice_of, taken_back
from tests.reports.euro_builders import ABROAD, GERMAN, UNTAXED, euro_act
from tests.reports.norm import faults

HOSTILE = 'x\u00a0"<&>]]>\x0b\ufffe\n𐍈 ёж \u202e' * 30
#: Each category, one line and many, a credit note, what people type.
SAMPLES: dict[str, EuInvoice] = {
    "taxed": invoice_of(euro_act(), buyer_of(euro_act())),
    "long": invoice_of(euro_act(60), EuParty("Somebody", "DE")),
    "exempt": invoice_of(euro_act(issuer=UNTAXED), EuParty("Somebody", "DE")),
    "reverse": invoice_of(euro_act(issuer=UNTAXED), buyer_of(euro_act(customer=ABROAD))),
    "outside": invoice_of(euro_act(issuer=UNTAXED), EuParty("Somebody", "US", address="NY")),
    "corrected": invoice_of(euro_act(revision=3), EuParty("Somebody", "DE")),
    "hostile": invoice_of(
        euro_act(issuer=replace(GERMAN, contract=HOSTILE)), EuParty(HOSTILE, "DE", "", HOSTILE)
    ),
}
SAMPLES["credit"] = taken_back(SAMPLES["taxed"], date(2026, 12, 1))


@pytest.mark.parametrize("name", SAMPLES)
def test_sound(name: str) -> None:
    data = cii(SAMPLES[name])
    assert faults(data) == []
    assert data == cii(SAMPLES[name])


def test_what_it_says() -> None:
    invoice = SAMPLES["taxed"]
    top = etree.fromstring(cii(invoice))

    def said(path: str) -> list[str]:
        return [str(one.text) for one in top.iterfind(f".//{path}", SPACES)]

    assert said("ram:GrandTotalAmount") == [f"{invoice.total // 100}.{invoice.total % 100:02}"]
    assert said("ram:DuePayableAmount") == ["0.00"]
    assert set(said("ram:RateApplicablePercent")) == {"19.00"}
    assert said("rsm:ExchangedDocument/ram:TypeCode") == ["380"]
    assert len(said("ram:LineID")) == len(invoice.lines)


def _text(path: str, text: str) -> Callable[[etree._Element], None]:
    def change(top: etree._Element) -> None:
        top.find(f".//{path}", SPACES).text = text

    return change


def _gone(path: str) -> Callable[[etree._Element], None]:
    def change(top: etree._Element) -> None:
        found = top.find(f".//{path}", SPACES)
        found.getparent().remove(found)

    return change


def _unit(top: etree._Element) -> None:
    top.find(".//ram:BilledQuantity", SPACES).set("unitCode", "MINUTES")


_SUMS = "ram:SpecifiedTradeSettlementHeaderMonetarySummation"
_TAX = "ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax"
_SELLER, _BUYER = "ram:SellerTradeParty", "ram:BuyerTradeParty"
_ID = "ram:SpecifiedTaxRegistration"
_ITEM = "ram:IncludedSupplyChainTradeLineItem"
#: What is broken on purpose → sample, change, the rule that must say so.
BREAKS: dict[str, tuple[str, Callable[[etree._Element], None], str]] = {
    "total of lines": ("taxed", _text(f"{_SUMS}/ram:LineTotalAmount", "1.00"), "BR-CO-10"),
    "total without VAT": ("taxed", _text("ram:TaxBasisTotalAmount", "1.00"), "BR-CO-13"),
    "total VAT": ("taxed", _text("ram:TaxTotalAmount", "1.00"), "BR-CO-14"),
    "total with VAT": ("taxed", _text("ram:GrandTotalAmount", "1.00"), "BR-CO-15"),
    "due": ("taxed", _text("ram:DuePayableAmount", "0.01"), "BR-CO-16"),
    "VAT of a rate": ("taxed", _text(f"{_TAX}/ram:CalculatedAmount", "1.00"), "BR-CO-17"),
    "base of a rate": ("taxed", _text(f"{_TAX}/ram:BasisAmount", "1.00"), "BR-S-08"),
    "no seller's id of VAT": ("taxed", _gone(f"{_SELLER}/{_ID}"), "BR-S-02"),
    "an unknown country": (
        "taxed",
        _text(f"{_BUYER}//ram:CountryID", "ZZ"),
        "'ram:CountryID' is not allowed",
    ),
    "an unknown currency": (
        "taxed",
        _text("ram:InvoiceCurrencyCode", "EURO"),
        "'ram:InvoiceCurrencyCode' is not allowed",
    ),
    "an unknown unit": ("taxed", _unit, "'@unitCode' is not allowed"),
    "an unknown type": (
        "taxed",
        _text("rsm:ExchangedDocument/ram:TypeCode", "999"),
        "'ram:TypeCode' is not allowed",
    ),
    "another category": ("taxed", _text(f"{_ITEM}//ram:CategoryCode", "Z"), "BR-Z-01"),
    "a rate of nothing": ("taxed", _text(f"{_ITEM}//ram:RateApplicablePercent", "0.00"), "BR-S-05"),
    "a line without a rate": ("taxed", _gone(f"{_ITEM}//ram:RateApplicablePercent"), "BR-S-05"),
    "a period that ends before": (
        "taxed",
        _text(f"{_ITEM}//ram:EndDateTime/udt:DateTimeString", "20200101"),
        "BR-30",
    ),
    "no reason of exemption": ("exempt", _gone(f"{_TAX}/ram:ExemptionReason"), "BR-E-10"),
    "VAT though exempt": ("exempt", _text(f"{_TAX}/ram:CalculatedAmount", "1.00"), "BR-E-09"),
    "no buyer's id": ("reverse", _gone(f"{_BUYER}/{_ID}"), "BR-AE-02"),
    "a rate though reversed": (
        "reverse",
        _text(f"{_ITEM}//ram:RateApplicablePercent", "19.00"),
        "BR-AE-05",
    ),
    "nobody's seller": ("outside", _gone("ram:SellerTradeParty/ram:ID"), "BR-CO-26"),
    "a correction of nothing": (
        "credit",
        _text("ram:InvoiceReferencedDocument/ram:IssuerAssignedID", ""),
        "BR-55",
    ),
    "a code of exemption": (
        "reverse",
        _text("ram:ExemptionReasonCode", "VATEX-XX"),
        "'ram:ExemptionReasonCode' is not allowed",
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_break_is_found(what: str) -> None:
    """The schematron is really run: it names the rule that is broken."""
    sample, change, rule = BREAKS[what]
    top = etree.fromstring(cii(SAMPLES[sample]))
    change(top)
    assert rule in " ".join(faults(etree.tostring(top)))
