"""Payouts by bank: the file goes to the bank, its statement says what became of each order."""

from datetime import timedelta

import client_bank_1c
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AccountKind
from ledger.bank import NothingDue, OrderFileUnknown, make_order_file, order_file, order_files
from ledger.bank.matching import Rule
from ledger.bank.statements import Line, Side
from ledger.control import Actor, Rail, RoleRefused, Switch, SwitchedOff, turn
from ledger.money import Money
from ledger.payouts import PayOutState, change_details, keep_reserves, pay_out, request_pay_out
from tests.ledger.bank.books import (
    LATER,
    OLGA,
    PAYEE,
    PETR,
    at_bank,
    balances,
    book,
    minor,
    ready,
    resident,
    sound,
)
from tests.ledger.bank.writing import BANKS_FEES, OURS, Bank, went
from tests.ledger.payouts.people import OTHER_PLACE, day, earn

AT = day(40)
ANN = Side(OTHER_PLACE.name, OTHER_PLACE.inn, "", OTHER_PLACE.account, "", OTHER_PLACE.bik)


async def wants(db: AsyncConnection, *sums: int) -> None:
    """Анна заработала 10 000,00 и просит выплат."""
    await ready(db)
    await resident(db, "ann")
    await change_details(db, "ann", Rail.BANK, OTHER_PLACE, Actor("ann", "self"), day(-10))
    await earn(db, 1_000_000, day(0), "S-2026-000001")
    await keep_reserves(db, day(0))
    for n, kopecks in enumerate(sums):
        await request_pay_out(db, f"p{n}", "ann", Money(kopecks), Actor("ann", "self"), AT)


def paid(number: str, kopecks: int, n: int = 1, who: Side = ANN) -> Line:
    return Line(AT.date() + timedelta(days=n), -kopecks, number, who, "Вознаграждение")


async def test_a_payout_goes_and_arrives(db: AsyncConnection) -> None:
    """5 000,00 Анне: файл для банка, потом выписка с поручением и комиссией."""
    await wants(db, 500_000, 100_050)
    file = await make_order_file(db, PAYEE, OLGA, AT)
    assert (file.orders, file.total) == (2, Money(600_050))
    assert await order_files(db) == [file]
    assert await minor(db, AccountKind.PAYOUT, "p0") == -500_000
    fee = went(1, 2_900, BANKS_FEES, "Комиссия за перевод", "900")
    fee = Line(AT.date() + timedelta(days=1), fee.minor, "900", fee.other, fee.purpose)
    bank = Bank([paid("1", 500_000), paid("2", 100_050), fee], opening=1_000_000)
    seen = await book(db, bank.one_c(), AT + timedelta(days=2))
    assert [found.rule for _, _, found in seen.sections[0].lines].count(Rule.ORDERED) == 2
    for id in ("p0", "p1"):
        assert (await pay_out(db, id)).state is PayOutState.ARRIVED
        assert await minor(db, AccountKind.PAYOUT, id) == 0
    assert await at_bank(db) == bank.balance(3)
    await sound(db)
    before = await balances(db)
    assert (await book(db, bank.one_c(encoding="utf-8"))).fresh == 0
    assert await balances(db) == before


async def test_what_the_bank_returns_is_the_payee_s_again(db: AsyncConnection) -> None:
    await wants(db, 500_000)
    earned = await minor(db, AccountKind.EARNINGS, "ann")
    await make_order_file(db, PAYEE, OLGA, AT)
    back = Line(AT.date() + timedelta(days=3), 500_000, "44", ANN, "Возврат п/п № 1: счёт закрыт")
    bank = Bank([paid("1", 500_000), back], opening=600_000)
    seen = await book(db, bank.one_c(), AT + timedelta(days=4))
    rules = [found.rule for _, _, found in seen.sections[0].lines]
    assert rules == [Rule.ORDERED, Rule.ORDER_BACK]
    assert (await pay_out(db, "p0")).state is PayOutState.RETURNED
    assert await minor(db, AccountKind.EARNINGS, "ann") == earned
    assert await at_bank(db) == 600_000
    await sound(db)


@pytest.mark.parametrize(
    ("number", "kopecks", "who"),
    [("2", 500_000, ANN), ("1", 499_999, ANN), ("1", 500_000, BANKS_FEES)],
)
async def test_another_number_sum_or_payee_is_a_question(
    db: AsyncConnection, number: str, kopecks: int, who: Side
) -> None:
    await wants(db, 500_000)
    await make_order_file(db, PAYEE, OLGA, AT)
    bank = Bank([paid(number, kopecks, who=who)], opening=600_000)
    seen = await book(db, bank.one_c(), LATER)
    assert seen.questions == 1
    assert (await pay_out(db, "p0")).state is PayOutState.SENT
    await sound(db)


async def test_who_may_and_when(db: AsyncConnection) -> None:
    await wants(db, 500_000)
    with pytest.raises(RoleRefused):
        await make_order_file(db, PAYEE, Actor("ann", "self"), AT)
    await turn(db, Switch.PAYOUTS, False, PETR, "проверка", AT)
    with pytest.raises(SwitchedOff):
        await make_order_file(db, PAYEE, OLGA, AT)
    await turn(db, Switch.PAYOUTS, True, PETR, "проверено", AT)
    file = await make_order_file(db, PAYEE, OLGA, AT)
    with pytest.raises(NothingDue):
        await make_order_file(db, PAYEE, OLGA, AT)
    assert (await order_file(db, file.number)).startswith(b"1CClientBankExchange\r\n")
    with pytest.raises(OrderFileUnknown):
        await order_file(db, "2026-000099")


async def test_the_file_is_what_other_programs_read(db: AsyncConnection) -> None:
    """client-bank-1c reads our file: one document an order, windows-1251, totals."""
    await wants(db, 500_000)
    file = await make_order_file(db, PAYEE, OLGA, AT)
    data = await order_file(db, file.number)
    theirs = client_bank_1c.load(data)
    assert theirs.info["ВерсияФормата"] == "1.03"
    assert theirs.info["Кодировка"] == "Windows"
    [one] = theirs.documents
    assert (str(one["Сумма"]), one["Номер"]) == ("5000.00", "1")
    assert one["ПлательщикСчет"] == OURS.account
    assert one["ПолучательСчет"] == OTHER_PLACE.account
    assert one["ПолучательБИК"] == OTHER_PLACE.bik
    assert one["ПолучательИНН"] == OTHER_PLACE.inn
