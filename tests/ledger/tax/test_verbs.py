"""Advances on real books: taxed when they come, set off when they are delivered or paid back."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Money, check, tax
from ledger.errors import KeyConflict
from tests.ledger.books import AT, COMMISSION, available

OLD = datetime(2025, 12, 30, 9, tzinfo=UTC)
VAT = Account(AccountKind.VAT)
ADVANCES = Account(AccountKind.VAT_ADVANCES, "bob")


async def test_an_advance_is_taxed_once_at_the_rate_of_its_day(db: AsyncConnection) -> None:
    for _ in range(2):
        await tax.receive(db, "bob", "T-1", Money(120_00), OLD)
    await tax.receive(db, "bob", "T-2", Money(122_00), AT)
    assert (await available(db, VAT), await available(db, ADVANCES)) == (42_00, -42_00)
    assert [(a.key, a.bp) for a in await tax.advances_of(db, "bob")] == [
        ("T-1", 2000),
        ("T-2", 2200),
    ]
    with pytest.raises(KeyConflict):
        await tax.receive(db, "bob", "T-1", Money(120_01), OLD)


async def test_deliveries_take_the_oldest_advance_first(db: AsyncConnection) -> None:
    await tax.receive(db, "bob", "T-1", Money(120_00), OLD)
    await tax.receive(db, "bob", "T-2", Money(122_00), AT)
    for _ in range(2):
        await tax.deliver(db, "bob", "S-1", Money(181_00), COMMISSION, AT)
    due = 32_64  # 181.00 x 22 / 122
    assert await available(db, COMMISSION) == -due
    assert await available(db, ADVANCES) == -11_00  # 20.00 and half of 22.00 are set off
    assert await available(db, VAT) == 42_00 + due - 31_00
    (left,) = await tax.advances_of(db, "bob")
    assert (left.key, left.taken_minor) == ("T-2", 61_00)
    with pytest.raises(KeyConflict):
        await tax.deliver(db, "bob", "S-1", Money(180_00), COMMISSION, AT)


async def test_what_no_advance_paid_for_is_taxed_and_sets_nothing_off(db: AsyncConnection) -> None:
    """Promo credit, for one."""
    await tax.deliver(db, "bob", "S-1", Money(122_00), COMMISSION, AT)
    assert (await available(db, VAT), await available(db, ADVANCES)) == (22_00, 0)


async def test_a_refund_sets_off_the_tax_on_what_goes_back(db: AsyncConnection) -> None:
    await tax.receive(db, "bob", "T-1", Money(100_00), AT)
    for key, minor in (("R-1", 33_33), ("R-1", 33_33), ("R-2", 66_67)):
        await tax.pay_back(db, "bob", key, Money(minor), AT)
    assert (await available(db, VAT), await available(db, ADVANCES)) == (0, 0)
    assert await tax.advances_of(db, "bob") == []
    assert await check(db) == []


async def test_sums_too_small_for_tax_take_nothing(db: AsyncConnection) -> None:
    await tax.receive(db, "bob", "T-1", Money(100_00), AT)
    for _ in range(3):
        await tax.deliver(db, "bob", "S-1", Money(2), COMMISSION, AT)
    assert [one.taken_minor for one in await tax.advances_of(db, "bob")] == [0]
