"""What the accountant looks at: files, statements and lines as they were booked."""

import hashlib

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AccountKind
from ledger.bank import (
    begin_account,
    booked_statements,
    kept_file,
    lines,
    look_at_file,
    standings,
)
from ledger.bank.errors import BankAccountUnknown
from ledger.control import audit_trail
from ledger.money import Money
from tests.ledger.bank.books import AT, LATER, OLGA, at_bank, book, minor, ready, sound
from tests.ledger.bank.writing import BANKS_FEES, NORTH, OURS, Bank, came, day, went


async def test_a_file_that_was_looked_at_is_kept(db: AsyncConnection) -> None:
    data = "выписка".encode()
    sha256 = await look_at_file(db, "kl_to_1c.txt", data, OLGA, AT)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert await kept_file(db, sha256) == ("kl_to_1c.txt", data)
    assert await kept_file(db, "0" * 64) is None


async def test_an_account_begins_once(db: AsyncConnection) -> None:
    """На утро 2 ноября 1 000,00; вторая попытка ничего не меняет."""
    await ready(db)
    await begin_account(db, OURS.account, day(1), Money(100_000), OLGA, AT)
    await begin_account(db, OURS.account, day(2), Money(700), OLGA, LATER)
    assert (await at_bank(db), await minor(db, AccountKind.RETAINED)) == (100_000, 100_000)
    [row] = await audit_trail(db, action="bank_account.begun")
    assert (row.subject, row.actor, row.at) == (f"bank_account:{OURS.account}", OLGA, AT)
    assert row.facts == {"since": "2026-11-02", "opening_minor": 100_000}
    with pytest.raises(BankAccountUnknown) as unknown:
        await begin_account(db, "40702810000000000000", day(1), Money(1), OLGA, AT)
    assert unknown.value.account == "40702810000000000000"
    await sound(db)


async def test_statements_and_lines_newest_first(db: AsyncConnection) -> None:
    await ready(db)
    bank = Bank(
        [came(1, 700, NORTH, "За услуги", "18"), went(3, 3500, BANKS_FEES, "Комиссия")],
        opening=100_000,
    )
    first, second = bank.one_c(0, 1), bank.one_c()
    await book(db, first, AT)
    await book(db, second, LATER)
    newer, older = await booked_statements(db)
    sha256 = hashlib.sha256(second).hexdigest()
    assert (newer.file, newer.account, newer.booked_by) == (sha256, OURS.account, "olga")
    assert (newer.first_day, newer.last_day, newer.booked_at) == (day(1), day(3), LATER)
    assert (newer.opening, newer.credited) == (100_000, 70_000)
    assert (newer.debited, newer.closing) == (3_500, 166_500)
    assert (newer.fresh, newer.seen) == (1, 1)
    assert (older.file, older.fresh) == (hashlib.sha256(first).hexdigest(), 1)
    found = await lines(db, OURS.account)
    assert [(one.line.day, one.line.minor, one.state) for one in found] == [
        (day(3), -3_500, "booked"),
        (day(1), 70_000, "waiting"),
    ]
    assert [one.line.minor for one in await lines(db, OURS.account, before=day(3))] == [70_000]
    assert await lines(db, "40702810000000000000") == []


async def test_how_the_accounts_stand(db: AsyncConnection) -> None:
    """До первой выписки; и после: 1 000,00 было, 700,00 пришло неизвестно за что."""
    await ready(db)
    [quiet] = await standings(db)
    assert (quiet.account.number, quiet.told_until) == (OURS.account, None)
    nothing = Money(0)
    assert (quiet.told, quiet.books, quiet.difference) == (nothing, nothing, nothing)
    bank = Bank([came(1, 700, NORTH, "За услуги", "18")], opening=100_000)
    await book(db, bank.one_c())
    [busy] = await standings(db)
    assert (busy.told, busy.told_until) == (Money(170_000), day(1))
    assert (busy.books, busy.suspense, busy.transit) == (Money(170_000), Money(70_000), nothing)
    assert busy.account.requisites == OURS
    assert (busy.account.since, busy.account.opening) == (day(1), 100_000)
