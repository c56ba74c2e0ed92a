"""What the tests of the bank rail ask of the books, as an accountant would."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from ledger.accounts import Account, AccountKind
from ledger.bank import (
    Invoice,
    Outlook,
    Payee,
    Payer,
    StatementRefused,
    book_statement,
    check_bank,
    issue_invoice,
    keep_account,
)
from ledger.bank.formats import read
from ledger.bank.statements import Side
from ledger.control import Actor, declare_residence
from ledger.money import Money
from tests.ledger.bank.writing import OURS, payer_of

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 9, tzinfo=UTC)
PAYEE = Payee(OURS, "НДС не облагается")
OLGA = Actor("olga", "accountant", "10.0.0.7")
PETR = Actor("petr", "curator", "10.0.0.8")


async def resident(db: AsyncConnection, *parties: str) -> None:
    """Parties that live in Russia, so that the bank rail is theirs."""
    for party in parties:
        await declare_residence(db, party, "RU", Actor(party, "self"), AT)


async def billed(
    db: AsyncConnection, party: str, who: Side, rubles: int, key: str = "k", at: datetime = AT
) -> Invoice:
    payer: Payer = payer_of(who)
    amount = Money(rubles * 100)
    return await issue_invoice(db, PAYEE, party, payer, amount, Actor(party, "self"), at, key)


async def ready(db: AsyncConnection, *parties: str) -> None:
    await resident(db, *parties)
    await keep_account(db, OURS, AT)


async def book(db: AsyncConnection, data: bytes, at: datetime = LATER) -> Outlook:
    return await book_statement(db, "kl_to_1c.txt", data, read(data), OLGA, at)


async def refusal(db: AsyncConnection, data: bytes) -> StatementRefused:
    """Why a file is not booked; it must not be."""
    before = await balances(db)
    try:
        await book(db, data)
    except StatementRefused as refused:
        assert await balances(db) == before
        return refused
    raise AssertionError("the file was booked")


async def minor(db: AsyncConnection, kind: AccountKind, owner: str = "") -> int:
    """A balance in kopecks; of the platform's own assets with the sign of an asset."""
    found = (await ledger.balance(db, Account(kind, owner))).posted.minor
    return -found if kind.account_class == "A" else found


async def wallet(db: AsyncConnection, party: str) -> int:
    return await minor(db, AccountKind.PREPAID, party)


async def at_bank(db: AsyncConnection) -> int:
    return await minor(db, AccountKind.BANK, OURS.account)


async def in_suspense(db: AsyncConnection) -> int:
    return await minor(db, AccountKind.SUSPENSE, OURS.account)


async def sound(db: AsyncConnection) -> None:
    """Nothing contradicts anything."""
    assert await check_bank(db) == []
    assert await ledger.check(db) == []


async def balances(db: AsyncConnection) -> Sequence[tuple[object, ...]]:
    """Every account that has moved, and every journal with its entries, without their order."""
    accounts = await db.execute(
        text("SELECT kind, owner, balance FROM ledger_account WHERE version > 0 ORDER BY 1, 2")
    )
    journals = await db.execute(
        text(
            "SELECT j.scope, j.key, j.kind, a.kind, a.owner, e.amount FROM ledger_journal j"
            " JOIN ledger_entry e ON e.journal_id = j.id"
            " JOIN ledger_account a ON a.id = e.account_id ORDER BY 1, 2, 4, 5"
        )
    )
    return [tuple(row) for row in [*accounts, *journals]]
