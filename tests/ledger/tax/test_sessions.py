"""VAT of a session: its own journals, exact to the kopeck, once, and corrected after a ruling."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import (
    Account,
    AccountKind,
    Draft,
    Leg,
    Money,
    Outcome,
    Terms,
    balance,
    check,
    journals_of,
    rule,
    settle,
)
from ledger.tax import VatMode, VatRegime, book_session, rate_on, vat_within
from ledger.tax.sessions import ref_of
from tests.ledger.books import ANN, AT, BOB, CASH, COMMISSION, ESCROW, SESSION, post

VAT = Account(AccountKind.VAT)
BASIC = rate_on(date(2026, 11, 21))
FIVE = rate_on(date(2026, 11, 21), name="simplified-5")
TERMS = Terms(ANN)


@dataclass(frozen=True)
class Case:
    """A session's price, how it ended, and the tax of an agent and of a principal at 22 and 5 %."""

    price: int
    outcome: Outcome
    agent: tuple[int, int]
    principal: tuple[int, int]


CASES = (
    # commission 10.00: 22/122 of it is 1.803…, 5/105 is 0.476…; of the whole 100.00 18.03 and 4.76
    Case(100_00, Outcome.RESOLVED, (1_80, 48), (18_03, 4_76)),
    # kept 20.00, commission 10.00
    Case(100_00, Outcome.UNRESOLVED, (1_80, 48), (3_61, 95)),
    # an odd price: commission floor(3.333) = 3.33
    Case(33_33, Outcome.RESOLVED, (60, 16), (6_01, 1_59)),
    # a commission of 0.02 carries no kopeck of tax at 5 %, and none at 22 % either
    Case(29, Outcome.RESOLVED, (0, 0), (5, 1)),
)


async def charge(db: AsyncConnection, minor: int) -> None:
    await post(
        db,
        Draft("test", "1", "test", (Leg(CASH, -minor), Leg(BOB, minor))),
        Draft("tick", f"{SESSION}:1", "minute", (Leg(BOB, -minor), Leg(ESCROW, minor)), SESSION),
    )


async def due(db: AsyncConnection) -> int:
    return (await balance(db, VAT)).posted.minor


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.price}-{c.outcome.value}")
async def test_an_agent_owes_on_its_commission_and_a_principal_on_the_price(
    db: AsyncConnection, case: Case
) -> None:
    await charge(db, case.price)
    await settle(db, SESSION, BOB, TERMS, case.outcome, AT)
    before = await journals_of(db, SESSION)
    income = (await balance(db, COMMISSION)).posted.minor
    for mode, wanted in ((VatMode.AGENT, case.agent), (VatMode.PRINCIPAL, case.principal)):
        for rate, minor in zip((BASIC, FIVE), wanted, strict=True):
            for _ in range(2):  # each time the difference to what is booked: a replay is none
                assert (await book_session(db, SESSION, mode, rate, AT)).minor == minor
            assert await due(db) == minor
            assert (await balance(db, COMMISSION)).posted.minor == income - minor
    assert await journals_of(db, SESSION) == before, "the session's own journals know no tax"
    assert await check(db) == []


async def test_one_journal_under_the_session_s_name_and_a_correction_after_a_ruling(
    db: AsyncConnection,
) -> None:
    await charge(db, 100_00)
    await settle(db, SESSION, BOB, TERMS, Outcome.RESOLVED, AT)
    await book_session(db, SESSION, VatMode.PRINCIPAL, BASIC, AT)
    await rule(db, SESSION, "A-1", BOB, TERMS, Outcome.UNRESOLVED, AT)
    for _ in range(2):
        await book_session(db, SESSION, VatMode.PRINCIPAL, BASIC, AT)
    booked = await journals_of(db, ref_of(SESSION))
    assert [one.id for one in booked] == [f"vat:{SESSION}", f"vat:{SESSION}:2"]
    assert [one.entries[1].amount.minor for one in booked] == [18_03, 3_61 - 18_03]
    assert await due(db) == 3_61


async def test_before_any_charge_there_is_nothing_to_tax(db: AsyncConnection) -> None:
    assert await book_session(db, SESSION, VatMode.AGENT, BASIC, AT) == Money(0)
    assert await journals_of(db, ref_of(SESSION)) == []


@given(st.integers(0, 10**9), st.sampled_from([500, 700, 2000, 2200]))
def test_tax_is_within_half_a_kopeck_of_the_fraction(gross: int, bp: int) -> None:
    assert abs(vat_within(gross, bp) * (10_000 + bp) * 2 - gross * bp * 2) <= 10_000 + bp


def test_a_regime_begins_on_its_day_and_follows_the_law() -> None:
    regime = VatRegime(VatMode.AGENT, "basic", date(2025, 7, 1))
    assert regime.on(date(2025, 6, 30)) is None
    rows = [regime.on(day) for day in (date(2025, 7, 1), date(2026, 1, 1))]
    assert [row.bp for row in rows if row] == [2000, 2200]
    days = [(day, row.bp) for day, row in regime.rates()]
    assert days == [(date(2025, 7, 1), 2000), (date(2026, 1, 1), 2200)]
    assert VatRegime().on(date(2026, 1, 1)) is None
    assert VatRegime().rates() == []
