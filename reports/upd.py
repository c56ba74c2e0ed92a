"""A universal transfer document (УПД 5.03) as frozen values, made from an issued act. Pure.

Money is minor units of roubles. A line is taxed at one rate or not at all; an agent's act parts
what is taxed, its fee, from what is not. `reports.upd_xml` writes the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from ledger import fault_in_inn, fault_in_kpp
from reports.documents import Act
from reports.errors import UpdIncomplete
from reports.headings import Heading
from reports.issuer import AGENT, Issuer
from reports.period import CONSULTANT, PeriodAct
from reports.price import MINUTE_S, by_the_second

#: Functions of the document: the primary document alone, or an invoice for VAT as well.
DOP, SCHFDOP = "ДОП", "СЧФДОП"
MINUTE, UNIT = ("355", "мин"), ("876", "усл. ед")
SECOND = ("354", "с")
RUB = "RUB"
_CONSULTATION = "Удалённая консультация"
_CONNECTION = "Услуга связи для удалённого сеанса"
FEE = "вознаграждение агента"
_TYPED = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2212": "-", "₽": "руб."})
ID_CHARS = re.compile(r"[0-9A-Za-z\-]{1,46}")


@dataclass(frozen=True, slots=True)
class UpdParty:
    """A side: ten digits of `inn` are a company; an entrepreneur has twelve and says so in
    the name («ИП …»), a person has twelve or none.

    `id` names the side in the exchange of documents; who has none goes by INN and KPP.
    """

    name: str
    inn: str = ""
    kpp: str = ""
    address: str = ""
    id: str = ""

    @property
    def exchange_id(self) -> str:
        return self.id or f"{self.inn}{self.kpp}" or "0"


@dataclass(frozen=True, slots=True)
class UpdLine:
    """`total` holds `vat`; `rate_bp` None is without VAT. `unit` is code and name by ОКЕИ."""

    name: str
    unit: tuple[str, str]
    quantity: int
    total: int
    vat: int = 0
    rate_bp: int | None = None

    @property
    def net(self) -> int:
        return self.total - self.vat


@dataclass(frozen=True, slots=True)
class Upd:
    """`day` is that of revision 1, `correction` the number and day of a later one; `guid` is the
    same for the same paper and sides."""

    function: str
    number: str
    day: date
    correction: tuple[int, date] | None
    made_at: datetime
    seller: UpdParty
    buyer: UpdParty
    contract: str
    contract_day: date
    period: tuple[date, date]
    lines: tuple[UpdLine, ...]
    signer_post: str
    signer: str

    @property
    def taxed(self) -> bool:
        return any(line.rate_bp is not None for line in self.lines)


def upd_of(act: Act | PeriodAct, buyer: UpdParty, first_day: date, seller_id: str = "") -> Upd:
    """The document of an act; `first_day` is when revision 1 was issued.

    Raises: UpdIncomplete naming the fields that are missing or have a wrong check digit, and
    "total" when nothing was kept, "currency" for other money than roubles.
    """
    heading, issuer = act.heading, act.issuer
    seller = seller_of(issuer, seller_id)
    function = SCHFDOP if _invoices(issuer, act) else DOP
    lines = tuple(lines_of(act))
    _check(act, seller, buyer, function, lines)
    days = days_of(act)
    return Upd(
        function=function,
        number=heading.number,
        day=first_day,
        correction=_correction(heading, issuer),
        made_at=heading.issued_at.astimezone(issuer.zone),
        seller=seller,
        buyer=buyer,
        contract=issuer.contract,
        contract_day=days[0],
        period=days,
        lines=lines,
        signer_post=issuer.signer_post,
        signer=issuer.signer,
    )


def seller_of(issuer: Issuer, id: str = "") -> UpdParty:
    """The issuer as a side, its numbers read from the line that is printed.

    >>> seller_of(Issuer()).inn, seller_of(Issuer()).kpp
    ('7799123455', '779901001')
    """
    inn = re.search(r"ИНН\s*(\d{10}|\d{12})(?!\d)", issuer.tax_id)
    kpp = re.search(r"КПП\s*(\w{9})", issuer.tax_id)
    numbers = (inn[1] if inn else "", kpp[1] if kpp else "")
    return UpdParty(issuer.name, *numbers, issuer.address, id)


def buyer_of(act: Act | PeriodAct) -> UpdParty:
    """Whom an act is made out to, as far as it says."""
    if isinstance(act, Act):
        return UpdParty(act.buyer)
    told = act.customer
    return UpdParty(told.name, told.inn, told.kpp, told.address)


def buyer_faults(buyer: UpdParty) -> list[str]:
    """Fields of a side that cannot stand in the file."""
    wrong = []
    if not in_one_line(buyer.name, 1) or len(buyer.name) > 1000:
        wrong.append("name")
    if buyer.inn and fault_in_inn(buyer.inn):
        wrong.append("inn")
    if buyer.kpp and (fault_in_kpp(buyer.kpp) or len(buyer.inn) != 10):
        wrong.append("kpp")
    if len(buyer.address) > 1000 or (buyer.address and not in_one_line(buyer.address, 1)):
        wrong.append("address")
    if buyer.id and not ID_CHARS.fullmatch(buyer.id):
        wrong.append("id")
    return wrong


def in_one_line(text: str, most: int) -> str:
    """What of a text stands in the file: on one line, of what XML allows, `most` characters.

    >>> in_one_line(" 5\u00a0₽\\n\\x1b ", 10)
    '5 руб.'
    """
    kept = "".join(char if _allowed(char) else " " for char in text.translate(_TYPED))
    return " ".join(kept.split())[:most].strip()


def _allowed(char: str) -> bool:
    code = ord(char)
    return code >= 0x20 and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)


def _check(
    act: Act | PeriodAct,
    seller: UpdParty,
    buyer: UpdParty,
    function: str,
    lines: tuple[UpdLine, ...],
) -> None:
    wrong = buyer_faults(buyer)
    if not seller.inn or buyer_faults(seller):
        wrong.append("seller")
    if function == SCHFDOP and not in_one_line(buyer.address, 1):
        wrong.append("address")
    if currency_of(act) != RUB:
        wrong.append("currency")
    if not lines:
        wrong.append("total")
    if wrong:
        raise UpdIncomplete(tuple(dict.fromkeys(wrong)))


def currency_of(act: Act | PeriodAct) -> str:
    """What the sums of an act are in."""
    return act.totals.currency if isinstance(act, Act) else act.scope.currency


def _invoices(issuer: Issuer, act: Act | PeriodAct) -> bool:
    """An invoice for VAT belongs to who sells in its own name and pays the tax; an agent's fee is
    invoiced to its principals."""
    if issuer.vat_mode == AGENT:
        return False
    if isinstance(act, PeriodAct):
        return any(line.vat_bp is not None for line in act.lines)
    return issuer.vat_on(days_of(act)[0]).rate_bp is not None


def _correction(heading: Heading, issuer: Issuer) -> tuple[int, date] | None:
    if heading.revision == 1:
        return None
    return heading.revision - 1, heading.issued_at.astimezone(issuer.zone).date()


def days_of(act: Act | PeriodAct) -> tuple[date, date]:
    """First and last day of the services, by the issuer's clock."""
    if isinstance(act, PeriodAct):
        return act.scope.first, act.scope.last
    ended = act.facts.ended_at or act.heading.issued_at
    day = ended.astimezone(act.issuer.zone).date()
    return day, day


