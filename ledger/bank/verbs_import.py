"""Statements into the books: look first, then book exactly what was shown.

`outlook` reads and decides and writes nothing; `book_statement` does the same under locks and
writes it down. What is known already brings nothing, so importing again, in other pieces or in
another order, leads to the same books.

What is pure and takes as long as the file is (a second or two for the longest) runs in a thread, so
that the loop goes on with everybody else's work.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account
from ledger.bank import bookings, store
from ledger.bank import store_invoices as rows
from ledger.bank.continuity import Known, Plan, continue_all
from ledger.bank.errors import BankAccountUnknown, StatementRefused
from ledger.bank.invoices import Invoice, numbers_in, received
from ledger.bank.matching import ASKS, PAYS, Found, Rule, recognised_all
from ledger.bank.scene import Memory, Scene, Waiting, WaitingMoney
from ledger.bank.statements import Line, Section, Statement, line_id
from ledger.bank.store import BankAccount
from ledger.bank.verbs import require_officer
from ledger.control import Actor, record
from ledger.journals import Draft, Status
from ledger.money import Money
from ledger.payouts import mark_arrived, mark_returned
from ledger.requisites import Requisites
from ledger.verbs import post_many

BATCH = 200  # lines written and posted at once


@dataclass(frozen=True, slots=True)
class SectionOutlook:
    """What a section would bring: its plan and each new line with its id and what it is."""

    plan: Plan
    lines: tuple[tuple[str, Line, Found], ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a file would bring. `begins`: account → day and balance with which it would enter the
    books; `invoices`: those that the lines pay."""

    sha256: str
    statement: Statement
    begins: dict[str, tuple[date, int]]
    sections: tuple[SectionOutlook, ...]
    invoices: dict[str, Invoice]
    again: bool = False

    @property
    def fresh(self) -> int:
        return sum(len(one.lines) for one in self.sections)

    @property
    def questions(self) -> int:
        return sum(found.rule in ASKS for one in self.sections for _, _, found in one.lines)


async def keep_account(db: AsyncConnection, requisites: Requisites, at: datetime) -> None:
    """The account is ours: invoices name it, and its statements may be imported."""
    await store.keep_account(db, requisites, at)


async def begin_account(
    db: AsyncConnection, number: str, since: date, opening: Money, actor: Actor, at: datetime
) -> None:
    """Say with which balance, on the morning of which day, an account enters the books.

    Left out, the first statement says so. Nothing happens to one that has begun.
    Raises: BankAccountUnknown.
    """
    known = {one.number: one for one in await store.accounts(db, lock=True)}
    if number not in known:
        raise BankAccountUnknown(number)
    if known[number].since is None:
        await _begin(db, number, since, opening.minor, actor, at)


async def outlook(db: AsyncConnection, data: bytes, statement: Statement) -> Outlook:
    """What booking the file would do now. Raises: StatementRefused."""
    return await _outlook(db, data, statement, lock=False)


async def look_at_file(
    db: AsyncConnection, name: str, data: bytes, actor: Actor, at: datetime
) -> str:
    """Keep a file that somebody looks at, so that exactly it can be booked; its sha256."""
    sha256 = hashlib.sha256(data).hexdigest()
    await store.keep_file(db, sha256, name, data, actor.party, at)
    return sha256


async def kept_file(db: AsyncConnection, sha256: str) -> tuple[str, bytes] | None:
    """Name and bytes of a file that was kept."""
    found = await store.file_of(db, sha256)
    return (found[0], found[1]) if found else None


