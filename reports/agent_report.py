"""An agent's report as a frozen value: what was sold for a principal, and to whom it went. Pure.

The principal is a consultant whose clients paid the platform. Each session that ended in the period
is a line whose sum divides into the platform's fee, the principal's share, the colleagues' and what
was passed on; so the report is the register of the split too. The principal's earnings account over
the same days says what was credited and paid out. Money is minor units of one currency.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from reports.account_part import AccountPart, part_from_json, part_json
from reports.canonical import Json, canonical, digest
from reports.errors import NothingInPeriod, TotalsDiffer
from reports.headings import Heading, heading_from_json, heading_to_json
from reports.issuer import AGENT, Issuer
from reports.period import (
    Customer,
    PeriodLine,
    Scope,
    line_from_json,
    line_json,
    scope_from_json,
    scope_to_json,
)

AGENT_REPORT_FORMAT = "minuta-agent-report/1"
AGENT_REPORT_FILE = "agent-report.json"
AGENT_REPORT_TEMPLATE = 1
AGENT_REPORT = "agent-report"
#: The role of its scope: the buyer is the principal, `other` is "".
PRINCIPAL_OF = "principal"
#: Journals of an earnings account, by what they are on paper.
EARNED, PAID, GIVEN_BACK = (
    ("settlement", "ruling"),
    ("payout", "pay_out"),
    ("payout_returned", "pay_out_returned"),
)
RESERVED = ("reserve_kept", "reserve_released")


@dataclass(frozen=True, slots=True)
class Sold:
    """A session that the principal led; `own` is the principal's part of all consultants' share."""

    line: PeriodLine
    own: int

    @property
    def colleagues(self) -> int:
        return self.line.consultant - self.own


@dataclass(frozen=True, slots=True)
class Shared:
    """A colleague's session in which the principal helped for a share; sold by `host_name`."""

    session: str
    ended_at: datetime
    host_name: str
    topic: str
    own: int


@dataclass(frozen=True, slots=True)
class SplitTotals:
    """charged = refunded + fee + own + colleagues + passed_on + waiting.

    `vat` is what is inside the fee of an agent, or inside the price of a principal of tax; `shared`
    is earned in sessions of colleagues, on top of `own`. `open` sessions wait for their outcome.
    """

    sessions: int
    minutes: int
    charged: int
    refunded: int
    sold: int
    fee: int
    vat: int
    own: int
    colleagues: int
    passed_on: int
    waiting: int
    open: int
    shared: int


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How the earnings account got from `opening` to `closing`: their sum is the closing balance.

    `here` was credited for sessions of this report, `elsewhere` for those of other periods.
    """

    opening: int
    here: int
    elsewhere: int
    paid: int
    given_back: int
    reserved: int
    other: int
    closing: int


@dataclass(frozen=True, slots=True)
class AgentReport:
    """`debits` and `credits`: what the ledger moved on the accounts of those who paid."""

    heading: Heading
    issuer: Issuer
    scope: Scope
    customer: Customer
    lines: tuple[Sold, ...]
    shares: tuple[Shared, ...]
    earnings: AccountPart
    totals: SplitTotals
    reckoning: Reckoning
    debits: int
    credits: int


def fee_vat(line: PeriodLine, issuer: Issuer) -> int:
    """The tax of a line; an agent's fee is none before the outcome, so neither is its tax."""
    return 0 if issuer.vat_mode == AGENT and line.escrow else line.vat


def split_totals(
    issuer: Issuer, lines: Iterable[Sold], shares: Iterable[Shared] = ()
) -> SplitTotals:
    """Every sum of the report; without a session all zeros."""
    found = list(lines)
    plain = [one.line for one in found]
    return SplitTotals(
        sessions=len(found),
        minutes=sum(line.minutes for line in plain),
        charged=sum(line.charged for line in plain),
        refunded=sum(line.refunded for line in plain),
        sold=sum(line.kept for line in plain),
        fee=sum(line.platform for line in plain),
        vat=sum(fee_vat(line, issuer) for line in plain),
        own=sum(one.own for one in found),
        colleagues=sum(one.colleagues for one in found),
        passed_on=sum(line.passed_on for line in plain),
        waiting=sum(line.escrow for line in plain),
        open=sum(1 for line in plain if line.escrow),
        shared=sum(one.own for one in shares),
    )


