"""A document as a page: what the sealed file says, whether it is still in force, what came before.

What stands on it is read from the data inside the file, never from the database of today.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

import reports
from broker.parties import Party
from ledger import Money
from reports import (
    Act,
    AgentReport,
    AnyPaper,
    PeriodAct,
    Reconciliation,
    SessionProtocol,
    Statement,
)
from web.shapes_lists import DocumentPage, PaperLine, PaperSide, Revision

LINES_MAX = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What the data of one kind of paper gives the page."""

    sides: tuple[PaperSide, ...]
    lines: tuple[PaperLine, ...]
    total: int
    vat: int = 0
    topic: str = ""
    result: str = ""
    first_on: date | None = None
    last_on: date | None = None


async def document_page(db: AsyncConnection, party: Party, paper: reports.Paper) -> DocumentPage:
    """The page of one issued file."""
    issued = paper.issued
    about = issued if isinstance(issued, reports.Issued) else None
    unpaid = about is not None and party.id == about.client and about.buyer == about.host
    try:
        said = _said(await asyncio.to_thread(reports.read_paper, paper.pdf))
    except reports.PaperError:  # of a kind that has no page: its head, seal and file remain
        said = Said((), (), issued.total_minor)
    if unpaid:  # a client whose consultant pays is told nothing of that money
        said = replace(said, lines=(), total=0, vat=0)
    history = await reports.revisions(db, issued.number)
    newest = history[0]
    return DocumentPage(
        name=issued.name,
        number=issued.number,
        kind=issued.kind,
        issued_at=issued.issued_at,
        state="superseded" if newest.revision > issued.revision else "issued",
        newer=newest.name if newest.revision > issued.revision else "",
        sides=said.sides,
        lines=said.lines[:LINES_MAX],
        more=max(0, len(said.lines) - LINES_MAX),
        total=Money(said.total, issued.currency),
        minutes=issued.minutes,
        vat=Money(said.vat, issued.currency) if said.vat else None,
        sha256=issued.sha256,
        size=issued.size,
        history=tuple(_revision(one, unpaid) for one in history),
        session=about.session if about else "",
        topic=said.topic,
        result=said.result,
        first_on=said.first_on,
        last_on=said.last_on,
    )


def _revision(one: reports.Listed, unpaid: bool) -> Revision:
    amount = Money(0 if unpaid else one.minor, one.currency)
    state = "superseded" if one.superseded else "issued"
    return Revision(one.name, one.issued_at, amount, one.sha256, state)


def _said(document: AnyPaper) -> Said:
    if isinstance(document, Act):
        return _act(document)
    if isinstance(document, SessionProtocol):
        return _protocol(document)
    if isinstance(document, PeriodAct):
        return _period_act(document)
    if isinstance(document, AgentReport):
        return _agent_report(document)
    return (
        _reconciliation(document) if isinstance(document, Reconciliation) else _statement(document)
    )


def _issuer(document: AnyPaper) -> PaperSide:
    one = document.issuer
    return PaperSide("issuer", one.name, tuple(filter(None, (one.tax_id, one.address))))


def _act(act: Act) -> Said:
    facts, currency = act.facts, act.totals.currency
    lines = tuple(
        PaperLine(
            what=one.service,
            detail=one.detail,
            seconds=one.seconds or None,
            amount=Money(one.minor, currency),
            at=facts.ended_at if one.minor > 0 else None,
            session=facts.number if one.minor > 0 else "",
        )
        for one in act.lines
    )
    sides = (_issuer(act), PaperSide("buyer", act.buyer))
    return Said(sides, lines, act.total, act.vat, facts.topic, facts.result)


def _protocol(protocol: SessionProtocol) -> Said:
    """Where the money went; parts of nothing are left out."""
    facts, totals = protocol.facts, protocol.totals
    ways = ("platform", "consultant", "refunded", "escrow")
    parts = [(way, getattr(totals, way)) for way in ways]
    lines = (PaperLine(way, "", None, Money(sum, totals.currency)) for way, sum in parts if sum)
    sides = (
        PaperSide("consultant", facts.host.name),
        PaperSide("client", facts.client.name),
        _issuer(protocol),
    )
    return Said(sides, tuple(lines), totals.charged, 0, facts.topic, facts.result)


def _period_act(act: PeriodAct) -> Said:
    currency = act.scope.currency
    lines = tuple(
        PaperLine(
            what=one.topic,
            detail=one.other_name,
            seconds=one.seconds,
            amount=Money(one.kept, currency),
            at=one.ended_at,
            session=one.session,
        )
        for one in act.lines
    )
    days = (act.scope.first, act.scope.last)
    return Said(_customer(act), lines, act.totals.kept, act.totals.vat, "", "", *days)


def _statement(statement: Statement) -> Said:
    currency = statement.scope.currency
    lines = tuple(
        PaperLine(
            what=one.kind,
            detail="",
            seconds=None,
            amount=Money(one.minor, currency),
            at=one.at,
            session=one.ref if one.ref.startswith("S-") else "",
            left=Money(one.balance, currency),
        )
        for one in statement.movements
    )
    days = (statement.scope.first, statement.scope.last)
    return Said(_customer(statement), lines, statement.totals.closing, 0, "", "", *days)


def _reconciliation(act: Reconciliation) -> Said:
    currency = act.scope.currency
    lines = tuple(
        PaperLine(
            what=one.movement.kind,
            detail="",
            seconds=None,
            amount=Money(one.movement.minor, currency),
            at=one.movement.at,
            session=one.movement.ref if one.movement.ref.startswith("S-") else "",
            left=Money(one.balance, currency),
        )
        for one in reports.postings(act)
    )
    days = (act.scope.first, act.scope.last)
    return Said(_customer(act), lines, act.totals.closing, 0, "", "", *days)


def _agent_report(report: AgentReport) -> Said:
    currency = report.scope.currency
    lines = tuple(
        PaperLine(
            what=one.line.topic,
            detail=one.line.other_name,
            seconds=one.line.seconds,
            amount=Money(one.line.kept, currency),
            at=one.line.ended_at,
            session=one.line.session,
        )
        for one in report.lines
    )
    days = (report.scope.first, report.scope.last)
    return Said(_customer(report), lines, report.totals.sold, report.totals.vat, "", "", *days)


def _customer(
    document: PeriodAct | Statement | Reconciliation | AgentReport,
) -> tuple[PaperSide, ...]:
    one = document.customer
    named: Iterable[tuple[str, str]] = (("ИНН", one.inn), ("КПП", one.kpp), ("ОГРН", one.ogrn))
    details = [f"{name} {text}" for name, text in named if text]
    return (
        _issuer(document),
        PaperSide("buyer", one.name, tuple(filter(None, (*details, one.vat_id, one.address)))),
    )
