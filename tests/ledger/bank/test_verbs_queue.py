"""Money of nobody: the accountant proposes, a second person confirms, and only then it moves."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AccountKind
from ledger.bank import (
    InvoiceState,
    LineDecided,
    LineUnknown,
    ProposalFaulty,
    ProposalUnknown,
    Question,
    confirm_line,
    decline_line,
    invoice,
    propose_line,
    questions,
)
from ledger.control import Actor, RoleRefused, SamePerson, audit_trail
from ledger.errors import InsufficientFunds
from tests.ledger.bank.books import (
    AT,
    LATER,
    OLGA,
    PETR,
    at_bank,
    balances,
    billed,
    book,
    in_suspense,
    minor,
    ready,
    sound,
    wallet,
)
from tests.ledger.bank.writing import NORTH, OURS, VECTOR, Bank, came, went


async def stray(db: AsyncConnection, *lines: object) -> Question:
    """The one line that waits: 700,00 by default."""
    await ready(db, "anna")
    found = list(lines) or [came(1, 700, NORTH, "Оплата")]
    await book(db, Bank(found, opening=500_000).one_c())  # type: ignore[arg-type]
    [one] = await questions(db, LATER)
    return one


async def test_four_eyes(db: AsyncConnection) -> None:
    """Ольга предлагает зачислить 700,00 Анне; подтвердить может только другой."""
    line = (await stray(db)).booked.id
    await propose_line(db, line, "wallet", "anna", "", OLGA, "письмо Анны от 3.11", LATER)
    assert (await wallet(db, "anna"), await in_suspense(db)) == (0, 70_000)
    for same in (OLGA, Actor("anna", "curator")):
        with pytest.raises(SamePerson):
            await confirm_line(db, line, same, LATER)
    done = await confirm_line(db, line, PETR, LATER)
    assert (done.state, done.party) == ("decided", "anna")
    assert (await wallet(db, "anna"), await in_suspense(db)) == (70_000, 0)
    assert await questions(db, LATER) == []
    told = {row.action for row in await audit_trail(db, subject=f"bank:{line}")}
    assert {"approval.proposed", "approval.granted"} <= told
    with pytest.raises(LineDecided):
        await confirm_line(db, line, PETR, LATER)
    with pytest.raises(LineDecided):
        await propose_line(db, line, "own", "", "", OLGA, "", LATER)
    await sound(db)


async def test_declined_and_proposed_anew(db: AsyncConnection) -> None:
    line = (await stray(db)).booked.id
    before = await balances(db)
    await propose_line(db, line, "own", "", "", OLGA, "наши", LATER)
    with pytest.raises(LineDecided):
        await propose_line(db, line, "wallet", "anna", "", PETR, "", LATER)
    await decline_line(db, line, PETR, "не наши", LATER)
    assert await balances(db) == before
    [one] = await questions(db, LATER)
    assert not one.proposed
    await propose_line(db, line, "wallet", "anna", "", OLGA, "Анны", LATER)
    await confirm_line(db, line, PETR, LATER)
    assert await wallet(db, "anna") == 70_000


async def test_for_an_invoice_it_is_paid(db: AsyncConnection) -> None:
    """Платит Северный путь за Вектор: счёт Вектора оплачен, деньги у Анны."""
    await ready(db, "anna")
    await billed(db, "anna", VECTOR, 700)
    one = await stray(db, came(1, 700, NORTH, "За Вектор, счёт B-2026-000001"))
    assert [found.number for found in one.candidates] == ["B-2026-000001"]
    line = one.booked.id
    await propose_line(db, line, "wallet", "", "B-2026-000001", OLGA, "по письму", LATER)
    await confirm_line(db, line, PETR, LATER)
    assert (await invoice(db, "B-2026-000001", LATER)).state is InvoiceState.PAID
    assert await wallet(db, "anna") == 70_000
    await sound(db)


async def test_money_out_is_a_fee_or_our_own_affair(db: AsyncConnection) -> None:
    rent = went(1, 12_300, NORTH, "Аренда", "1")
    tariff = went(1, 4_500, VECTOR, "Пакет услуг", "2")
    await ready(db, "anna")
    await book(db, Bank([rent, tariff], opening=500_000).one_c())
    first, second = sorted(await questions(db, LATER), key=lambda one: one.booked.line.reference)
    await propose_line(db, first.booked.id, "own", "", "", OLGA, "аренда", LATER)
    await propose_line(db, second.booked.id, "fee", "", "", OLGA, "тариф банка", LATER)
    for one in (first, second):
        await confirm_line(db, one.booked.id, PETR, LATER)
    assert await minor(db, AccountKind.FEES) == -4_500
    assert await minor(db, AccountKind.RETAINED) == 500_000 - 12_300
    assert await minor(db, AccountKind.BANK_TRANSIT, OURS.account) == 0
    assert await at_bank(db) == 483_200
    await sound(db)


async def test_what_was_given_back_to_a_payer_leaves_the_wallet(db: AsyncConnection) -> None:
    """Оплаченный счёт вернули переводом: кошелёк и счёт становятся прежними; больше не отдать."""
    await ready(db, "anna")
    await billed(db, "anna", VECTOR, 100)
    bank = Bank(
        [
            came(1, 100, VECTOR, "B-2026-000001"),
            went(2, 10_000, VECTOR, "Возврат по счёту B-2026-000001", "1"),
            went(2, 10_000, VECTOR, "Возврат по счёту B-2026-000001", "2"),
        ],
        opening=50_000,
    )
    await book(db, bank.one_c())
    one, two = await questions(db, LATER)
    for line in (one, two):
        await propose_line(
            db, line.booked.id, "wallet", "", "B-2026-000001", OLGA, "возврат", LATER
        )
    await confirm_line(db, one.booked.id, PETR, LATER)
    assert await wallet(db, "anna") == 0
    assert (await invoice(db, "B-2026-000001", AT)).state is InvoiceState.OPEN
    with pytest.raises(InsufficientFunds):
        async with db.begin_nested():
            await confirm_line(db, two.booked.id, PETR, LATER)
    await sound(db)


async def test_what_cannot_be_proposed(db: AsyncConnection) -> None:
    line = (await stray(db)).booked.id
    for kind, party, number, field in (
        ("gift", "", "", "kind"),
        ("fee", "", "", "kind"),
        ("own", "anna", "", "party"),
        ("wallet", "", "", "party"),
        ("wallet", "", "B-2026-000009", "invoice"),
    ):
        with pytest.raises(ProposalFaulty) as wrong:
            await propose_line(db, line, kind, party, number, OLGA, "", LATER)
        assert wrong.value.field == field
    with pytest.raises(RoleRefused):
        await propose_line(db, line, "own", "", "", Actor("anna", "self"), "", LATER)
    with pytest.raises(LineUnknown):
        await propose_line(db, "0" * 32, "own", "", "", OLGA, "", LATER)
    with pytest.raises(ProposalUnknown):
        await confirm_line(db, line, PETR, LATER)


async def test_importing_again_leaves_what_was_decided(db: AsyncConnection) -> None:
    line = (await stray(db)).booked.id
    await propose_line(db, line, "wallet", "anna", "", OLGA, "", LATER)
    await confirm_line(db, line, PETR, LATER)
    before = await balances(db)
    again = Bank([came(1, 700, NORTH, "Оплата")], opening=500_000)
    assert (await book(db, again.one_c(encoding="utf-8"))).fresh == 0
    assert await balances(db) == before