async def book_statement(
    db: AsyncConnection,
    name: str,
    data: bytes,
    statement: Statement,
    actor: Actor,
    at: datetime,
) -> Outlook:
    """Book a file that `read_statement` has read; answers what it brought.

    A file that was booked before brings nothing (`again`). Raises: StatementRefused, RoleRefused.
    """
    require_officer(actor, "statement.book")
    seen = await _outlook(db, data, statement, lock=True)
    if seen.again:
        return seen
    await store.keep_file(db, seen.sha256, name, data, actor.party, at)
    for account, (since, opening) in seen.begins.items():
        await _begin(db, account, since, opening, actor, at)
    invoices = dict(seen.invoices)
    for number, one in enumerate(seen.sections):
        counts = (len(one.lines), one.plan.seen)
        await store.add_statement(
            db, seen.sha256, number, statement.format, one.plan.section, counts, actor.party, at
        )
        await _book_lines(db, seen.sha256, one, invoices, at)
    for changed in invoices.values():
        if changed != seen.invoices[changed.number]:
            await rows.save_invoice(db, changed)
    await store.booked_file(db, seen.sha256, at)
    facts: dict[str, str | int] = {
        "fresh": seen.fresh,
        "questions": seen.questions,
        "file": name[:80],
    }
    subject = f"statement:{seen.sha256[:16]}"
    await record(db, actor, "statement.booked", subject, "", at, **facts)
    return seen


async def _begin(
    db: AsyncConnection, account: str, since: date, opening: int, actor: Actor, at: datetime
) -> None:
    await store.begin_account(db, account, since, opening)
    if opening:
        await _post(db, [bookings.opening_draft(account, Money(opening), since)], at)
    facts: dict[str, str | int] = {"since": since.isoformat(), "opening_minor": opening}
    await record(db, actor, "bank_account.begun", f"bank_account:{account}", "", at, **facts)


# --- looking


async def _outlook(db: AsyncConnection, data: bytes, statement: Statement, lock: bool) -> Outlook:
    sha256 = hashlib.sha256(data).hexdigest()
    ours = {one.number: one for one in await store.accounts(db, lock=lock)}
    known = await store.file_of(db, sha256)
    if known is not None and known[2] is not None:
        return Outlook(sha256, statement, {}, (), {}, again=True)
    begins: dict[str, tuple[date, int]] = {}
    plans: list[Plan] = []
    for account, group in groupby(statement.sections, key=lambda one: one.account):
        if account not in ours:
            raise StatementRefused("unknown_account", account)
        sections = list(group)
        begun = ours[account]
        if begun.since is None or begun.opening is None:
            begins[account] = (sections[0].first_day, sections[0].opening)
            begun = replace(begun, since=sections[0].first_day, opening=sections[0].opening)
        plans += await _plans(db, begun, sections)
    numbers, inns = await asyncio.to_thread(_named_in, plans)
    invoices = await rows.invoices_for(db, numbers, inns, lock)
    scene = Scene(
        invoices=invoices,
        payments=await rows.payments_for(db, list(invoices)),
        orders=await rows.orders(db),
        own=frozenset(ours),
    )
    accounts = {one.section.account for one in plans}
    waiting = {account: await _waiting(db, account) for account in accounts}
    judged = await asyncio.to_thread(_judged, plans, scene, waiting)
    return Outlook(sha256, statement, begins, judged, invoices)


def _named_in(plans: Sequence[Plan]) -> tuple[set[str], set[str]]:
    """Numbers of invoices and INNs of payers that new lines name."""
    lines = [line for plan in plans for line, _ in plan.new]
    numbers = {number for line in lines for number in numbers_in(line.purpose)}
    return numbers, {line.other.inn for line in lines if line.minor > 0 and line.other.inn}


def _judged(
    plans: Sequence[Plan], scene: Scene, waiting: Mapping[str, Sequence[Waiting]]
) -> tuple[SectionOutlook, ...]:
    memory, seen = Memory(scene), []
    kept = {account: WaitingMoney(lines) for account, lines in waiting.items()}
    for plan in plans:
        account = plan.section.account
        memory.waiting = kept[account]
        named = [(line_id(account, line, ordinal), line) for line, ordinal in plan.new]
        seen.append(SectionOutlook(plan, tuple(recognised_all(named, memory))))
    return tuple(seen)


