"""An act of services for a period as a frozen value: lines, sums by rate, totals. Pure.

Lines are sessions that ended on the days of the period by the issuer's clock. A sum on paper is a
sum of charges less what came back; it must be what the ledger moved, or nothing is issued. Money
is minor units of one currency, minutes are billed minutes.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from reports.canonical import Json, canonical, digest
from reports.documents import WHOLE_BP
from reports.errors import NothingInPeriod, TotalsDiffer
from reports.headings import Heading, heading_from_json, heading_to_json
from reports.issuer import AGENT, Issuer
from reports.price import MINUTE_S, price_of

ACT_FORMAT = "minuta-act/1"
ACT_FILE = "act.json"
#: Moves when the layout changes: files of another template are not compared page by page.
ACT_TEMPLATE = 2
PERIOD_ACT = "period-act"
CLIENT, CONSULTANT = "client", "consultant"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a paper is about: who it is made out to, with whom, which days, both inclusive.

    `role` is what the buyer paid as: "client" for sessions that clients pay, "consultant" for
    sessions that consultants pay. `other` is one party on the other side, or "" for all of them.
    """

    role: str
    buyer: str
    first: date
    last: date
    other: str = ""
    currency: str = "RUB"
    locale: str = "ru"

    @property
    def key(self) -> str:
        """Papers of one key are revisions of each other."""
        days = (self.first.isoformat(), self.last.isoformat())
        return "|".join((self.role, self.buyer, self.other, self.currency, self.locale, *days))


@dataclass(frozen=True, slots=True)
class Pair:
    """Who paid, as what, and who was on the other side: (id, name) each."""

    role: str
    buyer: tuple[str, str]
    other: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom an act is made out to; requisites may be empty, and are printed when they are not."""

    id: str
    name: str
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    vat_id: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """One session: charged = platform + consultant + refunded + escrow + passed_on.

    `price` of a minute, None when minutes cost differently; `vat_bp` None is without VAT. Of what
    is kept, `promo` was promo credit. `protocol` names the newest protocol, `protocol_sha256` its
    file; both "" while it is not issued. `spare_s` is what the last minute lacks where seconds were
    sold.
    """

    session: str
    ended_at: datetime
    other: str
    other_name: str
    topic: str
    minutes: int
    price: int | None
    charged: int
    refunded: int
    platform: int
    consultant: int
    escrow: int
    passed_on: int
    promo: int
    vat: int
    vat_base: int
    vat_bp: int | None
    protocol: str = ""
    protocol_sha256: str = ""
    spare_s: int = 0

    @property
    def kept(self) -> int:
        return self.charged - self.refunded

    @property
    def seconds(self) -> int:
        """What was sold, on the billing clock."""
        return self.minutes * MINUTE_S - self.spare_s

    def __post_init__(self) -> None:
        """Raises: TotalsDiffer when the parts are not the whole."""
        parts = self.platform + self.consultant + self.refunded + self.escrow + self.passed_on
        if parts != self.charged:
            raise TotalsDiffer(f"split of {self.session}", self.charged, parts)


@dataclass(frozen=True, slots=True)
class RateTotal:
    """Sessions of one price and one rate of VAT; `price` None gathers those of mixed prices."""

    price: int | None
    vat_bp: int | None
    sessions: int
    minutes: int
    charged: int
    refunded: int
    kept: int
    vat: int


@dataclass(frozen=True, slots=True)
class PeriodTotals:
    """`open` of the sessions, for `open_minor`, may still be declared not resolved."""

    sessions: int
    minutes: int
    charged: int
    refunded: int
    kept: int
    vat: int
    vat_base: int
    promo: int
    open: int
    open_minor: int


@dataclass(frozen=True, slots=True)
class PeriodAct:
    """`debits` and `credits`: what the ledger moved on the buyer's accounts for these sessions."""

    heading: Heading
    issuer: Issuer
    scope: Scope
    customer: Customer
    lines: tuple[PeriodLine, ...]
    rates: tuple[RateTotal, ...]
    totals: PeriodTotals
    debits: int
    credits: int


@dataclass(frozen=True, slots=True)
class SessionSums:
    """A session as the database knows it, before tax: see `PeriodLine`. `provider_bp` is what its
    tariff gives the consultant; `vat_booked` the tax on the books, None when none was booked;
    `rate` is the tariff's price of a minute where it has one."""

    session: str
    ended_at: datetime
    other: str
    other_name: str
    topic: str
    minutes: int
    charged: int
    refunded: int
    platform: int
    consultant: int
    escrow: int
    passed_on: int
    promo: int
    provider_bp: int
    vat_booked: int | None = None
    protocol: str = ""
    protocol_sha256: str = ""
    spare_s: int = 0
    rate: int | None = None


