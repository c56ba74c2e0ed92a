"""Gathers what officers see of the books. Only reads."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import quote, urlencode

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
import reports
from ledger import Account, AccountKind, Entry, Money, books
from ledger.books import JournalFilter, JournalRow, Period
from web.books_query import ACCOUNT_KINDS, LINES_ON_PAGE, Question, account_path
from web.control_page import names_of
from web.session_page import names_of as names_on
from web.session_page import paper_of
from web.shapes_books import (
    AboutPage,
    AccountLine,
    AccountsPage,
    Asked,
    ClosedMonth,
    ClosingPage,
    EntryView,
    JournalCard,
    JournalPage,
    JournalsPage,
    Month,
    PaymentView,
    StatementPage,
    TrialPage,
)

MONTHS_OFFERED = 6
CLOSED_SHOWN = 12
PAPERS_MAX = 20


async def asked_of(db: AsyncConnection, question: Question) -> Asked:
    """The period asked for, with the months and currencies that may be asked for instead."""
    closed = {one.period for one in await books.closings(db)}
    months, day = [], question.today
    for _ in range(MONTHS_OFFERED):
        month = books.month_of(day)
        here = (question.first, question.last) == (month.first, month.last)
        months.append(Month(month.first, month.last, here, month in closed))
        day = month.first - timedelta(days=1)
    known = await books.currencies(db)
    return Asked(
        first=question.first,
        last=question.last,
        by=question.by.value,
        currency=question.currency,
        currencies=tuple(dict.fromkeys([*known, question.currency])),
        query=question.query,
        months=tuple(months),
        errors=question.errors,
    )


async def trial_page_of(db: AsyncConnection, question: Question) -> TrialPage:
    """The trial balance of a period, closed months and the one that may be closed."""
    found = await books.turnover(db, question.first, question.last, question.currency, question.by)
    closed = (await books.closings(db))[-CLOSED_SHOWN:][::-1]
    names = await names_of(db, {one.by for one in closed})
    to_close = await books.next_closing(db)
    return TrialPage(
        asked=await asked_of(db, question),
        lines=found.lines,
        totals=found.totals,
        balanced=found.totals.balanced,
        closed=tuple(
            ClosedMonth(
                one.period.first, one.period.last, one.at, names.get(one.by, one.by), one.manifest
            )
            for one in closed
        ),
        to_close=to_close if to_close and books.month_of(to_close).last < question.today else None,
    )


async def accounts_page_of(
    db: AsyncConnection, question: Question, kind: AccountKind, after: str | None
) -> AccountsPage:
    """The accounts of a kind that stood or moved."""
    period = question.first, question.last, question.currency, question.by
    found = await books.account_turnover(db, kind, *period, after, LINES_ON_PAGE + 1)
    shown = found[:LINES_ON_PAGE]
    names = await names_of(db, {one.account.owner for one in shown})
    more = len(found) > LINES_ON_PAGE
    path = f"/books/accounts/{kind.name.lower()}?{question.query}"
    return AccountsPage(
        asked=await asked_of(db, question),
        kind=kind,
        lines=tuple(
            AccountLine(
                owner=one.account.owner,
                name=_name(names, one.account.owner),
                opening=one.opening,
                debits=one.debits,
                credits=one.credits,
                closing=one.closing,
            )
            for one in shown
        ),
        next=f"{path}&after={quote(shown[-1].account.owner, safe='')}" if more else "",
    )


async def statement_page_of(
    db: AsyncConnection,
    question: Question,
    kind: AccountKind,
    owner: str,
    after: tuple[date, int] | None,
) -> StatementPage:
    """An account over a period, a page of its entries."""
    account = Account(kind, owner, question.currency)
    found = await books.account_statement(
        db, account, question.first, question.last, question.by, after, LINES_ON_PAGE
    )
    names = await names_of(db, {owner})
    path = f"{account_path(account)}?{question.query}"
    first = found.lines[0] if found.lines else None
    return StatementPage(
        asked=await asked_of(db, question),
        kind=kind,
        owner=owner,
        name=_name(names, owner),
        opening=found.opening,
        debits=found.debits,
        credits=found.credits,
        closing=found.closing,
        carried=first.balance - first.amount if first else found.opening,
        lines=found.lines,
        next=f"{path}&after={found.next[0]}.{found.next[1]}" if found.next else "",
    )


async def journals_page_of(
    db: AsyncConnection, question: Question, typed: Mapping[str, str], before: int | None
) -> JournalsPage:
    """Journals by the filter, the newest first."""
    kind = ACCOUNT_KINDS.get(typed.get("account", ""))
    account = Account(kind, typed.get("owner", ""), question.currency) if kind else None
    wanted = JournalFilter(
        period=Period(question.first, question.last),
        by=question.by,
        kind=typed.get("kind", ""),
        ref=typed.get("ref", ""),
        account=account,
        amount=question.amount,
    )
    rows = await books.journals(db, wanted, before, LINES_ON_PAGE + 1)
    shown = rows[:LINES_ON_PAGE]
    cards = await _cards(db, shown)
    again = urlencode({name: text for name, text in typed.items() if text})
    path = f"/books/journals?{question.query}&{again}&before={shown[-1].number}" if shown else ""
    return JournalsPage(
        asked=await asked_of(db, question),
        typed=typed,
        kinds=tuple(AccountKind),
        journals=cards,
        next=path if len(rows) > LINES_ON_PAGE else "",
    )


async def journal_page_of(db: AsyncConnection, journal_id: str) -> JournalPage | None:
    """One journal with its entries and all that it is about; None when there is none."""
    row = await books.journal(db, journal_id)
    if row is None:
        return None
    [card] = await _cards(db, [row])
    return JournalPage(card, await about_page_of(db, row.journal.ref))


async def about_page_of(db: AsyncConnection, ref: str) -> AboutPage:
    """The journals about a session, a payment or another thing, with its papers."""
    if not ref:
        return AboutPage("", "other", ())
    rows = await books.journals(db, JournalFilter(ref=ref), limit=LINES_ON_PAGE)
    issued = await reports.documents(db, reports.Filter(session=ref, limit=PAPERS_MAX))
    names = await names_on(db, issued)
    payment = await _payment(db, ref)
    return AboutPage(
        ref=ref,
        what="session" if ref.startswith("S-") else "payment" if payment else "other",
        journals=await _cards(db, rows[::-1]),
        papers=tuple(paper_of(one, names) for one in issued),
        payment=payment,
    )


async def closing_page_of(db: AsyncConnection, month: Period, problem: str = "") -> ClosingPage:
    """What would be written if the month were closed now, in the first of its currencies."""
    known = await books.currencies(db)
    found = await books.turnover(db, month.first, month.last, known[0] if known else "RUB")
    return ClosingPage(
        first=month.first,
        last=month.last,
        lines=found.lines,
        totals=found.totals,
        balanced=found.totals.balanced,
        currencies=tuple(known),
        problem=problem,
    )


async def _payment(db: AsyncConnection, ref: str) -> PaymentView | None:
    try:
        found = await ledger.top_up(db, ref)
    except ledger.LedgerError:
        return None
    names = await names_of(db, {found.party})
    return PaymentView(
        id=found.id,
        party=_name(names, found.party) or found.party,
        amount=found.amount,
        state=found.state.value,
        gateway=found.gateway,
        payment=found.payment,
    )


async def _cards(db: AsyncConnection, rows: Sequence[JournalRow]) -> tuple[JournalCard, ...]:
    owners = {entry.account.owner for row in rows for entry in row.journal.entries}
    names = await names_of(db, owners)
    return tuple(
        JournalCard(
            id=row.journal.id,
            kind=row.journal.kind,
            ref=row.journal.ref,
            memo=row.journal.memo,
            at=row.journal.at,
            effective_on=row.journal.effective_on,
            reverses=row.journal.reverses or "",
            entries=tuple(
                EntryView(
                    kind=entry.account.kind,
                    owner=entry.account.owner,
                    name=_name(names, entry.account.owner),
                    amount=entry.amount,
                    balance_after=entry.balance_after,
                )
                for entry in row.journal.entries
            ),
            sums=_moved(row.journal.entries),
            number=row.number,
            reversed_by=row.reversed_by,
        )
        for row in rows
    )


def _moved(entries: Sequence[Entry]) -> tuple[Money, ...]:
    """What was credited, by currency."""
    sums: dict[str, Money] = {}
    for entry in entries:
        if entry.amount.minor > 0:
            currency = entry.amount.currency
            sums[currency] = sums.get(currency, Money(0, currency)) + entry.amount
    return tuple(sums.values())


def _name(names: Mapping[str, str], owner: str) -> str:
    """The name of a party; empty for an owner that is none."""
    name = names.get(owner, "")
    return "" if name == owner else name
