"""Issue acts and statements for a period; a correction is the next revision of its number."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, StatementLine, first_version_from, statement
from reports import log_verbs, store
from reports.drafts import Draft, heading_of, kept, press_draft
from reports.errors import PeriodAhead
from reports.headings import Heading
from reports.issuer import Issuer
from reports.numbering import Numbering, coming_number, next_number
from reports.period import (
    PERIOD_ACT,
    Customer,
    Pair,
    PeriodAct,
    Scope,
    certified,
    line_of,
    period_act,
)
from reports.press import Pressed
from reports.queries_period import names_of_parties, pairs_of_period, sessions_of_period
from reports.register import Filter, PeriodIssued
from reports.seal import Sealer
from reports.statement import (
    CHARGED,
    EARNINGS,
    STATEMENT,
    Movement,
    Statement,
    gathered,
    statement_of,
    told_by,
)

PAGE = 500
PAIRS_MAX = 20_000
Made = PeriodAct | Statement


def moments_of(scope: Scope, issuer: Issuer) -> tuple[datetime, datetime]:
    """First moment of the period and the first after it, by the issuer's clock."""
    begin = datetime.combine(scope.first, time(), issuer.zone)
    end = datetime.combine(scope.last + timedelta(days=1), time(), issuer.zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


async def preview_act(
    db: AsyncConnection, scope: Scope, customer: Customer, at: datetime, issuer: Issuer
) -> PeriodAct:
    """The act as it would be issued, under no number. Raises: as `issue_period_act`."""
    since, until = _checked(scope, at, issuer)
    found, turnover = await sessions_of_period(db, scope, since, until)
    lines = tuple(line_of(issuer, one) for one in found)
    head = Heading(PERIOD_ACT, "", 1, at)
    return period_act(head, issuer, scope, customer, lines, turnover)


async def issue_period_act(
    db: AsyncConnection, scope: Scope, customer: Customer, at: datetime, sealer: Sealer
) -> PeriodIssued:
    """The act of every session of the scope: the one there is, or its correction.

    It is drawn inside the transaction: where others wait, go by `draft_period_paper`,
    `press_draft` and `keep_period_paper`. Raises: NothingInPeriod, PeriodAhead, TotalsDiffer.
    """
    return await _issue(db, PERIOD_ACT, scope, customer, at, sealer)


async def preview_statement(
    db: AsyncConnection, scope: Scope, customer: Customer, at: datetime, issuer: Issuer
) -> Statement:
    """The statement as it would be issued. Raises: PeriodAhead, TotalsDiffer."""
    since, until = _checked(scope, at, issuer)
    kind = AccountKind.EARNINGS if scope.role == EARNINGS else AccountKind.PREPAID
    account = Account(kind, scope.buyer, scope.currency)
    entries, opening = await _entries(db, account, since, until)
    closing = entries[-1].balance if entries else opening
    head = Heading(STATEMENT, "", 1, at)
    return statement_of(head, issuer, scope, customer, gathered(entries), (opening, closing))


async def issue_statement(
    db: AsyncConnection, scope: Scope, customer: Customer, at: datetime, sealer: Sealer
) -> PeriodIssued:
    """Every movement of an account: the statement there is, or its correction.

    It is drawn inside the transaction, as by `issue_period_act`. Raises: PeriodAhead, TotalsDiffer.
    """
    return await _issue(db, STATEMENT, scope, customer, at, sealer)


async def draft_period_paper(
    db: AsyncConnection, kind: str, scope: Scope, customer: Customer, at: datetime, sealer: Sealer
) -> PeriodIssued | Draft[Made]:
    """What would be issued, PERIOD_ACT or STATEMENT, or the one there is. Only reads.

    Raises: as `issue_period_act` and `issue_statement`.
    """
    return await _draft(db, kind, scope, customer, at, sealer, coming_number)


async def keep_period_paper(
    db: AsyncConnection, draft: Draft[Made], pressed: Pressed, sealer: Sealer
) -> PeriodIssued:
    """Issue what was drafted and pressed. Raises: Overtaken, then nothing may be committed."""
    made = draft.document
    kind, at = made.heading.kind, made.heading.issued_at
    await store.lock(db, made.scope.key, kind)
    await log_verbs.lock(db)
    again = await _draft(db, kind, made.scope, made.customer, at, sealer, next_number)
    return await kept(db, draft, again, pressed, sealer, _entry)


async def period_papers(db: AsyncConnection, wanted: Filter | None = None) -> list[PeriodIssued]:
    """Acts and statements for periods, newest first."""
    return await store.listed_of_periods(db, wanted or Filter())


async def pairs_in(
    db: AsyncConnection, first: date, last: date, issuer: Issuer, party: str = ""
) -> list[Pair]:
    """Who may get an act for these days, and with whom; of one party, or of all.

    PAIRS_MAX at most: as many of them mean that there may be more.
    """
    since, until = moments_of(Scope("", "", first, last), issuer)
    return await pairs_of_period(db, since, until, party, PAIRS_MAX)


async def customer_of(db: AsyncConnection, party: str) -> Customer:
    """A party as papers name it, without requisites."""
    names = await names_of_parties(db, {party})
    return Customer(party, names.get(party, ""))


async def _entries(
    db: AsyncConnection, account: Account, since: datetime, until: datetime
) -> tuple[list[Movement], int]:
    """The account's entries of the period, oldest first, and the balance before them.

    Cut between two entries at both ends, so that each stands in one of two neighbouring statements
    even if another machine's clock was a little off. Newer and older ones are not read.
    """
    first, after = [await first_version_from(db, account, one) for one in (since, until)]
    found: list[StatementLine] = []
    before = after
    while before > first:
        page = await statement(db, account, min(PAGE, before - first), before)
        found += page
        before = page[-1].version
    entry = await statement(db, account, 1, first)
    opening = entry[0].balance_after.minor if entry else 0
    return [_movement(line) for line in reversed(found)], opening


def _movement(line: StatementLine) -> Movement:
    charges = 1 if line.kind == CHARGED and line.amount.minor < 0 else 0
    balance = line.balance_after.minor
    return Movement(line.at, line.at, line.kind, line.ref, charges, line.amount.minor, balance)


def _checked(scope: Scope, at: datetime, issuer: Issuer) -> tuple[datetime, datetime]:
    """Raises: PeriodAhead for a day that has not come yet."""
    today = at.astimezone(issuer.zone).date()
    if scope.last > today:
        raise PeriodAhead(scope.last, today)
    return moments_of(scope, issuer)


async def _issue(
    db: AsyncConnection, kind: str, scope: Scope, customer: Customer, at: datetime, sealer: Sealer
) -> PeriodIssued:
    await store.lock(db, scope.key, kind)
    await log_verbs.lock(db)
    draft = await _draft(db, kind, scope, customer, at, sealer, next_number)
    if not isinstance(draft, Draft):
        return draft
    return await kept(db, draft, draft, await press_draft(draft), sealer, _entry)


async def _draft(
    db: AsyncConnection,
    kind: str,
    scope: Scope,
    customer: Customer,
    at: datetime,
    sealer: Sealer,
    numbering: Numbering,
) -> PeriodIssued | Draft[Made]:
    """The newest revision if it says the same, else the next one."""
    made: Made
    if kind == PERIOD_ACT:
        made = await preview_act(db, scope, customer, at, sealer.issuer)
        content = certified(made)
    else:
        made = await preview_statement(db, scope, customer, at, sealer.issuer)
        content = told_by(made)
    old = await store.latest_of_subject(db, kind, scope.key)
    if old and old.content == content:
        return old
    heading = await heading_of(db, kind, old, at, sealer.issuer, numbering)
    return Draft(replace(made, heading=heading), content)


def _entry(document: Made, content: str, pdf: bytes) -> PeriodIssued:
    heading, scope = document.heading, document.scope
    if isinstance(document, PeriodAct):
        sessions, minutes = document.totals.sessions, document.totals.minutes
        total, other = document.totals.kept, document.lines[0].other_name if scope.other else ""
    else:
        sessions, minutes = 0, document.totals.charges
        total, other = document.totals.closing, ""
    return PeriodIssued(
        number=heading.number,
        revision=heading.revision,
        kind=heading.kind,
        subject=scope.key,
        buyer=scope.buyer,
        other=scope.other,
        buyer_name=document.customer.name,
        other_name=other,
        first_on=scope.first,
        last_on=scope.last,
        locale=scope.locale,
        sessions=sessions,
        minutes=minutes,
        total_minor=total,
        currency=scope.currency,
        issued_at=heading.issued_at,
        sha256=hashlib.sha256(pdf).hexdigest(),
        size=len(pdf),
        content=content,
    )
