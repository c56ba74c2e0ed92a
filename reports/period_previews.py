"""Papers for a period as they would be issued, under no number. Only reads."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind
from reports.account_part import ACCOUNTS, AccountPart, part_of
from reports.agent_report import AGENT_REPORT, AgentReport, Sold, agent_report, reported
from reports.headings import Heading
from reports.issuer import Issuer
from reports.period import (
    PERIOD_ACT,
    Customer,
    PeriodAct,
    Scope,
    certified,
    line_of,
    period_act,
)
from reports.period_reading import checked, entries_of
from reports.queries_period import acts_of, own_shares, sessions_of_period, shared_sessions
from reports.reconciliation import RECONCILIATION, Reconciliation, agreed, reconciliation_of
from reports.statement import (
    CHARGED,
    EARNINGS,
    STATEMENT,
    WALLET,
    Statement,
    gathered,
    statement_of,
    told_by,
)

_KINDS = (AccountKind.PREPAID, AccountKind.EARNINGS, AccountKind.RESERVE, AccountKind.RECOURSE)
_KIND_OF = dict(zip(ACCOUNTS, _KINDS, strict=True))
#: Movements of a session's money: an act stands behind them.
OF_SESSIONS = (CHARGED, "settlement", "ruling")


async def preview_act(
    db: AsyncConnection, scope: Scope, customer: Customer, at: datetime, issuer: Issuer
) -> PeriodAct:
    """The act as it would be issued, under no number. Raises: as `issue_period_act`."""
    since, until = checked(scope, at, issuer)
    found, turnover = await sessions_of_period(db, scope, since, until)
    lines = tuple(line_of(issuer, one) for one in found)
    head = Heading(PERIOD_ACT, "", 1, at)
    return period_act(head, issuer, scope, customer, lines, turnover)


async def preview_statement(
    db: AsyncConnection, scope: Scope, customer: Customer, at: datetime, issuer: Issuer
) -> Statement:
    """The statement as it would be issued. Raises: PeriodAhead, TotalsDiffer."""
    part = await _part(db, scope.role, scope, checked(scope, at, issuer))
    balances = (part.totals.opening, part.totals.closing)
    head = Heading(STATEMENT, "", 1, at)
    return statement_of(head, issuer, scope, customer, part.movements, balances)


async def preview_reconciliation(
    db: AsyncConnection, scope: Scope, customer: Customer, at: datetime, issuer: Issuer
) -> Reconciliation:
    """Every account of a partner: the wallet always, others when they were ever used.

    Raises: PeriodAhead, TotalsDiffer.
    """
    moments = checked(scope, at, issuer)
    every = [await _part(db, name, scope, moments) for name in ACCOUNTS]
    parts = tuple(one for one in every if one.moved or one.account == WALLET)
    refs = {
        one.ref for part in parts for one in part.movements if one.kind in OF_SESSIONS and one.ref
    }
    acts = await acts_of(db, sorted(refs))
    head = Heading(RECONCILIATION, "", 1, at)
    return reconciliation_of(head, issuer, scope, customer, parts, tuple(sorted(acts.items())))


async def preview_agent_report(
    db: AsyncConnection, scope: Scope, customer: Customer, at: datetime, issuer: Issuer
) -> AgentReport:
    """What was sold for the buyer as principal, and the earnings of the same days.

    Raises: NothingInPeriod, PeriodAhead, TotalsDiffer.
    """
    moments = checked(scope, at, issuer)
    found, turnover = await sessions_of_period(db, scope, *moments)
    numbers = [one.session for one in found]
    own = await own_shares(db, numbers, scope.buyer, scope.currency)
    lines = tuple(Sold(line_of(issuer, one), own.get(one.session, 0)) for one in found)
    shares = tuple(await shared_sessions(db, scope, *moments))
    earnings = await _part(db, EARNINGS, scope, moments)
    head = Heading(AGENT_REPORT, "", 1, at)
    return agent_report(head, issuer, scope, customer, (lines, shares), earnings, turnover)


async def _part(
    db: AsyncConnection, name: str, scope: Scope, moments: tuple[datetime, datetime]
) -> AccountPart:
    """An account of the buyer from one moment to before the other."""
    account = Account(_KIND_OF[name], scope.buyer, scope.currency)
    entries, opening = await entries_of(db, account, *moments)
    closing = entries[-1].balance if entries else opening
    return part_of(name, gathered(entries), (opening, closing))


Made = PeriodAct | Statement | Reconciliation | AgentReport


class Kind(NamedTuple):
    """How a kind of paper is made, and the digest that decides whether a revision is due."""

    preview: Callable[[AsyncConnection, Scope, Customer, datetime, Issuer], Awaitable[Made]]
    content: Callable[[Any], str]


KINDS = {
    PERIOD_ACT: Kind(preview_act, certified),
    STATEMENT: Kind(preview_statement, told_by),
    RECONCILIATION: Kind(preview_reconciliation, agreed),
    AGENT_REPORT: Kind(preview_agent_report, reported),
}
