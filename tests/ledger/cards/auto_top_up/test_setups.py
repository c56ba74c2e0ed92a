"""Giving a card: the page, the way back from it, and forgetting."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.cards import auto_top_up
from ledger.cards.auto_top_up import CardUnknown
from ledger.errors import GatewayUnreachable
from tests.ledger.cards.auto_top_up.people import (
    BOB,
    NOON,
    URL,
    VISA,
    Clock,
    FakeCards,
    agreed,
    setting,
    transactions,
)


async def test_a_card_is_saved_and_begins_what_waited_for_it(db: AsyncConnection) -> None:
    """Согласился без карты; дал карту на странице банка: теперь включено."""
    bank, clock = FakeCards(), Clock()
    waits = await auto_top_up.agree(db, setting(), BOB, NOON)
    assert (waits.enabled, waits.why_off) == (False, "no_card")
    planned = await auto_top_up.plan_setup(db, "s1", "bob", "demo", "RUB", URL, NOON)
    opened = await auto_top_up.open_setup(transactions(db), bank, clock, planned)
    assert (opened.url, opened.customer) == ("https://bank.test/s1", "cus_1")
    same = await auto_top_up.finish_setup(transactions(db), bank, clock, opened)
    assert same.state.value == "open"
    bank.says = ["given"]
    saved = await auto_top_up.finish_setup(transactions(db), bank, clock, opened)
    assert saved.state.value == "saved"
    assert await auto_top_up.card_of(db, "bob") == VISA
    kept = await auto_top_up.setting_of(db, "bob")
    assert kept is not None
    assert kept.enabled
    assert (await auto_top_up.finish_setup(transactions(db), bank, clock, saved)) == saved


async def test_pages_that_nobody_came_back_from_are_looked_at(db: AsyncConnection) -> None:
    bank, clock = FakeCards(), Clock()
    await auto_top_up.plan_setup(db, "s1", "bob", "demo", "RUB", URL, NOON)
    assert await auto_top_up.work_setups(transactions(db), bank, clock) == 1
    bank.says = [GatewayUnreachable("silent")]
    assert await auto_top_up.work_setups(transactions(db), bank, clock) == 1
    bank.says = ["given"]
    assert await auto_top_up.work_setups(transactions(db), bank, clock) == 1
    assert await auto_top_up.card_of(db, "bob") == VISA
    assert await auto_top_up.work_setups(transactions(db), bank, clock) == 0


async def test_a_page_that_was_left_ends(db: AsyncConnection) -> None:
    bank, clock = FakeCards(), Clock()
    await auto_top_up.plan_setup(db, "s1", "bob", "demo", "RUB", URL, NOON)
    await auto_top_up.work_setups(transactions(db), bank, clock)
    clock.wait(days=1)
    await auto_top_up.work_setups(transactions(db), bank, clock)
    ended = await auto_top_up.setup_of(db, "s1", "bob")
    assert ended.state.value == "ended"
    with pytest.raises(auto_top_up.SetupUnknown):
        await auto_top_up.setup_of(db, "s1", "eve")
    with pytest.raises(auto_top_up.SetupUnknown):
        await auto_top_up.plan_setup(db, "s1", "eve", "demo", "RUB", URL, NOON)


async def test_a_card_is_forgotten(db: AsyncConnection) -> None:
    await agreed(db)
    assert await auto_top_up.remove_card(db, "bob", BOB, NOON) == VISA
    assert await auto_top_up.card_of(db, "bob") is None
    kept = await auto_top_up.setting_of(db, "bob")
    assert kept is not None
    assert (kept.enabled, kept.why_off) == (False, "owner")
    with pytest.raises(CardUnknown):
        await auto_top_up.remove_card(db, "bob", BOB, NOON)
    later = NOON + timedelta(hours=1)
    await auto_top_up.remember_card(db, "bob", "demo", VISA, BOB, later)
    kept = await auto_top_up.setting_of(db, "bob")
    assert kept is not None
    assert not kept.enabled, "a new card does not turn on what its owner turned off"
