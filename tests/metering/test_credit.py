"""Promo credit goes before money: in holds, in charges, in how long the payer's means last."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import InsufficientFunds, Leg, Money, promo
from ledger.freezing import freeze
from ledger.promo import Drawn, purse_of
from metering import (
    Tariff,
    arm,
    authorize,
    charges,
    client_pays_tariff,
    load,
    observe,
    pause,
    resume,
    start,
    stop,
)
from metering.credit import accounts_of, held_parts, minute_draft, parts_of
from metering.effects import Charge
from metering.meter import Meter
from tests.metering.books import (
    BOB,
    COMMISSION,
    OTHER,
    SESSION,
    at,
    begin,
    clean,
    escrow,
    fund,
    money,
    seconds,
    told,
)
from tests.metering.test_charging import CHEAP_TILL_0802

WELCOME, SPRING = (purse_of(f"{campaign}:bob", "RUB") for campaign in ("welcome", "spring"))


async def gift(db: AsyncConnection, minor: int, campaign: str = "welcome", days: int = 30) -> None:
    until = at(0) + timedelta(days=days)
    given = promo.Grant(campaign, "bob", Money(minor), at(-10), until)
    await promo.grant(db, given, at(-10))


def holding(held: int, *credit: tuple[str, int]) -> Meter:
    terms = (SESSION, Tariff(), BOB, escrow())
    return Meter(*terms, held_minor=held or None, held_credit=credit, ticks=4)


def test_every_part_of_a_hold_has_a_key_of_its_own_and_the_first_ends_with_the_charge() -> None:
    meter = holding(2000, ("spring:bob", 700), ("welcome:bob", 300))
    assert [(p.key, p.account, p.minor) for p in held_parts(meter)] == [
        (f"meter:{SESSION}:5", SPRING, 700),
        (f"meter:{SESSION}:5:1", WELCOME, 300),
        (f"meter:{SESSION}:5:2", BOB, 1000),
    ]
    draft = minute_draft(meter, Charge(5, 240, 300, 2000, 0, "charged", "", meter.exact, True))
    assert draft.posts_hold == f"meter:{SESSION}:5"
    legs = (Leg(SPRING, -700), Leg(WELCOME, -300), Leg(BOB, -1000), Leg(escrow(), 2000))
    assert draft.legs == legs


def test_without_credit_the_hold_is_one_and_without_a_hold_there_is_none() -> None:
    [only] = held_parts(holding(2000))
    assert (only.key, only.account, only.minor) == (f"meter:{SESSION}:5", BOB, 2000)
    assert held_parts(holding(0)) == []
    assert [p.account for p in parts_of(holding(0), 300, [Drawn(SPRING, 300)])] == [SPRING]


def test_a_fee_touches_the_cost_of_credit_and_an_escrow_does_not() -> None:
    meter = holding(2000, ("spring:bob", 700))
    assert {a.kind.name for a in accounts_of(meter, {})} == {"PREPAID", "ESCROW", "PROMO"}
    fee = Meter(SESSION, Tariff(), BOB, COMMISSION, held_minor=2, held_credit=(("spring:bob", 2),))
    kinds = {a.kind.name for a in accounts_of(fee, {})}
    assert kinds == {"PREPAID", "COMMISSION", "PROMO", "PROMO_ISSUED", "PROMO_COST"}
    assert {a.kind.name for a in accounts_of(Meter("", Tariff(), BOB, COMMISSION), {})} == {
        "PREPAID",
        "COMMISSION",
    }


async def test_credit_counts_for_who_may_begin_and_for_how_long_it_lasts(
    db: AsyncConnection,
) -> None:
    await gift(db, 30_00)
    await fund(db, 9_99)
    assert await authorize(db, BOB, client_pays_tariff(), at(0)) == 1
    await fund(db, 1, key="2")
    assert await authorize(db, BOB, client_pays_tariff(), at(0)) == 2
    await begin(db)
    assert (await load(db, SESSION)).funded_s == 120
    await begin(db, session=OTHER)
    with pytest.raises(InsufficientFunds):
        await begin(db, session="S-2026-000003")


async def test_what_is_held_still_pays_after_its_day(db: AsyncConnection) -> None:
    await gift(db, 25_00, "spring", days=1)
    eve = 24 * 3600 - 100
    await arm(db, SESSION, BOB, escrow(), client_pays_tariff(), at(eve))
    await fund(db, 15_00)
    await start(db, SESSION, at(eve))
    await observe(db, SESSION, seconds(eve, eve + 55), at(eve + 56))
    assert (await money(db, SPRING), await money(db)) == ((5_00, 5_00), (15_00, 15_00))
    assert await promo.expire(db, at(eve + 101)) == 0
    await observe(db, SESSION, seconds(eve + 55, eve + 115), at(eve + 115))
    assert [c.amount.minor for c in await charges(db, SESSION)] == [20_00, 20_00]
    assert (await money(db, SPRING), await money(db)) == ((0, 0), (0, 0))
    await stop(db, SESSION, "host", at(eve + 115))
    assert await clean(db)


async def test_a_dearer_hour_gives_every_part_of_the_cheap_hold_back(db: AsyncConnection) -> None:
    await gift(db, 14_00)
    await begin(db, 100_00, CHEAP_TILL_0802)
    await observe(db, SESSION, seconds(0, 55), at(56))
    assert (await money(db, WELCOME), await money(db)) == ((4_00, 4_00), (100_00, 6_00))
    await pause(db, SESSION, "host", at(56))
    await resume(db, SESSION, at(120))
    await observe(db, SESSION, seconds(120, 126), at(127))
    assert [c.amount.minor for c in await charges(db, SESSION)] == [10_00, 30_00]
    assert (await money(db, WELCOME), await money(db)) == ((0, 0), (74_00, 0))
    await stop(db, SESSION, "host", at(127))
    assert await clean(db)


async def test_the_stop_gives_every_part_back(db: AsyncConnection) -> None:
    await gift(db, 25_00)
    await begin(db, 100_00)
    await observe(db, SESSION, seconds(0, 55), at(56))
    assert (await money(db, WELCOME), await money(db)) == ((5_00, 5_00), (100_00, 15_00))
    await stop(db, SESSION, "host", at(56))
    assert (await money(db, WELCOME), await money(db)) == ((5_00, 0), (100_00, 0))
    assert await clean(db)


async def test_a_gift_in_the_last_minute_takes_the_session_back(db: AsyncConnection) -> None:
    await begin(db, 20_00)
    assert "FundsExhausted" in told(await observe(db, SESSION, seconds(0, 55), at(56)))
    await gift(db, 20_00)
    assert told(await observe(db, SESSION, seconds(55, 57), at(57))) == ["FundsBack"]
    await observe(db, SESSION, seconds(57, 65), at(66))
    assert (await money(db, WELCOME), await money(db)) == ((0, 0), (0, 0))
    await stop(db, SESSION, "host", at(66))
    assert await clean(db)


async def test_a_wallet_frozen_under_a_hold_ends_the_session_and_holds_nothing(
    db: AsyncConnection,
) -> None:
    await gift(db, 25_00)
    await begin(db, 100_00)
    await observe(db, SESSION, seconds(0, 55), at(56))
    await freeze(db, BOB)
    assert "MeterStopped" in told(await observe(db, SESSION, seconds(55, 65), at(66)))
    assert (await money(db, WELCOME), await money(db)) == ((5_00, 0), (100_00, 0))
    assert await clean(db)
