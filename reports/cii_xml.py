"""Writes an invoice of EN 16931 as Cross Industry Invoice D16B, which is `factur-x.xml`. Pure.

Order and names of elements are those of the schema of Factur-X 1.0, profile EN 16931; amounts have
two digits after the point, days are written by format 102 (yyyymmdd).
"""

from datetime import date

from reports.einvoice import EUR, EuInvoice, EuLine, EuParty, EuTax
from reports.upd import in_one_line
from reports.upd_xml import amount
from reports.xml_tree import Element, put, root, written

GUIDELINE = "urn:cen.eu:en16931:2017"
_UNECE = "urn:un:unece:uncefact:data"
SPACES = {
    "rsm": f"{_UNECE}:standard:CrossIndustryInvoice:100",
    "qdt": f"{_UNECE}:standard:QualifiedDataType:100",
    "ram": f"{_UNECE}:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_UNECE}:standard:UnqualifiedDataType:100",
}


def cii(invoice: EuInvoice) -> bytes:
    """The file; the same invoice gives the same bytes."""
    top = root("rsm:CrossIndustryInvoice", SPACES)
    guideline = "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    put(top, f"rsm:ExchangedDocumentContext/{guideline}", GUIDELINE)
    head = put(top, "rsm:ExchangedDocument")
    put(head, "ram:ID", invoice.number)
    put(head, "ram:TypeCode", invoice.type)
    _day(head, "ram:IssueDateTime", invoice.day)
    for note in invoice.notes:
        put(head, "ram:IncludedNote/ram:Content", in_one_line(note, 1000))
    trade = put(top, "rsm:SupplyChainTradeTransaction")
    for n, line in enumerate(invoice.lines, 1):
        _line(trade, n, line)
    agreement = put(trade, "ram:ApplicableHeaderTradeAgreement")
    _party(put(agreement, "ram:SellerTradeParty"), invoice.seller)
    _party(put(agreement, "ram:BuyerTradeParty"), invoice.buyer)
    delivered = put(trade, "ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent")
    _day(delivered, "ram:OccurrenceDateTime", invoice.period[1])
    _settlement(put(trade, "ram:ApplicableHeaderTradeSettlement"), invoice)
    return written(top)


def percent(rate_bp: int) -> str:
    """
    >>> percent(2550), percent(0)
    ('25.50', '0.00')
    """
    return amount(rate_bp)


def _line(trade: Element, n: int, line: EuLine) -> None:
    item = put(trade, "ram:IncludedSupplyChainTradeLineItem")
    put(item, "ram:AssociatedDocumentLineDocument/ram:LineID", str(n))
    product = put(item, "ram:SpecifiedTradeProduct")
    put(product, "ram:Name", line.name)
    put(product, "ram:Description", line.about)
    price = put(item, "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice")
    put(price, "ram:ChargeAmount", amount(line.net))
    put(price, "ram:BasisQuantity", str(line.quantity), unitCode=line.unit)
    billed = "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"
    put(item, billed, str(line.quantity), unitCode=line.unit)
    settled = put(item, "ram:SpecifiedLineTradeSettlement")
    tax = put(settled, "ram:ApplicableTradeTax")
    put(tax, "ram:TypeCode", "VAT")
    put(tax, "ram:CategoryCode", line.category)
    if line.rate_bp is not None:
        put(tax, "ram:RateApplicablePercent", percent(line.rate_bp))
    _period(settled, (line.day, line.day))
    total = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    put(settled, total, amount(line.net))


def _party(side: Element, party: EuParty) -> None:
    if party.id:
        put(side, "ram:ID", in_one_line(party.id, 100))
    put(side, "ram:Name", in_one_line(party.name, 1000))
    address = put(side, "ram:PostalTradeAddress")
    if where := in_one_line(party.address, 1000):
        put(address, "ram:LineOne", where)
    put(address, "ram:CountryID", party.country)
    if party.vat_id:
        put(side, "ram:SpecifiedTaxRegistration/ram:ID", party.vat_id, schemeID="VA")


def _settlement(settled: Element, invoice: EuInvoice) -> None:
    put(settled, "ram:InvoiceCurrencyCode", EUR)
    for one in invoice.taxes:
        _tax(put(settled, "ram:ApplicableTradeTax"), one)
    _period(settled, invoice.period)
    sums = put(settled, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    put(sums, "ram:LineTotalAmount", amount(invoice.net))
    put(sums, "ram:TaxBasisTotalAmount", amount(invoice.net))
    put(sums, "ram:TaxTotalAmount", amount(invoice.tax), currencyID=EUR)
    put(sums, "ram:GrandTotalAmount", amount(invoice.total))
    put(sums, "ram:TotalPrepaidAmount", amount(invoice.total))
    put(sums, "ram:DuePayableAmount", amount(0))
    if invoice.preceding:
        number, day = invoice.preceding
        old = put(settled, "ram:InvoiceReferencedDocument")
        put(old, "ram:IssuerAssignedID", number)
        put(old, "ram:FormattedIssueDateTime/qdt:DateTimeString", f"{day:%Y%m%d}", format="102")


def _tax(tax: Element, one: EuTax) -> None:
    put(tax, "ram:CalculatedAmount", amount(one.tax))
    put(tax, "ram:TypeCode", "VAT")
    if one.reason:
        put(tax, "ram:ExemptionReason", in_one_line(one.reason, 1000))
    put(tax, "ram:BasisAmount", amount(one.net))
    put(tax, "ram:CategoryCode", one.category)
    if one.code:
        put(tax, "ram:ExemptionReasonCode", one.code)
    if one.rate_bp is not None:
        put(tax, "ram:RateApplicablePercent", percent(one.rate_bp))


def _period(settled: Element, days: tuple[date, date]) -> None:
    period = put(settled, "ram:BillingSpecifiedPeriod")
    _day(period, "ram:StartDateTime", days[0])
    _day(period, "ram:EndDateTime", days[1])


def _day(parent: Element, tag: str, day: date) -> None:
    put(parent, f"{tag}/udt:DateTimeString", f"{day:%Y%m%d}", format="102")
