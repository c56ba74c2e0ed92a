"""Rows ↔ values of reconciliations, and what they ask of other tables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account
from ledger.acquirer import BalanceLine
from ledger.cards import store
from ledger.cards.differences import Difference, Reconciliation
from ledger.cards.states import CallState, NewsState
from ledger.journals import StatementLine
from ledger.money import Money
from ledger.store import at_of, us_of
from ledger.views import STATEMENT_LINES_MAX, statement

OPEN_MAX = 200
PAGES_MAX = 2000


async def last_run(db: AsyncConnection, gateway: str) -> datetime | None:
    found = await store.rows(db, "reconciliation", {"gateway": gateway}, ("-made_us",), 1)
    return at_of(found[0].made_us) if found else None


async def add_run(db: AsyncConnection, run: Reconciliation) -> None:
    key = {"gateway": run.gateway, "made_us": us_of(run.made_at)}
    head = {"notices": run.notices, "missed": run.missed, "lines": run.lines}
    await store.add(db, "reconciliation", {**key, **head, "since_us": us_of(run.since)})
    for n, one in enumerate(run.differences, 1):
        row = {
            "n": n,
            "kind": one.kind,
            "ref": one.ref,
            "currency": one.theirs.currency,
            "theirs": one.theirs.minor,
            "ours": one.ours.minor,
            "note": one.note[:500],
        }
        await store.add(db, "difference", {**key, **row})


async def newest_run(db: AsyncConnection, gateway: str) -> Reconciliation | None:
    found = await store.rows(db, "reconciliation", {"gateway": gateway}, ("-made_us",), 1)
    if not found:
        return None
    run = found[0]
    key = {"gateway": gateway, "made_us": run.made_us}
    differs = await store.rows(db, "difference", key, ("n",))
    return Reconciliation(
        gateway=gateway,
        made_at=at_of(run.made_us),
        since=at_of(run.since_us),
        notices=run.notices,
        missed=run.missed,
        lines=run.lines,
        differences=tuple(_difference(row) for row in differs),
    )


def _difference(row: Row[Any]) -> Difference:
    theirs, ours = Money(row.theirs, row.currency), Money(row.ours, row.currency)
    return Difference(row.kind, row.ref, theirs, ours, row.note)


async def add_lines(db: AsyncConnection, gateway: str, lines: Sequence[BalanceLine]) -> None:
    """Those that are known already stay as they are."""
    for line in lines:
        row = {
            "gateway": gateway,
            "id": line.id,
            "category": line.category.value,
            "amount": line.amount.minor,
            "fee": line.fee.minor,
            "currency": line.amount.currency,
            "source": line.source,
            "created_us": us_of(line.at),
        }
        await store.add(db, "line", row)


_SUMS = text(
    "SELECT currency, sum(amount - fee) FROM ledger_cards_line WHERE gateway = :gateway"
    " GROUP BY currency ORDER BY currency"
)


async def sums_of_lines(db: AsyncConnection, gateway: str) -> dict[str, Money]:
    """By currency: what the acquirer should have of ours, by its own account."""
    found = await db.execute(_SUMS, {"gateway": gateway})
    return {row[0]: Money(int(row[1]), row[0]) for row in found}


async def payment_of_line(db: AsyncConnection, gateway: str, line: str) -> str:
    """The payment whose fee was booked from this line, "" for none."""
    row = await store.first(db, "fee", {"gateway": gateway, "line": line})
    return str(row.payment) if row else ""


async def statement_between(
    db: AsyncConnection, account: Account, since: datetime, until: datetime
) -> list[StatementLine]:
    """Entries recorded in the time, newest first."""
    found: list[StatementLine] = []
    before: int | None = None
    for _ in range(PAGES_MAX):
        page = await statement(db, account, STATEMENT_LINES_MAX, before)
        found += [line for line in page if since <= line.at < until]
        if not page or page[-1].at < since:
            break
        before = page[-1].version
    return found


async def open_matters(
    db: AsyncConnection, gateway: str, doubt_before: datetime, fee_before: datetime
) -> list[Difference]:
    """Calls, fees and news that wait too long, or for a person."""
    found = []
    where: dict[str, Any] = {"gateway": gateway, "state": CallState.BY_HAND.value}
    for row in await store.rows(db, "refund_call", where, ("asked_us",), OPEN_MAX):
        found.append(_waiting("by_hand", f"refund {row.id}", row))
    where["state"] = CallState.IN_DOUBT.value
    for row in await store.rows(db, "refund_call", where, ("asked_us",), OPEN_MAX):
        if at_of(row.asked_us) < doubt_before:
            found.append(_waiting("in_doubt", f"refund {row.id}", row))
    wanted = {"gateway": gateway, "line": ""}
    for row in await store.rows(db, "fee", wanted, ("created_us",), OPEN_MAX):
        if at_of(row.created_us) < fee_before:
            found.append(_waiting("fee_missing", row.payment, row))
    where["state"] = NewsState.DEAD.value
    for row in await store.rows(db, "inbox", where, ("created_us",), OPEN_MAX):
        zero = Money(0)
        note = f"{row.kind} {row.subject}: {row.verdict}"
        found.append(Difference("news_dead", row.event_id, zero, zero, note))
    return found


def _waiting(kind: str, ref: str, row: Row[Any]) -> Difference:
    amount = Money(row.amount, row.currency)
    return Difference(kind, ref, amount, amount)
