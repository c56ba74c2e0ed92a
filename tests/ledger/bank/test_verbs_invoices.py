"""Invoices in the database: numbers without gaps, one for one form, and whose rail it is."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger.bank import (
    InvoiceEnded,
    InvoiceState,
    InvoiceUnknown,
    PayerFaulty,
    cancel_invoice,
    invoice,
    invoices_of,
    lapse_invoices,
)
from ledger.bank.statements import Side
from ledger.control import Actor, Switch, SwitchedOff, WrongRail, audit_trail, turn
from tests.ledger.bank.books import AT, LATER, PETR, billed, book, ready, resident
from tests.ledger.bank.writing import VECTOR, Bank, came

ANNA = Actor("anna", "self")


async def test_numbers_have_no_gaps_and_begin_anew_each_year(db: AsyncConnection) -> None:
    await ready(db, "anna")
    first = await billed(db, "anna", VECTOR, 100, "1")
    again = await billed(db, "anna", VECTOR, 100, "1")
    second = await billed(db, "anna", VECTOR, 200, "2")
    assert (first.number, second.number) == ("B-2026-000001", "B-2026-000002")
    assert again == first
    new_year = datetime(2026, 12, 31, 21, 1, tzinfo=UTC)  # 2027 in Moscow
    third = await billed(db, "anna", VECTOR, 100, "3", new_year)
    assert (third.number, third.issued_on.year) == ("B-2027-000001", 2027)
    listed = [one.number for one in await invoices_of(db, "anna", LATER)]
    assert listed == ["B-2027-000001", "B-2026-000002", "B-2026-000001"]
    told = await audit_trail(db, subject="invoice:B-2026-000001")
    assert [row.action for row in told] == ["invoice.issued"]


async def test_a_number_comes_back_with_its_transaction(fresh_engine: AsyncEngine) -> None:
    async with fresh_engine.begin() as db:
        await ready(db, "anna")
        await billed(db, "anna", VECTOR, 100, "1")
    async with fresh_engine.connect() as db:
        lost = await db.begin()
        await billed(db, "anna", VECTOR, 100, "2")
        await lost.rollback()
    async with fresh_engine.begin() as db:
        assert (await billed(db, "anna", VECTOR, 100, "3")).number == "B-2026-000002"


async def test_the_rail_is_for_those_who_live_in_russia(db: AsyncConnection) -> None:
    await resident(db, "anna")
    with pytest.raises(WrongRail):
        await billed(db, "berta", VECTOR, 100)
    row = (await billed(db, "anna", VECTOR, 100)).number
    copied = (
        "INSERT INTO ledger_bank_invoice SELECT 'B-2026-999999', 'k', 'berta', amount, paid,"
        " currency, payer_name, payer_inn, payer_kpp, payee, vat_line, purpose, issued_on, due_on,"
        " cancelled_on, state, issued_us FROM ledger_bank_invoice WHERE number = :number"
    )
    with pytest.raises(DBAPIError, match="rails never mix"):
        async with db.begin_nested():
            await db.execute(text(copied), {"number": row})


async def test_a_switch_stops_invoices(db: AsyncConnection) -> None:
    await ready(db, "anna")
    await turn(db, Switch.TOP_UPS, False, PETR, "проверка", AT)
    with pytest.raises(SwitchedOff):
        await billed(db, "anna", VECTOR, 100)


async def test_wrong_requisites_are_named(db: AsyncConnection) -> None:
    await ready(db, "anna")
    wrong = Side("ООО «Вектор»", "7805123457", "78")
    with pytest.raises(PayerFaulty) as refused:
        await billed(db, "anna", wrong, 100)
    assert refused.value.faults == {"inn": "check", "kpp": "form"}
    with pytest.raises(ValueError, match="an invoice for"):
        await billed(db, "anna", VECTOR, 1)


async def test_cancelled_and_lapsed(db: AsyncConnection) -> None:
    await ready(db, "anna")
    first, second = [await billed(db, "anna", VECTOR, 100, key) for key in "12"]
    gone = await cancel_invoice(db, first.number, ANNA, AT)
    assert gone.state is InvoiceState.CANCELLED
    assert await cancel_invoice(db, first.number, ANNA, AT) == gone
    after = AT + timedelta(days=11)
    assert (await invoice(db, second.number, after)).state is InvoiceState.EXPIRED
    assert await lapse_invoices(db, AT + timedelta(days=10)) == 0
    assert await lapse_invoices(db, after) == 1
    assert await lapse_invoices(db, after) == 0
    with pytest.raises(InvoiceUnknown):
        await cancel_invoice(db, "B-2026-000777", ANNA, AT)


async def test_one_that_was_paid_cannot_be_cancelled(db: AsyncConnection) -> None:
    await ready(db, "anna")
    paid = await billed(db, "anna", VECTOR, 100)
    await book(db, Bank([came(1, 100, VECTOR, paid.number)]).one_c())
    with pytest.raises(InvoiceEnded):
        await cancel_invoice(db, paid.number, ANNA, LATER)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_bank_invoice",
        "DELETE FROM ledger_bank_line",
        "UPDATE ledger_bank_line SET amount = 1",
        "UPDATE ledger_bank_line SET day = '2026-01-01'",
        "DELETE FROM ledger_bank_statement",
        "UPDATE ledger_bank_statement SET seen = 7",
    ],
)
async def test_what_the_bank_told_stays(db: AsyncConnection, statement: str) -> None:
    await ready(db, "anna")
    paid = await billed(db, "anna", VECTOR, 100)
    await book(db, Bank([came(1, 100, VECTOR, paid.number)]).one_c())
    with pytest.raises(DBAPIError):
        async with db.begin_nested():
            await db.execute(text(statement))
