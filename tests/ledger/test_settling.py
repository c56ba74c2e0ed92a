"""Settling and ruling on real books: once each, the same answer again, nobody below zero."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import (
    Account,
    AccountKind,
    Draft,
    Money,
    Outcome,
    Share,
    Terms,
    charge_legs,
    check,
    foresee,
    journals_of,
    promo,
    rule,
    settle,
)
from ledger.errors import RuledOtherwise, SettledOtherwise
from ledger.freezing import freeze
from ledger.settling_store import drawn_for, earned_for
from ledger.split import Portion
from tests.ledger.books import (
    ANN,
    AT,
    BOB,
    COMMISSION,
    ESCROW,
    SESSION,
    available,
    fund,
    move,
    post,
)

TERMS = Terms(ANN)
LATER = AT + timedelta(days=3)
BEN = Account(AccountKind.EARNINGS, "ben")


async def charge(db: AsyncConnection, minor: int, n: int = 1, session: str = SESSION) -> None:
    """A minute that takes promo credit first."""
    escrow = Account(AccountKind.ESCROW, session)
    legs = charge_legs(Money(minor), BOB, escrow, await promo.purses(db, "bob", "RUB", AT))
    draft = Draft("tick", f"{session}:{n}", "minute", legs, session)
    assert await post(db, draft) == ["posted"]


async def grant(db: AsyncConnection, campaign: str, minor: int, days: int = 30) -> Account:
    given = promo.Grant(campaign, "bob", Money(minor), AT, AT + timedelta(days))
    return (await promo.grant(db, given, AT)).purse


async def test_a_session_with_credit_settles_once(db: AsyncConnection) -> None:
    purse = await grant(db, "welcome", 3000)
    await fund(db, BOB, 1000)
    await charge(db, 4000)
    settled = await settle(db, SESSION, BOB, TERMS, Outcome.UNRESOLVED, AT)
    assert (settled.platform, settled.provider) == (Money(400), Money(400))
    assert (settled.refunded, settled.promo_back_minor) == (Money(3200), 2200)
    assert (settled.promo_used_minor, settled.others) == (800, Money(0))
    assert await settle(db, SESSION, BOB, TERMS, Outcome.UNRESOLVED, LATER) == settled
    assert (await available(db, BOB), await available(db, purse)) == (1000, 2200)
    with pytest.raises(SettledOtherwise):
        await settle(db, SESSION, BOB, TERMS, Outcome.RESOLVED, LATER)
    assert await check(db) == []


async def test_credit_drawn_for_a_fee_is_not_of_the_escrow(db: AsyncConnection) -> None:
    """In one session the consultant may pay minutes from credit, and the client from money."""
    await grant(db, "hosts", 500)
    await fund(db, BOB, 1000)
    legs = charge_legs(Money(300), BOB, COMMISSION, await promo.purses(db, "bob", "RUB", AT))
    assert await post(db, Draft("tick", "fee", "minute", legs, SESSION)) == ["posted"]
    assert await post(db, move("money", BOB, ESCROW, 1000, ref=SESSION)) == ["posted"]
    assert await drawn_for(db, SESSION, "RUB") == []
    settled = await settle(db, SESSION, BOB, TERMS, Outcome.UNRESOLVED, AT)
    assert (settled.refunded, settled.promo_back_minor) == (Money(800), 0)


async def test_a_charge_with_credit_that_was_corrected_is_not_drawn(db: AsyncConnection) -> None:
    purse = await grant(db, "welcome", 500)
    await charge(db, 500)
    back = move("back", ESCROW, purse, 500, reverses=f"tick:{SESSION}:1", ref=SESSION)
    assert await post(db, back) == ["posted"]
    assert await drawn_for(db, SESSION, "RUB") == []


async def test_the_same_ruling_again_changes_nothing(db: AsyncConnection) -> None:
    await fund(db, BOB, 10_000)
    await charge(db, 10_000)
    await settle(db, SESSION, BOB, TERMS, Outcome.RESOLVED, AT)
    first = await rule(db, SESSION, "A-1", BOB, TERMS, Outcome.UNRESOLVED, LATER)
    assert (first.settlement.provider, first.settlement.refunded) == (Money(1000), Money(8000))
    assert (first.short, first.settlement.total) == (Money(0), Money(10_000))
    journals = await journals_of(db, SESSION)
    assert await rule(db, SESSION, "A-1", BOB, TERMS, Outcome.UNRESOLVED, LATER) == first
    assert await journals_of(db, SESSION) == journals
    with pytest.raises(RuledOtherwise) as caught:
        await rule(db, SESSION, "A-1", BOB, TERMS, Outcome.RESOLVED, LATER)
    assert (caught.value.ruling, caught.value.ruled_as) == ("A-1", "unresolved")


async def test_rulings_follow_one_another(db: AsyncConnection) -> None:
    """Unsolved, then by shares, then solved after all: each goes on from the one before."""
    await fund(db, BOB, 10_000)
    await charge(db, 10_000)
    await settle(db, SESSION, BOB, TERMS, Outcome.RESOLVED, AT)
    await rule(db, SESSION, "A-1", BOB, TERMS, Outcome.UNRESOLVED, LATER)
    shares = [Share(COMMISSION, 500), Share(ANN, 4500)]
    second = await rule(db, SESSION, "A-2", BOB, TERMS, Outcome.RULED, LATER, shares)
    assert (second.settlement.platform, second.settlement.refunded) == (Money(500), Money(5000))
    third = await rule(db, SESSION, "A-3", BOB, TERMS, Outcome.RESOLVED, LATER)
    assert (third.settlement.platform, third.settlement.provider) == (Money(1000), Money(9000))
    assert (await available(db, ANN), await available(db, BOB)) == (9000, 0)
    told = await rule(db, SESSION, "A-1", BOB, TERMS, Outcome.UNRESOLVED, LATER)
    assert told.settlement.refunded == Money(8000), "as it stood after that ruling"
    assert await check(db) == []


async def test_a_ruling_that_confirms_leaves_no_journal(db: AsyncConnection) -> None:
    await fund(db, BOB, 10_000)
    await charge(db, 10_000)
    await settle(db, SESSION, BOB, TERMS, Outcome.RESOLVED, AT)
    ruling = await rule(db, SESSION, "A-1", BOB, TERMS, Outcome.RESOLVED, LATER)
    assert ruling.settlement.provider == Money(9000)
    assert [journal.kind for journal in await journals_of(db, SESSION)] == ["minute", "settlement"]


async def test_the_first_ruling_of_an_unsettled_session_settles_it(db: AsyncConnection) -> None:
    await fund(db, BOB, 10_000)
    await charge(db, 10_000)
    shares = [Share(ANN, 2500)]
    for _ in range(2):
        ruling = await rule(db, SESSION, "A-1", BOB, TERMS, Outcome.RULED, AT, shares)
        assert (ruling.settlement.provider, ruling.settlement.refunded) == (
            Money(2500),
            Money(7500),
        )
    assert await available(db, ESCROW) == 0


async def test_from_a_frozen_wallet_nothing_is_taken(db: AsyncConnection) -> None:
    """A dispute over the card payment goes before what an arbiter finds for the consultant."""
    await fund(db, BOB, 10_000)
    await charge(db, 10_000)
    await settle(db, SESSION, BOB, TERMS, Outcome.UNRESOLVED, AT)
    await freeze(db, BOB)
    ruling = await rule(db, SESSION, "A-1", BOB, TERMS, Outcome.RESOLVED, LATER)
    assert (ruling.short, await available(db, BOB)) == (Money(8000), 8000)


async def test_a_consilium_gives_back_in_the_shares_in_which_it_got(db: AsyncConnection) -> None:
    terms = Terms(ANN, team=(Portion(ANN, 600), Portion(BEN, 300)))
    await fund(db, BOB, 10_000)
    await charge(db, 10_000)
    settled = await settle(db, SESSION, BOB, terms, Outcome.RESOLVED, AT)
    assert (settled.provider, await available(db, ANN)) == (Money(9000), 6000)
    await rule(db, SESSION, "A-1", BOB, terms, Outcome.UNRESOLVED, LATER)
    assert (await available(db, ANN), await available(db, BEN)) == (666, 334)
    assert await earned_for(db, SESSION, BEN) == 334


async def test_an_empty_session_is_ruled_to_nothing(db: AsyncConnection) -> None:
    ruling = await rule(db, SESSION, "A-1", BOB, TERMS, Outcome.UNRESOLVED, AT)
    assert (ruling.settlement.total, ruling.short) == (Money(0), Money(0))


@pytest.mark.parametrize("stage", ["open", "settled", "spent", "frozen", "credit"])
@pytest.mark.parametrize(("ours", "theirs"), [(0, 0), (333, 4999), (1000, 9000)])
async def test_what_is_foreseen_is_what_is_ruled(
    db: AsyncConnection, stage: str, ours: int, theirs: int
) -> None:
    """Before and after a settlement, with what came back spent, frozen, or paid by credit."""
    if stage == "credit":
        await grant(db, "welcome", 3001)
    await fund(db, BOB, 10_000)
    await charge(db, 9_999)
    if stage != "open":
        await settle(db, SESSION, BOB, TERMS, Outcome.UNRESOLVED, AT)
    if stage == "spent":
        await post(db, move("spent", BOB, COMMISSION, 7000))
    if stage == "frozen":
        await freeze(db, BOB)
    shares = [Share(COMMISSION, ours), Share(ANN, theirs)]
    found = (db, SESSION, BOB, TERMS, Outcome.RULED)
    told = await foresee(*found, shares)
    assert told == await rule(db, SESSION, "A-1", *found[2:], LATER, shares)
    assert told == await foresee(*found, shares), "nothing is left to move"
