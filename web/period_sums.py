"""What a paper for a period would say, in the few sums and the first rows that its page shows."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection

import reports
from ledger import Money
from web.shapes_periods import PeriodRow, PeriodSums

ROWS = 50


async def preview(
    db: AsyncConnection,
    kind: str,
    scope: reports.Scope,
    customer: reports.Customer,
    at: datetime,
    issuer: reports.Issuer,
) -> PeriodSums:
    """Nothing is issued. Raises: NothingInPeriod, PeriodAhead, TotalsDiffer."""
    asked = (db, scope, customer, at, issuer)
    if kind == reports.PERIOD_ACT:
        return _act_sums(await reports.preview_act(*asked))
    if kind == reports.RECONCILIATION:
        return _reconciliation_sums(await reports.preview_reconciliation(*asked))
    if kind == reports.AGENT_REPORT:
        return _report_sums(await reports.preview_agent_report(*asked))
    return _statement_sums(await reports.preview_statement(*asked))


def _act_sums(act: reports.PeriodAct) -> PeriodSums:
    totals, currency = act.totals, act.scope.currency
    taxed = any(one.vat_bp is not None for one in act.rates)
    return PeriodSums(
        lines=totals.sessions,
        minutes=totals.minutes,
        total=Money(totals.kept, currency),
        words=reports.sum_text(totals.kept, currency, act.scope.locale),
        charged=Money(totals.charged, currency),
        refunded=Money(totals.refunded, currency),
        vat=Money(totals.vat, currency) if taxed else None,
        open=totals.open,
        rows=_sessions(act.lines[:ROWS], currency),
    )


def _statement_sums(statement: reports.Statement) -> PeriodSums:
    currency = statement.scope.currency
    rows = tuple(_moved(one, one.balance, currency) for one in statement.movements[:ROWS])
    return _account_sums(statement, rows)


def _reconciliation_sums(act: reports.Reconciliation) -> PeriodSums:
    first = islice(reports.postings(act), ROWS)
    rows = tuple(_moved(one.movement, one.balance, act.scope.currency) for one in first)
    return _account_sums(act, rows)


def _account_sums(
    paper: reports.Statement | reports.Reconciliation, rows: tuple[PeriodRow, ...]
) -> PeriodSums:
    """Turnovers between two balances; a debt to the platform is said in words without its sign."""
    totals, currency = paper.totals, paper.scope.currency
    return PeriodSums(
        lines=totals.lines,
        minutes=totals.charges,
        total=Money(totals.closing, currency),
        words=reports.sum_text(abs(totals.closing), currency, paper.scope.locale),
        charged=Money(totals.debits, currency),
        refunded=Money(totals.credits, currency),
        opening=Money(totals.opening, currency),
        rows=rows,
    )


def _report_sums(report: reports.AgentReport) -> PeriodSums:
    totals, currency = report.totals, report.scope.currency
    due = totals.own + totals.shared
    return PeriodSums(
        lines=totals.sessions,
        minutes=totals.minutes,
        total=Money(due, currency),
        words=reports.sum_text(due, currency, report.scope.locale),
        charged=Money(totals.charged, currency),
        refunded=Money(totals.refunded, currency),
        sold=Money(totals.sold, currency),
        fee=Money(totals.fee, currency),
        open=totals.open,
        rows=_sessions([one.line for one in report.lines[:ROWS]], currency),
    )


def _sessions(lines: Sequence[reports.PeriodLine], currency: str) -> tuple[PeriodRow, ...]:
    return tuple(
        PeriodRow(one.ended_at, one.topic, one.other_name, one.minutes, Money(one.kept, currency))
        for one in lines
    )


def _moved(one: reports.Movement, balance: int, currency: str) -> PeriodRow:
    """A movement with the balance after it; only sessions are named."""
    return PeriodRow(
        one.at,
        one.kind,
        one.ref if one.ref.startswith("S-") else "",
        one.charges,
        Money(one.minor, currency),
        Money(balance, currency),
    )
