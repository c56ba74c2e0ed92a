"""An electronic invoice of the European norm EN 16931 as frozen values, made from an act. Pure.

The buyer has paid beforehand, so nothing is due. Money is minor units of euros. The writers are
`reports.cii_xml` and `reports.ubl_xml`; numbers like BT-31 below are those of the norm's terms.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ledger import fault_in_vat_id
from reports.documents import Act
from reports.errors import EInvoiceIncomplete
from reports.issuer import Issuer, Vat
from reports.period import CONSULTANT, PeriodAct
from reports.price import MINUTE_S, by_the_second
from reports.upd import currency_of, days_of, in_one_line

#: BT-3: an invoice, a credit note.
INVOICE, CREDIT = "380", "381"
#: BT-118: taxed, exempt on a ground, owed by the buyer, out of scope of the tax.
STANDARD, EXEMPT, REVERSE, OUTSIDE = "S", "E", "AE", "O"
#: Recommendation 20 of UN/ECE: a minute; "one" where what was kept is no whole number of minutes.
MINUTE, UNIT = "MIN", "C62"
EUR = "EUR"
#: Countries of the common VAT area; ids of VAT of Greece begin with EL.
_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
UNION = frozenset(_UNION.split())
#: What the tax may differ from the rate of the sum, minor units: sessions are rounded one by one.
DRIFT_BELOW = 100
WHOLE_BP = 10_000
TEXT_CHARS_MAX = 1000
_REASONS = {
    REVERSE: ("Reverse charge", "VATEX-EU-AE"),
    OUTSIDE: ("Not subject to VAT", "VATEX-EU-O"),
}
_WORDS = {
    "en": ("Remote consultation", "Connection for a remote session", "session", "Paid in advance"),
    "ru": ("Удалённая консультация", "Услуга связи для удалённого сеанса", "сеанс", "Предоплачено"),
}


@dataclass(frozen=True, slots=True)
class EuParty:
    """`country` is two letters of ISO 3166; `id` is BT-29, for who has no id of VAT to show."""

    name: str
    country: str
    vat_id: str = ""
    address: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class EuLine:
    """`net` is without the tax `vat` of `rate_bp` (None is out of scope); `quantity` units cost
    it all together, so no price is rounded."""

    name: str
    about: str
    day: date
    unit: str
    quantity: int
    net: int
    vat: int
    category: str
    rate_bp: int | None


@dataclass(frozen=True, slots=True)
class EuTax:
    """BG-23: the sum of the lines of one category and rate, and the tax that was booked of them."""

    category: str
    rate_bp: int | None
    net: int
    tax: int
    reason: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class EuInvoice:
    """`preceding` is number and day of the invoice that this one corrects or takes back."""

    type: str
    number: str
    day: date
    period: tuple[date, date]
    seller: EuParty
    buyer: EuParty
    notes: tuple[str, ...]
    lines: tuple[EuLine, ...]
    taxes: tuple[EuTax, ...]
    preceding: tuple[str, date] | None = None

    @property
    def net(self) -> int:
        return sum(line.net for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(one.tax for one in self.taxes)

    @property
    def total(self) -> int:
        return self.net + self.tax


def country_of(vat_id: str) -> str:
    """
    >>> country_of("EL094014201"), country_of("DE136695976"), country_of("")
    ('GR', 'DE', '')
    """
    return "GR" if vat_id.startswith("EL") else vat_id[:2]


def invoice_number(number: str, revision: int) -> str:
    """BT-1: what the first revision is called, and each later one.

    >>> invoice_number("U-2026-000001", 1), invoice_number("U-2026-000001", 3)
    ('U-2026-000001', 'U-2026-000001-r3')
    """
    return number if revision == 1 else f"{number}-r{revision}"


def invoice_of(act: Act | PeriodAct, buyer: EuParty) -> EuInvoice:
    """The invoice of an act; that of a later revision names the one before.

    Raises: EInvoiceIncomplete naming what is missing or cannot be: name, country, vat_id, address
    of the buyer; "seller" without a European id of VAT, "currency" for other money than euros,
    "agent" where a part of the price belongs to another, "total" when nothing was kept, "vat" when
    the tax cannot be shown by the norm's arithmetic.
    """
    issuer, heading = act.issuer, act.heading
    wrong = buyer_faults(buyer)
    if fault_in_vat_id(issuer.vat_id):
        wrong.append("seller")
    if currency_of(act) != EUR:
        wrong.append("currency")
    if wrong:
        raise EInvoiceIncomplete(tuple(wrong))
    lines = tuple(_lines(act, buyer))
    taxes = _taxes(lines, issuer)
    seller = EuParty(issuer.name, country_of(issuer.vat_id), issuer.vat_id, issuer.address)
    if any(one.category == OUTSIDE for one in taxes):  # then no id of VAT may stand there
        seller, buyer = replace(seller, vat_id="", id=issuer.tax_id), replace(buyer, vat_id="")
    old = heading.replaces
    return EuInvoice(
        type=INVOICE,
        number=invoice_number(heading.number, heading.revision),
        day=heading.issued_at.astimezone(issuer.zone).date(),
        period=days_of(act),
        seller=seller,
        buyer=buyer,
        notes=(issuer.contract, _words(act)[3]),
        lines=lines,
        taxes=taxes,
        preceding=(
            invoice_number(heading.number, old.revision),
            old.issued_at.astimezone(issuer.zone).date(),
        )
        if old
        else None,
    )


def taken_back(invoice: EuInvoice, day: date) -> EuInvoice:
    """The credit note of a whole invoice, of the day on which another took its place."""
    return replace(
        invoice,
        type=CREDIT,
        number=f"{invoice.number}-C",
        day=day,
        preceding=(invoice.number, invoice.day),
    )


def buyer_of(act: Act | PeriodAct) -> EuParty:
    """Whom an act is made out to, as far as it says."""
    if isinstance(act, Act):
        return EuParty(act.buyer, "")
    told = act.customer
    return EuParty(told.name, country_of(told.vat_id), told.vat_id, told.address)


def buyer_faults(buyer: EuParty) -> list[str]:
    """Fields of a buyer that cannot stand in an invoice."""
    wrong = []
    if not in_one_line(buyer.name, 1) or len(buyer.name) > TEXT_CHARS_MAX:
        wrong.append("name")
    if len(buyer.address) > TEXT_CHARS_MAX:
        wrong.append("address")
    if len(buyer.country) != 2 or not (buyer.country.isascii() and buyer.country.isupper()):
        wrong.append("country")
    if buyer.vat_id and (
        fault_in_vat_id(buyer.vat_id) or country_of(buyer.vat_id) != buyer.country
    ):
        wrong.append("vat_id")
    return wrong


def hybrid_invoice(act: PeriodAct) -> EuInvoice | None:
    """The invoice that goes into the paper itself; None where the act does not say enough."""
    if not (act.issuer.vat_id and act.customer.vat_id):
        return None
    try:
        return invoice_of(act, buyer_of(act))
    except EInvoiceIncomplete:
        return None


def untaxed_ground(act: PeriodAct, vat: Vat) -> str:
    """Why an act has no tax, as its pages say it: what its own invoice says."""
    if not (act.issuer.vat_id and act.customer.vat_id):
        return vat.ground
    category = _category(None, country_of(act.issuer.vat_id), buyer_of(act))
    return _reason(category, vat)[0]


def _words(act: Act | PeriodAct) -> tuple[str, str, str, str]:
    return _WORDS[act.scope.locale if isinstance(act, PeriodAct) else "ru"]


def _lines(act: Act | PeriodAct, buyer: EuParty) -> Iterator[EuLine]:
    """What was kept of each session. Raises: EInvoiceIncomplete."""
    consultation, connection, session, _ = _words(act)
    if isinstance(act, Act):
        totals, facts, day = act.totals, act.facts, days_of(act)[0]
        own, base = facts.plan == "host-pays", act.vat_base
        sums = (totals.kept, act.vat, act.lines[0].seconds, bool(totals.refunded))
        found = [(facts.number, facts.topic, day, base, act.issuer.vat_on(day).rate_bp, sums)]
    else:
        own, zone = act.scope.role == CONSULTANT, act.issuer.zone
        found = [
            (
                one.session,
                one.topic,
                one.ended_at.astimezone(zone).date(),
                one.vat_base,
                one.vat_bp,
                (one.kept, one.vat, one.seconds, bool(one.refunded)),
            )
            for one in act.lines
        ]
    for number, topic, day, base, rate_bp, (kept, vat, seconds, refunded) in found:
        if not kept:
            continue
        minutes = 0 if refunded or by_the_second(seconds) else seconds // MINUTE_S
        if base != kept:
            raise EInvoiceIncomplete(("agent",))
        category = _category(rate_bp, country_of(act.issuer.vat_id), buyer)
        rate = rate_bp if category == STANDARD else None if category == OUTSIDE else 0
        yield EuLine(
            name=connection if own else consultation,
            about=in_one_line(f"{topic}, {session} {number}", 1000),
            day=day,
            unit=MINUTE if minutes else UNIT,
            quantity=minutes or 1,
            net=kept - vat,
            vat=vat,
            category=category,
            rate_bp=rate,
        )


def _category(rate_bp: int | None, home: str, buyer: EuParty) -> str:
    """By articles 44 and 196 of directive 2006/112/EC a service to a business abroad is taxed
    where the buyer is."""
    if rate_bp is not None:
        return STANDARD
    if buyer.country not in UNION:
        return OUTSIDE
    return REVERSE if buyer.vat_id and buyer.country != home else EXEMPT


def _taxes(lines: tuple[EuLine, ...], issuer: Issuer) -> tuple[EuTax, ...]:
    """Sums by category and rate. Raises: EInvoiceIncomplete when they cannot stand together."""
    if not lines:
        raise EInvoiceIncomplete(("total",))
    sums: dict[tuple[str, int | None], tuple[int, int, date]] = {}
    for line in lines:
        net, tax, _ = sums.get((line.category, line.rate_bp), (0, 0, line.day))
        sums[line.category, line.rate_bp] = (net + line.net, tax + line.vat, line.day)
    for (category, rate_bp), (net, tax, _) in sums.items():
        due = (2 * net * (rate_bp or 0) + WHOLE_BP) // (2 * WHOLE_BP)
        if abs(due - tax) >= DRIFT_BELOW or (category == OUTSIDE and len(sums) > 1):
            raise EInvoiceIncomplete(("vat",))
    return tuple(
        EuTax(category, rate_bp, net, tax, *_reason(category, issuer.vat_on(day)))
        for (category, rate_bp), (net, tax, day) in sorted(
            sums.items(), key=lambda one: (one[0][0], one[0][1] or 0)
        )
    )


def _reason(category: str, vat: Vat) -> tuple[str, str]:
    """Why there is no tax: text and code of the list VATEX."""
    if category == EXEMPT:
        return vat.ground or "Exempt", ""
    return _REASONS.get(category, ("", ""))