def reckoned(earnings: AccountPart, sessions: set[str]) -> Reckoning:
    """The account's movements by what they were; `sessions` are those of the report."""
    sums = dict.fromkeys(("here", "elsewhere", "paid", "given_back", "reserved", "other"), 0)
    names = dict.fromkeys(PAID, "paid") | dict.fromkeys(GIVEN_BACK, "given_back")
    names |= dict.fromkeys(RESERVED, "reserved")
    for one in earnings.movements:
        name = names.get(one.kind, "other")
        if one.kind in EARNED:
            name = "here" if one.ref in sessions else "elsewhere"
        sums[name] += one.minor
    totals = earnings.totals
    return Reckoning(opening=totals.opening, closing=totals.closing, **sums)


def agent_report(
    heading: Heading,
    issuer: Issuer,
    scope: Scope,
    customer: Customer,
    sold: tuple[tuple[Sold, ...], tuple[Shared, ...]],
    earnings: AccountPart,
    turnover: tuple[int, int],
) -> AgentReport:
    """The report; `turnover` is (debits, credits) of the ledger on the payers' accounts.

    Raises: NothingInPeriod without a session and a movement; TotalsDiffer when the ledger moved
    another sum.
    """
    lines, shares = sold
    if not (lines or shares or earnings.moved):
        raise NothingInPeriod(scope.first, scope.last)
    totals = split_totals(issuer, lines, shares)
    debits, credits = turnover
    for what, paper, ledger in (
        ("charged in the period", totals.charged, debits),
        ("turnover of the period", totals.sold, debits - credits),
    ):
        if paper != ledger:
            raise TotalsDiffer(what, paper, ledger)
    sessions = {one.line.session for one in lines} | {one.session for one in shares}
    reckoning = reckoned(earnings, sessions)
    return AgentReport(
        heading, issuer, scope, customer, lines, shares, earnings, totals, reckoning, *turnover
    )


def reported(report: AgentReport) -> str:
    """What decides whether a new revision is due: not its number and time, nor later protocols."""
    body = [_sold_json(one) for one in report.lines]
    for line in body:
        del line["protocol"], line["protocol_sha256"]
    rest = [[_shared_json(one) for one in report.shares], part_json(report.earnings)]
    head = [report.scope.key, report.issuer.to_json(), asdict(report.customer)]
    return digest([*head, body, *rest])


def agent_report_json(report: AgentReport) -> bytes:
    """The attachment: canonical bytes of everything that the pages are made from."""
    return canonical(
        {
            "format": AGENT_REPORT_FORMAT,
            "template": AGENT_REPORT_TEMPLATE,
            "issuer": report.issuer.to_json(),
            "document": heading_to_json(report.heading),
            "scope": scope_to_json(report.scope),
            "customer": asdict(report.customer),
            "lines": [_sold_json(one) for one in report.lines],
            "shares": [_shared_json(one) for one in report.shares],
            "earnings": part_json(report.earnings),
            "totals": asdict(report.totals),
            "reckoning": asdict(report.reckoning),
            "ledger": {"debits": report.debits, "credits": report.credits},
        }
    )


def agent_report_from_json(body: Json) -> AgentReport:
    """The report back, its sums made anew. Raises: KeyError, TypeError, ValueError, PaperError."""
    ledger = body["ledger"]
    lines = tuple(sold_from_json(one) for one in body["lines"])
    return agent_report(
        heading_from_json(body["document"]),
        Issuer.from_json(body["issuer"]),
        scope_from_json(body["scope"]),
        Customer(**body["customer"]),
        (lines, tuple(_shared_from_json(one) for one in body["shares"])),
        part_from_json(body["earnings"]),
        (ledger["debits"], ledger["credits"]),
    )


def sold_from_json(one: Json) -> Sold:
    plain = dict(one)
    return Sold(own=plain.pop("own"), line=line_from_json(plain))


def _sold_json(one: Sold) -> Json:
    return {**line_json(one.line), "own": one.own}


def _shared_json(one: Shared) -> Json:
    ended_at = one.ended_at.astimezone(UTC).isoformat(timespec="microseconds")
    return asdict(one) | {"ended_at": ended_at}


def _shared_from_json(one: Json) -> Shared:
    return Shared(**(one | {"ended_at": datetime.fromisoformat(one["ended_at"])}))
