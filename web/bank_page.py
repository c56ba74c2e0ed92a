"""Gathers what the accountant sees of the bank rail, and what a client sees of his invoices."""

from collections.abc import Mapping
from datetime import date

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties import Party
from ledger import Money, bank, payouts
from ledger.bank import Invoice, Outlook, StatementRefused
from ledger.control import Rail, Switch, SwitchedOff, WrongRail, require_open, require_rail
from web.control_page import names_of
from web.keys import CLOCK, SETTINGS
from web.links import qr_of
from web.payee import payee_of
from web.settings import new_token
from web.shapes_bank import (
    BankAccountView,
    BankPage,
    ImportPage,
    InvoicePage,
    InvoiceRow,
    InvoicesPage,
    LinesPage,
    LineView,
    OrderFileView,
    PayeeView,
    QuestionsPage,
    QuestionView,
    SectionView,
    StatementView,
)

LINES_SHOWN = 100
LINES_ON_PAGE = 200


async def invoices_page_of(
    db: AsyncConnection,
    request: web.Request,
    party: Party,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> InvoicesPage:
    """The form, as typed, and the party's invoices; the payer's facts are those of the last one."""
    found = await bank.invoices_of(db, party.id, request.app[CLOCK]())
    given = typed or {}
    last = found[0].payer if found else None
    return InvoicesPage(
        key=given.get("key") or new_token(),
        rows=tuple(row_of(one) for one in found),
        amount=given.get("amount", ""),
        name=given.get("name", last.name if last else party.name),
        inn=given.get("inn", last.inn if last else ""),
        kpp=given.get("kpp", last.kpp if last else ""),
        closed=await _closed(db, request, party),
        errors=errors or {},
    )


async def _closed(db: AsyncConnection, request: web.Request, party: Party) -> str:
    """Why the party can have no invoice now; empty when it can."""
    if payee_of(request.app[SETTINGS]) is None:
        return "no_bank"
    try:
        await require_rail(db, party.id, Rail.BANK)
        await require_open(db, Switch.TOP_UPS)
    except WrongRail as wrong:
        return "wrong_rail" if wrong.country else "no_residence"
    except SwitchedOff:
        return "stopped"
    return ""


def row_of(one: Invoice) -> InvoiceRow:
    return InvoiceRow(
        number=one.number,
        amount=one.amount,
        paid=one.paid,
        payer=one.payer.name,
        issued_on=one.issued_on,
        due_on=one.due_on,
        state=one.state.value,
    )


def invoice_page_of(one: Invoice) -> InvoicePage:
    """An invoice with its QR, which asks for what is still missing."""
    payee, missing = one.payee, one.missing
    text = ""
    if missing.minor and one.state.value in ("open", "partly_paid"):
        text = bank.payment_text(payee, missing, one.purpose, one.payer.inn)
    return InvoicePage(
        number=one.number,
        state=one.state.value,
        amount=one.amount,
        paid=one.paid,
        missing=missing,
        payee=PayeeView(
            name=payee.name,
            inn=payee.inn,
            kpp=payee.kpp,
            account=payee.account,
            bank=payee.bank,
            bik=payee.bik,
            correspondent=payee.correspondent,
        ),
        payer=one.payer.name,
        payer_inn=one.payer.inn,
        payer_kpp=one.payer.kpp,
        purpose=one.purpose,
        vat_line=one.vat_line,
        issued_on=one.issued_on,
        due_on=one.due_on,
        qr=qr_of(text) if text else "",
        payment_text=text,
    )


async def bank_page_of(db: AsyncConnection, request: web.Request) -> BankPage:
    """Accounts, what was imported, payouts that are due, and how many lines wait."""
    at, booked = request.app[CLOCK](), await bank.booked_statements(db)
    files, asked = await bank.order_files(db), await bank.questions(db, at)
    due, stopped = await _due(db)
    names = await names_of(db, {one.booked_by for one in booked} | {one.made_by for one in files})
    return BankPage(
        accounts=tuple(_account(one) for one in await bank.standings(db)),
        statements=tuple(
            StatementView(
                account=one.account,
                format=one.format,
                first_day=one.first_day,
                last_day=one.last_day,
                opening=Money(one.opening),
                credited=Money(one.credited),
                debited=Money(one.debited),
                closing=Money(one.closing),
                fresh=one.fresh,
                seen=one.seen,
                booked_by=names.get(one.booked_by, ""),
                booked_at=one.booked_at,
            )
            for one in booked
        ),
        order_files=tuple(
            OrderFileView(
                one.number, one.orders, one.total, names.get(one.made_by, ""), one.made_at
            )
            for one in files
        ),
        due=len(due),
        due_total=sum(due, Money(0)),
        questions=len(asked),
        stopped=stopped,
        booked_fresh=_count(request, "fresh"),
        booked_questions=_count(request, "questions"),
    )


async def _due(db: AsyncConnection) -> tuple[list[Money], bool]:
    """Sums of the payouts that wait for the bank, and whether all payouts are stopped."""
    try:
        await require_open(db, Switch.PAYOUTS)
    except SwitchedOff:
        return [], True
    return [one.amount for one in await payouts.open_pay_outs(db, Rail.BANK)], False


def _count(request: web.Request, name: str) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1


def _account(one: bank.AccountStanding) -> BankAccountView:
    return BankAccountView(
        number=one.account.number,
        bank=one.account.requisites.bank,
        since=one.account.since,
        told_until=one.told_until,
        told=one.told,
        books=one.books,
        difference=one.difference,
        suspense=one.suspense,
        transit=one.transit,
    )


async def lines_page_of(db: AsyncConnection, account: str, before: date | None) -> LinesPage:
    """An account's lines, newest first, whole days at a time."""
    found = await bank.lines(db, account, before)
    shown = [_line(one) for one in found]
    full = len(found) == LINES_ON_PAGE
    return LinesPage(
        account=account,
        lines=tuple(shown),
        next=f"/bank/accounts/{account}?before={shown[-1].day}" if full else "",
    )


def _line(one: bank.BookedLine) -> LineView:
    return LineView(
        id=one.id,
        day=one.line.day,
        amount=Money(one.line.minor),
        reference=one.line.reference,
        name=one.line.other.name,
        inn=one.line.other.inn,
        account=one.line.other.account,
        purpose=one.line.purpose,
        rule=one.rule,
        state=one.state,
        invoice=one.invoice,
        pay_out=one.pay_out,
    )


def import_page_of(name: str, seen: Outlook) -> ImportPage:
    """What booking the file would do."""
    return ImportPage(
        file=name,
        sha256=seen.sha256,
        format=seen.statement.format,
        encoding=seen.statement.encoding,
        sections=tuple(_section(one, seen) for one in seen.sections),
        fresh=seen.fresh,
        questions=seen.questions,
        again=seen.again,
    )


def refused_page_of(name: str, refused: StatementRefused) -> ImportPage:
    return ImportPage(
        file=name, code=refused.code, where=refused.where[:200], detail=refused.detail[:200]
    )


def _section(one: bank.SectionOutlook, seen: Outlook) -> SectionView:
    section = one.plan.section
    shown = one.lines[:LINES_SHOWN]
    return SectionView(
        account=section.account,
        first_day=section.first_day,
        last_day=section.last_day,
        opening=Money(section.opening),
        credited=Money(section.credited),
        debited=Money(section.debited),
        closing=Money(section.closing),
        fresh=len(one.lines),
        seen=one.plan.seen,
        skipped=one.plan.skipped,
        begins=section.account in seen.begins,
        lines=tuple(
            LineView(
                id=id,
                day=line.day,
                amount=Money(line.minor),
                reference=line.reference,
                name=line.other.name,
                inn=line.other.inn,
                account=line.other.account,
                purpose=line.purpose,
                rule=found.rule.value,
                invoice=found.invoice,
                pay_out=found.pay_out,
            )
            for id, line, found in shown
        ),
        more=len(one.lines) - len(shown),
    )


async def questions_page_of(
    db: AsyncConnection,
    request: web.Request,
    party: Party,
    errors: Mapping[str, str] | None = None,
) -> QuestionsPage:
    """Every line that waits, with what is proposed for it."""
    asked = await bank.questions(db, request.app[CLOCK]())
    ids = {one.proposal.proposed_by for one in asked if one.proposal}
    ids |= {one.proposal.party for one in asked if one.proposal}
    names = await names_of(db, ids)
    return QuestionsPage(
        questions=tuple(_question(one, names, party.id) for one in asked), errors=errors or {}
    )


def _question(one: bank.Question, names: Mapping[str, str], viewer: str) -> QuestionView:
    line = _line(one.booked)
    candidates = tuple(row_of(invoice) for invoice in one.candidates[:5])
    about, approval = one.proposal, one.approval
    if about is None or approval is None or not one.proposed:
        return QuestionView(line, candidates=candidates)
    return QuestionView(
        line=line,
        proposal=about.kind,
        whose=names.get(about.party, ""),
        for_invoice=about.invoice,
        proposed_by=names.get(about.proposed_by, ""),
        why=about.why,
        mine=viewer in (about.proposed_by, about.party),
        granted=approval.granted,
        candidates=candidates,
    )
