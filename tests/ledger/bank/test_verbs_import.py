"""Statements in the books, as the accountant sees them."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AccountKind
from ledger.bank import InvoiceState, invoice, outlook
from ledger.bank.formats import read
from ledger.bank.matching import Rule
from ledger.bank.statements import Side
from tests.ledger.bank.books import (
    AT,
    LATER,
    at_bank,
    balances,
    billed,
    book,
    in_suspense,
    minor,
    ready,
    refusal,
    sound,
    wallet,
)
from tests.ledger.bank.writing import (
    BANKS_FEES,
    NORTH,
    OURS,
    PERSON,
    VECTOR,
    Bank,
    came,
    day,
    rubles,
    went,
)


async def test_a_day_at_the_bank(db: AsyncConnection) -> None:
    """Остаток 1 000,00; пришло 1 500,00 по счёту и 700,00 неизвестно за что; комиссия 35,00."""
    await ready(db, "anna")
    await billed(db, "anna", VECTOR, 1500)
    bank = Bank(
        [
            came(1, 1500, VECTOR, "Оплата по счёту № B-2026-000001 от 01.11.2026, НДС нет"),
            came(1, 700, NORTH, "За услуги", "18"),
            went(1, 3500, BANKS_FEES, "Комиссия за ведение счёта"),
        ],
        opening=100_000,
    )
    seen = await book(db, bank.one_c())
    assert (seen.fresh, seen.questions) == (3, 1)
    assert seen.begins == {OURS.account: (day(1), 100_000)}
    assert await at_bank(db) == bank.balance(3) == 316_500
    assert await wallet(db, "anna") == 150_000
    assert await in_suspense(db) == 70_000
    assert await minor(db, AccountKind.FEES) == -3_500
    assert await minor(db, AccountKind.RETAINED) == 100_000
    paid = await invoice(db, "B-2026-000001", LATER)
    assert (paid.state, paid.paid.minor) == (InvoiceState.PAID, 150_000)
    await sound(db)


async def test_importing_again_changes_nothing(db: AsyncConnection) -> None:
    """The same file, the same days in another encoding, and a part of them."""
    await ready(db, "anna")
    await billed(db, "anna", VECTOR, 1500)
    bank = Bank(
        [
            came(1, 1500, VECTOR, "счет B-2026-000001"),
            came(2, 100, NORTH, "аванс", "5"),
            came(2, 100, NORTH, "аванс", "5"),  # twice the same: two lines
        ]
    )
    await book(db, bank.one_c())
    before = await balances(db)
    assert (await book(db, bank.one_c())).again
    for data in (
        bank.one_c(encoding="utf-8"),
        bank.one_c(1, 3, version="1.01"),
        bank.one_c(0, 1),
        bank.one_c(0, 2, (day(1), day(2))),
        bank.camt(),
        bank.mt940(),
    ):
        seen = await book(db, data)
        assert (seen.again, seen.fresh) == (False, 0)
    assert await balances(db) == before
    assert await in_suspense(db) == 20_000
    await sound(db)


@pytest.mark.parametrize(
    ("purpose", "rubles_", "who", "rule"),
    [
        ("Оплата по счёту № B-2026-000001", 1500, VECTOR, Rule.EXACT),
        ("опл сч в–2026–1 ндс нет", 1500, VECTOR, Rule.EXACT),
        ("Оплата по счёту B-2026-000001", 1600, VECTOR, Rule.OVER),
        ("Оплата по счёту B-2026-000001", 900, VECTOR, Rule.UNDER),
        ("За консультации", 1500, VECTOR, Rule.ONLY_OPEN),
        ("За консультации", 1501, VECTOR, Rule.NOBODYS),
        ("Оплата по счёту B-2026-000001", 1500, NORTH, Rule.NOBODYS),
        ("Оплата по счёту B-2026-000002", 1500, VECTOR, Rule.NOBODYS),
        ("счета B-2026-000001, B-2026-000002", 1500, VECTOR, Rule.NOBODYS),
        ("Оплата по счёту B-2026-000001", 1500, PERSON, Rule.NOBODYS),
    ],
)
async def test_whose_money_it_is(
    db: AsyncConnection, purpose: str, rubles_: int, who: Side, rule: Rule
) -> None:
    """The invoice of the company Вектор for 1 500,00: who pays how much, and what they write."""
    await ready(db, "anna")
    await billed(db, "anna", VECTOR, 1500)
    seen = await book(db, Bank([came(1, rubles_, who, purpose)]).one_c())
    assert seen.sections[0].lines[0][2].rule is rule
    credited = 0 if rule is Rule.NOBODYS else rubles_ * 100
    assert await wallet(db, "anna") == credited
    assert await in_suspense(db) == rubles_ * 100 - credited
    await sound(db)


async def test_a_person_is_known_by_number_and_exact_sum(db: AsyncConnection) -> None:
    await ready(db, "anna")
    await billed(db, "anna", PERSON, 300)
    lines = [came(1, 299, PERSON, "B-2026-1", "1"), came(1, 300, PERSON, "B-2026-1", "2")]
    seen = await book(db, Bank(lines).one_c())
    assert {found.rule for _, _, found in seen.sections[0].lines} == {Rule.NOBODYS, Rule.EXACT}
    assert await wallet(db, "anna") == 30_000


async def test_an_invoice_paid_in_parts_and_over(db: AsyncConnection) -> None:
    """1 500,00 = 500,00 + 1 000,00 без номера; ещё 10,00 сверх того остаются клиенту."""
    await ready(db, "anna")
    await billed(db, "anna", VECTOR, 1500)
    bank = Bank(
        [
            came(1, 500, VECTOR, "B-2026-000001", "1"),
            came(2, 1000, VECTOR, "доплата", "2"),
            came(3, 10, VECTOR, "B-2026-000001", "3"),
        ]
    )
    await book(db, bank.one_c(0, 1))
    state = (await invoice(db, "B-2026-000001", LATER)).state
    assert state is InvoiceState.PARTLY_PAID
    seen = await book(db, bank.one_c(1, 3))
    rules = [found.rule for _, _, found in seen.sections[0].lines]
    assert rules == [Rule.ONLY_OPEN, Rule.OVER]
    assert await wallet(db, "anna") == 151_000
    whole = await invoice(db, "B-2026-000001", LATER)
    assert (whole.state, whole.paid.minor) == (InvoiceState.PAID, 151_000)
    await sound(db)


async def test_money_of_nobody_goes_back(db: AsyncConnection) -> None:
    """Ошибочный платёж 700,00 пришёл и на другой день возвращён плательщику."""
    await ready(db)
    bank = Bank(
        [
            came(1, 700, NORTH, "Оплата по договору 5", "18"),
            went(2, 70_000, NORTH, "Возврат ошибочно перечисленных средств по п/п 18"),
        ]
    )
    await book(db, bank.one_c())
    assert (await at_bank(db), await in_suspense(db)) == (0, 0)
    await sound(db)


async def test_what_went_out_unordered_is_asked_about(db: AsyncConnection) -> None:
    await ready(db)
    bank = Bank([went(1, 12_300, NORTH, "Аренда офиса")], opening=50_000)
    seen = await book(db, bank.one_c())
    assert seen.sections[0].lines[0][2].rule is Rule.STRANGE
    assert await at_bank(db) == 37_700
    assert await minor(db, AccountKind.BANK_TRANSIT, OURS.account) == 12_300
    await sound(db)


async def test_a_line_of_a_closed_period_is_entered_today(db: AsyncConnection) -> None:
    await ready(db)
    await db.execute(
        text("INSERT INTO ledger_period VALUES (:first, :last, 0, 'olga', '')").bindparams(
            first=day(1), last=day(3)
        )
        if db.dialect.name == "postgresql"
        else text(f"INSERT INTO ledger_period VALUES ('{day(1)}', '{day(3)}', 0, 'olga', '')")
    )
    await book(db, Bank([came(1, 700, NORTH, "аванс")]).one_c())
    found = (await db.execute(text("SELECT effective_on FROM ledger_journal"))).scalar_one()
    assert str(found) == f"{LATER.date()}"
    assert await at_bank(db) == 70_000


async def test_the_dry_run_tells_what_booking_does(db: AsyncConnection) -> None:
    await ready(db, "anna")
    await billed(db, "anna", VECTOR, 1500)
    data = Bank([came(1, 1500, VECTOR, "B-2026-1"), came(1, 7, NORTH, "?", "8")]).one_c()
    before = await balances(db)
    seen = await outlook(db, data, read(data))
    assert await balances(db) == before
    done = await book(db, data)
    assert (seen.sections, seen.begins) == (done.sections, done.begins)


# --- files that do not continue the books


async def test_a_gap_is_refused_by_the_day_that_is_missing(db: AsyncConnection) -> None:
    await ready(db)
    bank = Bank([came(n, 10 * n, NORTH, "аванс", str(n)) for n in range(1, 6)])
    await book(db, bank.one_c(0, 2))
    refused = await refusal(db, bank.one_c(3, 5))
    assert refused.code == "gap"
    assert refused.detail == "03.11.2026–04.11.2026"
    await book(db, bank.one_c(2, 3))
    await book(db, bank.one_c(3, 5))
    assert await at_bank(db) == bank.balance(5)


async def test_before_the_beginning(db: AsyncConnection) -> None:
    """An older file is refused; one that reaches over the beginning brings its newer days."""
    await ready(db)
    bank = Bank([came(n, 10 * n, NORTH, "аванс", str(n)) for n in range(1, 6)])
    await book(db, bank.one_c(2, 3))
    assert (await refusal(db, bank.one_c(0, 2))).code == "before_beginning"
    seen = await book(db, bank.one_c(0, 5))
    assert (seen.fresh, seen.sections[0].plan.skipped, seen.sections[0].plan.seen) == (2, 2, 1)
    assert await at_bank(db) == bank.balance(5)
    await sound(db)


async def test_a_statement_may_not_take_back_what_it_told(db: AsyncConnection) -> None:
    """Другая сумма за рассказанный день: ни одна строка не проводится."""
    await ready(db)
    bank = Bank([came(n, 10 * n, NORTH, "аванс", str(n)) for n in range(1, 5)])
    await book(db, bank.one_c())
    other = Bank([came(2, 999, NORTH, "аванс", "2")], opening=bank.balance(1))
    assert (await refusal(db, other.one_c())).code == "lines_differ"
    more = Bank([bank.lines[1], came(2, 999, NORTH, "новая", "77")], opening=bank.balance(1))
    assert (await refusal(db, more.one_c())).code == "contradiction"
    moved = Bank(bank.lines[1:2], opening=bank.balance(1) + 1)
    assert (await refusal(db, moved.one_c())).code == "opening_differs"


async def test_a_stranger_s_account_is_refused(db: AsyncConnection) -> None:
    await ready(db)
    theirs = Bank([came(1, 5, NORTH, "?")], account="40817810200000000019")
    assert (await refusal(db, theirs.one_c())).code == "unknown_account"


async def test_a_day_told_in_part_and_then_whole(db: AsyncConnection) -> None:
    """Выписка в середине дня, потом за весь день; вторая половина может прийти и отдельно."""
    await ready(db)
    bank = Bank([came(1, 10 * n, NORTH, "аванс", str(n)) for n in range(1, 5)])
    await book(db, bank.one_c(0, 2))
    assert (await book(db, bank.one_c(2, 3))).fresh == 1
    assert (await refusal(db, bank.one_c(1, 4))).code == "opening_differs"
    assert (await book(db, bank.one_c())).fresh == 1
    assert (await book(db, bank.one_c(0, 1))).fresh == 0
    assert await at_bank(db) == bank.balance(4)
    await sound(db)


async def test_empty_days_are_told_too(db: AsyncConnection) -> None:
    await ready(db)
    bank = Bank([came(1, 10, NORTH, "аванс")], opening=500)
    await book(db, bank.one_c())
    quiet = Bank([], opening=bank.balance(1)).one_c(days=(day(2), day(6)))
    assert (await book(db, quiet)).fresh == 0
    assert await at_bank(db) == 1_500
    assert rubles(await at_bank(db)) == "15.00"


async def test_an_invoice_late_for_its_payment(db: AsyncConnection) -> None:
    """Оплачен после срока: деньги клиента всё равно его."""
    await ready(db, "anna")
    await billed(db, "anna", VECTOR, 1500, at=AT - timedelta(days=60))
    assert (await invoice(db, "B-2026-000001", LATER)).state is InvoiceState.EXPIRED
    seen = await book(db, Bank([came(1, 1500, VECTOR, "за услуги")]).one_c())
    assert seen.questions == 1, "without a number an old invoice is not guessed"
    named = came(2, 1500, VECTOR, "B-2026-000001", "9")
    await book(db, Bank([named], opening=150_000).one_c())
    assert (await invoice(db, "B-2026-000001", LATER)).state is InvoiceState.PAID
    assert await wallet(db, "anna") == 150_000