def service_of(act: Act | PeriodAct) -> str:
    """What is sold: the consultation, or only the connection for it."""
    if isinstance(act, Act):
        return _CONNECTION if act.facts.plan == "host-pays" else _CONSULTATION
    return _CONNECTION if act.scope.role == CONSULTANT else _CONSULTATION


def lines_of(act: Act | PeriodAct) -> Iterator[UpdLine]:
    """What was kept of each session; nothing was handed over where nothing was."""
    service = service_of(act)
    if isinstance(act, Act):
        facts, totals = act.facts, act.totals
        name = f"{service}: {facts.topic}, сеанс {facts.number}"
        whole = None if totals.refunded else act.lines[0].seconds
        rate = act.issuer.vat_on(days_of(act)[0]).rate_bp
        yield from _parted(name, whole, (totals.kept, act.vat, act.vat_base), rate)
        return
    for one in act.lines:
        day = one.ended_at.astimezone(act.issuer.zone)
        name = f"{service} {day:%d.%m.%Y}: {one.topic}, сеанс {one.session}"
        whole = None if one.refunded else one.seconds
        yield from _parted(name, whole, (one.kept, one.vat, one.vat_base), one.vat_bp)


def _parted(
    name: str, seconds: int | None, sums: tuple[int, int, int], rate_bp: int | None
) -> Iterator[UpdLine]:
    """One line, or two where the tax is in a part; `sums` are kept, VAT, what the VAT is inside.

    Minutes, or seconds where those were sold, are the measure only while the whole price was kept.
    """
    kept, vat, base = sums
    measure = (UNIT, 1)
    if seconds:
        measure = (SECOND, seconds) if by_the_second(seconds) else (MINUTE, seconds // MINUTE_S)
    if not kept:
        return
    if rate_bp is None:
        yield UpdLine(name, *measure, kept)
    elif base == kept:
        yield UpdLine(name, *measure, kept, vat, rate_bp)
    else:
        yield UpdLine(name, *measure, kept - base)
        if base:
            yield UpdLine(f"{name}, {FEE}", UNIT, 1, base, vat, rate_bp)
