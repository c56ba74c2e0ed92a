"""Writes an invoice of EN 16931 in UBL 2.1: `Invoice`, or `CreditNote` for type 381. Pure.

Order and names of elements are those of the OASIS schemas; amounts have two digits after the point.
"""

from datetime import date

from reports.cii_xml import GUIDELINE, percent
from reports.einvoice import CREDIT, EUR, EuInvoice, EuLine, EuParty, EuTax
from reports.upd import in_one_line
from reports.upd_xml import amount
from reports.xml_tree import Element, put, root, written

_OASIS = "urn:oasis:names:specification:ubl:schema:xsd"
_PARTS = {
    "cac": f"{_OASIS}:CommonAggregateComponents-2",
    "cbc": f"{_OASIS}:CommonBasicComponents-2",
}


def ubl(invoice: EuInvoice) -> bytes:
    """The file; the same invoice gives the same bytes."""
    kind = "CreditNote" if invoice.type == CREDIT else "Invoice"
    top = root(kind, {"": f"{_OASIS}:{kind}-2"} | _PARTS)
    put(top, "cbc:CustomizationID", GUIDELINE)
    put(top, "cbc:ID", invoice.number)
    put(top, "cbc:IssueDate", invoice.day.isoformat())
    put(top, f"cbc:{kind}TypeCode", invoice.type)
    put(top, "cbc:Note", in_one_line(". ".join(invoice.notes), 2000))
    put(top, "cbc:DocumentCurrencyCode", EUR)
    _period(top, invoice.period)
    if invoice.preceding:
        number, day = invoice.preceding
        old = put(top, "cac:BillingReference/cac:InvoiceDocumentReference")
        put(old, "cbc:ID", number)
        put(old, "cbc:IssueDate", day.isoformat())
    _party(put(top, "cac:AccountingSupplierParty/cac:Party"), invoice.seller)
    _party(put(top, "cac:AccountingCustomerParty/cac:Party"), invoice.buyer)
    put(top, "cac:Delivery/cbc:ActualDeliveryDate", invoice.period[1].isoformat())
    total = put(top, "cac:TaxTotal")
    _money(total, "TaxAmount", invoice.tax)
    for one in invoice.taxes:
        _tax(put(total, "cac:TaxSubtotal"), one)
    sums = put(top, "cac:LegalMonetaryTotal")
    _money(sums, "LineExtensionAmount", invoice.net)
    _money(sums, "TaxExclusiveAmount", invoice.net)
    _money(sums, "TaxInclusiveAmount", invoice.total)
    _money(sums, "PrepaidAmount", invoice.total)
    _money(sums, "PayableAmount", 0)
    for n, line in enumerate(invoice.lines, 1):
        _line(put(top, f"cac:{kind}Line"), n, line, invoice.type == CREDIT)
    return written(top)


def _line(item: Element, n: int, line: EuLine, credited: bool) -> None:
    put(item, "cbc:ID", str(n))
    quantity = "CreditedQuantity" if credited else "InvoicedQuantity"
    put(item, f"cbc:{quantity}", str(line.quantity), unitCode=line.unit)
    _money(item, "LineExtensionAmount", line.net)
    _period(item, (line.day, line.day))
    product = put(item, "cac:Item")
    put(product, "cbc:Description", line.about)
    put(product, "cbc:Name", line.name)
    tax = put(product, "cac:ClassifiedTaxCategory")
    _category(tax, line.category, line.rate_bp)
    price = put(item, "cac:Price")
    _money(price, "PriceAmount", line.net)
    put(price, "cbc:BaseQuantity", str(line.quantity), unitCode=line.unit)


def _party(side: Element, party: EuParty) -> None:
    if party.id:
        put(side, "cac:PartyIdentification/cbc:ID", in_one_line(party.id, 100))
    address = put(side, "cac:PostalAddress")
    if where := in_one_line(party.address, 1000):
        put(address, "cbc:StreetName", where)
    put(address, "cac:Country/cbc:IdentificationCode", party.country)
    if party.vat_id:
        registered = put(side, "cac:PartyTaxScheme")
        put(registered, "cbc:CompanyID", party.vat_id)
        put(registered, "cac:TaxScheme/cbc:ID", "VAT")
    put(side, "cac:PartyLegalEntity/cbc:RegistrationName", in_one_line(party.name, 1000))


def _tax(part: Element, one: EuTax) -> None:
    _money(part, "TaxableAmount", one.net)
    _money(part, "TaxAmount", one.tax)
    _category(put(part, "cac:TaxCategory"), one.category, one.rate_bp, one)


def _category(tax: Element, category: str, rate_bp: int | None, why: EuTax | None = None) -> None:
    put(tax, "cbc:ID", category)
    if rate_bp is not None:
        put(tax, "cbc:Percent", percent(rate_bp))
    if why and why.code:
        put(tax, "cbc:TaxExemptionReasonCode", why.code)
    if why and why.reason:
        put(tax, "cbc:TaxExemptionReason", in_one_line(why.reason, 1000))
    put(tax, "cac:TaxScheme/cbc:ID", "VAT")


def _period(parent: Element, days: tuple[date, date]) -> None:
    period = put(parent, "cac:InvoicePeriod")
    put(period, "cbc:StartDate", days[0].isoformat())
    put(period, "cbc:EndDate", days[1].isoformat())


def _money(parent: Element, tag: str, minor: int) -> None:
    put(parent, f"cbc:{tag}", amount(minor), currencyID=EUR)