async def _waiting(db: AsyncConnection, account: str) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(one.id, one.line.day, one.line.minor, one.line.other.account)
        for one in await store.waiting_in(db, account)
    )


async def _plans(
    db: AsyncConnection, account: BankAccount, sections: Sequence[Section]
) -> list[Plan]:
    """What of each section is new."""
    assert account.since is not None
    assert account.opening is not None
    first = min(section.first_day for section in sections)
    known = Known(
        since=account.since,
        opening=account.opening,
        before=account.opening + await store.balance_before(db, account.number, first),
        lines=tuple(await store.lines_from(db, account.number, first)),
        spans=await store.spans(db, account.number),
    )
    return await asyncio.to_thread(continue_all, known, sections)


# --- writing


async def _book_lines(
    db: AsyncConnection,
    file: str,
    one: SectionOutlook,
    invoices: dict[str, Invoice],
    at: datetime,
) -> None:
    account = one.plan.section.account
    parties = {number: invoice.party for number, invoice in invoices.items()}
    for start in range(0, len(one.lines), BATCH):
        lines = one.lines[start : start + BATCH]
        await store.add_lines(db, account, file, lines, parties, ASKS, at)
        drafts = [
            draft
            for id, line, found in lines
            if (draft := _draft(account, id, line, found, parties)) is not None
        ]
        await _post(db, drafts, at)
    for id, line, found in one.lines:
        await _follow(db, account, id, line, found, invoices, at)


def _draft(
    account: str, id: str, line: Line, found: Found, parties: dict[str, str]
) -> Draft | None:
    """The line's journal; None where the payout's own journal moves the account."""
    others: dict[Rule, tuple[Account, str]] = {
        Rule.NOBODYS: (bookings.suspense(account), "unidentified"),
        Rule.GIVEN_BACK: (bookings.suspense(account), "given_back"),
        Rule.STRANGE: (bookings.transit(account), "bank_unexplained"),
        Rule.OWN_TRANSFER: (bookings.transit(""), "bank_transfer"),
        Rule.FEE: (bookings.fees(), "bank_fee"),
    }
    if found.rule in PAYS:
        others[found.rule] = (bookings.wallet(parties[found.invoice]), "top_up")
    if found.rule not in others:
        return None
    other, kind = others[found.rule]
    return bookings.line_draft(id, account, line, other, kind, found.invoice)


async def _follow(
    db: AsyncConnection,
    account: str,
    id: str,
    line: Line,
    found: Found,
    invoices: dict[str, Invoice],
    at: datetime,
) -> None:
    """What the line does beside its own journal."""
    purse = bookings.bank(account)
    if found.rule in PAYS:
        paid = invoices[found.invoice]
        invoices[found.invoice] = received(paid, Money(line.minor, paid.amount.currency))
    elif found.rule is Rule.ORDERED:
        await mark_arrived(db, found.pay_out, id, at, purse=purse)
        await rows.save_order(db, found.pay_out, "arrived", at)
    elif found.rule is Rule.ORDER_BACK:
        why = line.purpose[:200]
        await mark_returned(db, found.pay_out, id, at, why=why, purse=purse)
        await rows.save_order(db, found.pay_out, "returned", at)
    elif found.rule is Rule.GIVEN_BACK:
        await store.save_line(db, found.line, at, state="given_back")


async def _post(db: AsyncConnection, drafts: Sequence[Draft], at: datetime) -> None:
    """Post; what belongs to a closed period is entered today, its day stays in the line."""
    late = []
    for draft, result in zip(drafts, await post_many(db, drafts, at), strict=True):
        if result.status is Status.PERIOD_CLOSED:
            late.append(replace(draft, effective_on=None))
        else:
            result.raise_for_status()
    for result in await post_many(db, late, at):
        result.raise_for_status()