def line_of(issuer: Issuer, one: SessionSums) -> PeriodLine:
    """The line with the tax of the session's day, reckoned as in the act of one session.

    Before the client's word an agent's commission is that of the silent "resolved". Raises:
    TotalsDiffer when the books took another tax, or when the parts are not the whole.
    """
    rate = issuer.vat_on(one.ended_at.astimezone(issuer.zone).date())
    base = one.charged - one.refunded
    if issuer.vat_mode == AGENT:
        fee = one.charged * (WHOLE_BP - one.provider_bp) // WHOLE_BP
        base = fee if one.escrow else one.platform
    vat = rate.inside(base)
    if one.vat_booked is not None and one.vat_booked != vat:
        raise TotalsDiffer(f"vat of {one.session}", vat, one.vat_booked)
    price = price_of(one.minutes * MINUTE_S - one.spare_s, one.charged, one.rate)
    same = {name.name: getattr(one, name.name) for name in fields(one)}
    del same["provider_bp"], same["vat_booked"], same["rate"]
    return PeriodLine(**same, price=price, vat=vat, vat_base=base, vat_bp=rate.rate_bp)


def totals_of_lines(lines: Iterable[PeriodLine]) -> PeriodTotals:
    """Every sum of the act; an empty period is all zeros."""
    names = ("minutes", "charged", "refunded", "kept", "vat", "vat_base", "promo")
    sums, sessions, open_, open_minor = dict.fromkeys(names, 0), 0, 0, 0
    for line in lines:
        sessions += 1
        for name in names:
            sums[name] += getattr(line, name)
        if line.escrow:
            open_, open_minor = open_ + 1, open_minor + line.escrow
    return PeriodTotals(sessions=sessions, open=open_, open_minor=open_minor, **sums)


def rates_of(lines: Iterable[PeriodLine]) -> tuple[RateTotal, ...]:
    """Sums by price and rate of VAT, the dearest first; they add up to the totals."""
    names = ("sessions", "minutes", "charged", "refunded", "kept", "vat")
    found: dict[tuple[int | None, int | None], dict[str, int]] = {}
    for line in lines:
        sums = found.setdefault((line.price, line.vat_bp), dict.fromkeys(names, 0))
        sums["sessions"] += 1
        for name in names[1:]:
            sums[name] += getattr(line, name)
    order = sorted(found, key=lambda key: (-(key[0] or 0), -(key[1] or 0)))
    return tuple(RateTotal(*key, **found[key]) for key in order)


def period_act(
    heading: Heading,
    issuer: Issuer,
    scope: Scope,
    customer: Customer,
    lines: tuple[PeriodLine, ...],
    turnover: tuple[int, int],
) -> PeriodAct:
    """The act; `turnover` is (debits, credits) of the ledger on the buyer's accounts.

    Raises: NothingInPeriod without a session; TotalsDiffer when the ledger moved another sum.
    """
    if not lines:
        raise NothingInPeriod(scope.first, scope.last)
    totals = totals_of_lines(lines)
    debits, credits = turnover
    for what, paper, ledger in (
        ("charged in the period", totals.charged, debits),
        ("turnover of the period", totals.kept, debits - credits),
    ):
        if paper != ledger:
            raise TotalsDiffer(what, paper, ledger)
    rates = rates_of(lines)
    return PeriodAct(heading, issuer, scope, customer, lines, rates, totals, debits, credits)


def certified(act: PeriodAct) -> str:
    """What decides whether a new revision is due: not its number and time, nor later protocols."""
    body = [_line_json(one) for one in act.lines]
    for line in body:
        for name in ("protocol", "protocol_sha256", "escrow", "platform", "consultant"):
            del line[name]
    return digest([act.scope.key, act.issuer.to_json(), asdict(act.customer), body])


def act_json(act: PeriodAct) -> bytes:
    """The attachment: canonical bytes of everything that the pages are made from."""
    body: Json = {
        "format": ACT_FORMAT,
        "template": ACT_TEMPLATE,
        "issuer": act.issuer.to_json(),
        "document": heading_to_json(act.heading),
        "scope": scope_to_json(act.scope),
        "customer": asdict(act.customer),
        "lines": [_line_json(one) for one in act.lines],
        "rates": [asdict(one) for one in act.rates],
        "totals": asdict(act.totals),
        "ledger": {"debits": act.debits, "credits": act.credits},
    }
    return canonical(body)


def act_from_json(body: Json) -> PeriodAct:
    """The act back, its sums made anew. Raises: KeyError, TypeError, ValueError, PaperError."""
    ledger = body["ledger"]
    return period_act(
        heading_from_json(body["document"]),
        Issuer.from_json(body["issuer"]),
        scope_from_json(body["scope"]),
        Customer(**body["customer"]),
        tuple(line_from_json(one) for one in body["lines"]),
        (ledger["debits"], ledger["credits"]),
    )


def scope_to_json(scope: Scope) -> Json:
    return asdict(scope) | {"first": scope.first.isoformat(), "last": scope.last.isoformat()}


def scope_from_json(body: Json) -> Scope:
    days = {name: date.fromisoformat(body[name]) for name in ("first", "last")}
    return Scope(**{**body, **days})


def _line_json(line: PeriodLine) -> Json:
    plain: dict[str, Any] = {one.name: getattr(line, one.name) for one in fields(line)}
    ended_at = line.ended_at.astimezone(UTC).isoformat(timespec="microseconds")
    if not line.spare_s:  # files from before seconds were told say nothing of them
        del plain["spare_s"]
    return plain | {"ended_at": ended_at}


def line_from_json(one: Json) -> PeriodLine:
    return PeriodLine(**(one | {"ended_at": datetime.fromisoformat(one["ended_at"])}))
