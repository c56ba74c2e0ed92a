"""Issue papers for a period; a correction is the next revision of its number."""

import hashlib
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import log_verbs, store
from reports.agent_report import AgentReport
from reports.drafts import Draft, heading_of, kept, press_draft
from reports.issuer import Issuer
from reports.numbering import Numbering, coming_number, next_number
from reports.period import PERIOD_ACT, Customer, Pair, PeriodAct, Scope
from reports.period_previews import KINDS, Made
from reports.period_reading import moments_of
from reports.press import Pressed
from reports.queries_period import names_of_parties, pairs_of_period
from reports.register import Filter, PeriodIssued
from reports.seal import Sealer
from reports.statement import STATEMENT

PAIRS_MAX = 20_000


async def issue_period_act(
    db: AsyncConnection, scope: Scope, customer: Customer, at: datetime, sealer: Sealer
) -> PeriodIssued:
    """The act of every session of the scope: the one there is, or its correction.

    It is drawn inside the transaction: where others wait, go by `draft_period_paper`,
    `press_draft` and `keep_period_paper`. Raises: NothingInPeriod, PeriodAhead, TotalsDiffer.
    """
    return await issue_period_paper(db, PERIOD_ACT, scope, customer, at, sealer)


async def issue_statement(
    db: AsyncConnection, scope: Scope, customer: Customer, at: datetime, sealer: Sealer
) -> PeriodIssued:
    """Every movement of an account: the statement there is, or its correction.

    It is drawn inside the transaction, as by `issue_period_act`. Raises: PeriodAhead, TotalsDiffer.
    """
    return await issue_period_paper(db, STATEMENT, scope, customer, at, sealer)


async def issue_period_paper(
    db: AsyncConnection, kind: str, scope: Scope, customer: Customer, at: datetime, sealer: Sealer
) -> PeriodIssued:
    """A paper of any kind of `KINDS`: the one there is, or its correction.

    It is drawn inside the transaction, as by `issue_period_act`. Raises: NothingInPeriod,
    PeriodAhead, TotalsDiffer.
    """
    await store.lock(db, scope.key, kind)
    await log_verbs.lock(db)
    draft = await _draft(db, kind, scope, customer, at, sealer, next_number)
    if not isinstance(draft, Draft):
        return draft
    return await kept(db, draft, draft, await press_draft(draft), sealer, _entry)


async def draft_period_paper(
    db: AsyncConnection, kind: str, scope: Scope, customer: Customer, at: datetime, sealer: Sealer
) -> PeriodIssued | Draft[Made]:
    """What would be issued, of any kind of `KINDS`, or the one there is. Only reads.

    Raises: as `issue_period_paper`.
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
    """Papers for periods, newest first."""
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
    preview, content_of = KINDS[kind]
    made = await preview(db, scope, customer, at, sealer.issuer)
    content = content_of(made)
    old = await store.latest_of_subject(db, kind, scope.key)
    if old and old.content == content:
        return old
    heading = await heading_of(db, kind, old, at, sealer.issuer, numbering)
    return Draft(replace(made, heading=heading), content)


def _entry(document: Made, content: str, pdf: bytes) -> PeriodIssued:
    heading, scope = document.heading, document.scope
    sessions, minutes, total = _counted(document)
    other = document.lines[0].other_name if isinstance(document, PeriodAct) and scope.other else ""
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
        newest=heading.revision,
    )


def _counted(document: Made) -> tuple[int, int, int]:
    """Sessions, minutes and the sum that the register shows of a paper."""
    if isinstance(document, PeriodAct):
        return document.totals.sessions, document.totals.minutes, document.totals.kept
    if isinstance(document, AgentReport):
        earned = document.totals.own + document.totals.shared
        return document.totals.sessions, document.totals.minutes, earned
    return 0, document.totals.charges, document.totals.closing
