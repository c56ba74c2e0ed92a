"""The trial balance and the statements of a small autumn, by both days, rolled up or not."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Money, seal
from ledger.books import (
    Axis,
    BadPeriod,
    JournalFilter,
    Period,
    account_statement,
    account_turnover,
    balance_on,
    check_books,
    currencies,
    journals,
    roll_up,
    turnover,
)
from tests.ledger.books.autumn import (
    ANN,
    AUTUMN,
    BOB,
    CASH,
    ESCROW,
    NOVEMBER,
    NOW,
    OCTOBER,
    SEPTEMBER,
    SESSION,
    at,
    autumn,
    draft,
    post,
)

RECORDED = Axis.RECORDED


@pytest.fixture(params=["entries", "rolled", "half"])
async def books(db: AsyncConnection, request: pytest.FixtureRequest) -> AsyncConnection:
    """The same books three times: nothing rolled up, all of it, the first two journals."""
    await autumn(db)
    if request.param != "entries":
        await seal(db, NOW)
        assert await roll_up(db, 2 if request.param == "half" else 100) > 0
    return db


async def table(
    db: AsyncConnection, period: tuple[date, date], by: Axis = Axis.EFFECTIVE
) -> dict[str, tuple[int, ...]]:
    found = await turnover(db, *period, by=by)
    assert found.totals.balanced
    return {
        line.kind.name: tuple(
            m.minor for m in (line.opening, line.debits, line.credits, line.closing)
        )
        for line in found.lines
    }


async def test_october_as_an_accountant_reads_it(books: AsyncConnection) -> None:
    assert await table(books, OCTOBER) == {
        #             opening  debits credits  closing
        "CASH": (-100_000, 0, 0, -100_000),
        "PREPAID": (100_000, 22_000, 0, 78_000),
        "ESCROW": (0, 20_000, 22_000, 2_000),
        "EARNINGS": (0, 0, 18_000, 18_000),
        "COMMISSION": (0, 0, 2_000, 2_000),
    }


async def test_october_as_it_was_known_at_its_end(books: AsyncConnection) -> None:
    """By the day of recording the forgotten minute belongs to November."""
    assert (await table(books, OCTOBER, RECORDED))["PREPAID"] == (100_000, 20_000, 0, 80_000)
    assert (await table(books, NOVEMBER, RECORDED))["PREPAID"] == (80_000, 2_000, 0, 78_000)
    assert (await table(books, NOVEMBER))["PREPAID"] == (78_000, 0, 0, 78_000)


async def test_periods_join_without_a_seam(books: AsyncConnection) -> None:
    for by in Axis:
        september, october, november, all_of_it = [
            await table(books, period, by) for period in (SEPTEMBER, OCTOBER, NOVEMBER, AUTUMN)
        ]
        for kind, (opening, debits, credits, closing) in all_of_it.items():
            months = [m.get(kind, (0, 0, 0, 0)) for m in (september, october, november)]
            assert (opening, closing) == (0, months[-1][3])
            assert (debits, credits) == (sum(m[1] for m in months), sum(m[2] for m in months))


async def test_before_the_books_there_is_nothing(books: AsyncConnection) -> None:
    assert await table(books, (date(2025, 1, 1), date(2025, 12, 31))) == {}
    assert await currencies(books) == ["RUB"]
    with pytest.raises(BadPeriod):
        await turnover(books, date(2026, 2, 1), date(2026, 1, 1))


async def test_accounts_of_a_kind(books: AsyncConnection) -> None:
    carl = Account(AccountKind.PREPAID, "carl")
    await post(books, at(11, 21), draft("t2", "top_up", (CASH, -500), (carl, 500)))
    wallets = await account_turnover(books, AccountKind.PREPAID, *NOVEMBER)
    assert [(w.account.owner, w.opening.minor, w.closing.minor) for w in wallets] == [
        ("bob", 78_000, 78_000),
        ("carl", 0, 500),
    ]
    [later] = await account_turnover(books, AccountKind.PREPAID, *NOVEMBER, after="bob")
    assert later.account == carl
    [first] = await account_turnover(books, AccountKind.PREPAID, *NOVEMBER, limit=1)
    assert first.account == BOB
    assert await account_turnover(books, AccountKind.ESCROW, *SEPTEMBER) == []
    [escrow] = await account_turnover(books, AccountKind.ESCROW, *OCTOBER, by=RECORDED)
    assert (escrow.debits, escrow.credits) == (Money(20_000), Money(20_000))


async def test_a_statement_goes_by_days(books: AsyncConnection) -> None:
    """Bob in October: 1000.00, less 200.00, less 20.00 that was recorded late, is 780.00."""
    found = await account_statement(books, BOB, *OCTOBER)
    assert (found.opening, found.closing) == (Money(100_000), Money(78_000))
    assert [(line.journal_id, line.day, line.amount.minor, line.balance.minor)
            for line in found.lines] == [
        ("test:m1", date(2026, 10, 30), -20_000, 80_000),
        ("test:m2", date(2026, 10, 31), -2_000, 78_000),
    ]  # fmt: skip
    known = await account_statement(books, BOB, *OCTOBER, by=RECORDED)
    assert [line.journal_id for line in known.lines] == ["test:m1"]
    assert found.lines[1].at == at(11, 3)


async def test_a_statement_in_pages(books: AsyncConnection) -> None:
    for by in Axis:
        whole = await account_statement(books, BOB, *AUTUMN, by=by)
        assert whole.next is None
        lines, after = [], None
        while True:
            page = await account_statement(books, BOB, *AUTUMN, by=by, after=after, limit=1)
            lines += page.lines
            after = page.next
            if after is None:
                break
        assert tuple(lines) == whole.lines
        assert lines[-1].balance == whole.closing


async def test_an_account_that_was_never_used(books: AsyncConnection) -> None:
    found = await account_statement(books, Account(AccountKind.PREPAID, "nobody"), *OCTOBER)
    assert (found.lines, found.opening, found.closing) == ((), Money(0), Money(0))


async def test_balance_on_a_day(books: AsyncConnection) -> None:
    assert await balance_on(books, BOB, date(2026, 10, 29)) == Money(100_000)
    assert await balance_on(books, BOB, date(2026, 10, 31)) == Money(78_000)
    assert await balance_on(books, BOB, date(2026, 10, 31), RECORDED) == Money(80_000)
    assert await balance_on(books, ANN, date(2026, 11, 30)) == Money(8_000)


async def test_journals_by_what_they_are(books: AsyncConnection) -> None:
    async def ids(wanted: JournalFilter, **page: int) -> list[str]:
        return [row.journal.id for row in await journals(books, wanted, **page)]

    october = Period(*OCTOBER)
    everything = ["test:p1", "test:m2", "test:s1", "test:m1", "test:t1"]
    assert await ids(JournalFilter()) == everything
    assert await ids(JournalFilter(), limit=2) == everything[:2]
    second = (await journals(books, JournalFilter()))[1].number
    assert await ids(JournalFilter(), before=second) == everything[2:]
    assert await ids(JournalFilter(period=october)) == ["test:m2", "test:s1", "test:m1"]
    assert await ids(JournalFilter(period=october, by=RECORDED)) == ["test:s1", "test:m1"]
    assert await ids(JournalFilter(kind="minute")) == ["test:m2", "test:m1"]
    assert await ids(JournalFilter(ref=SESSION)) == ["test:m2", "test:s1", "test:m1"]
    assert await ids(JournalFilter(ref="test:p1")) == ["test:p1"]
    assert await ids(JournalFilter(account=ANN)) == ["test:p1", "test:s1"]
    assert await ids(JournalFilter(account=ESCROW, kind="settle")) == ["test:s1"]
    assert await ids(JournalFilter(amount=Money(18_000))) == ["test:s1"]
    assert await ids(JournalFilter(amount=Money(20_000), period=october)) == ["test:s1", "test:m1"]
    assert await ids(JournalFilter(amount=Money(18_000, "EUR"))) == []
    assert await ids(JournalFilter(ref="S-2026-000002")) == []


async def test_day_sums_that_were_bent_are_found(books: AsyncConnection) -> None:
    assert await check_books(books) == []
    bent = await books.execute(text("UPDATE ledger_books_account_day SET debits = debits + 1"))
    kinds = {fault.kind for fault in await check_books(books)}
    assert kinds == ({"day_sum_adrift"} if bent.rowcount else set())
    await books.execute(text("DELETE FROM ledger_books_account_day"))
    assert bool(await check_books(books)) == bool(bent.rowcount)


async def test_the_roll_up_takes_sealed_journals_once(db: AsyncConnection) -> None:
    await autumn(db)
    assert await roll_up(db) == 0
    await seal(db, NOW)
    rolled = [await roll_up(db, 2) for _ in range(4)]
    assert [bool(count) for count in rolled] == [True, True, True, False]
    assert await check_books(db) == []
