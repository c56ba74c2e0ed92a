"""Automatic top-ups from a low wallet to the credit, and everything that may come between."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import Money, TryAgain, accept_payment, balance, check, journals_of
from ledger.cards import auto_top_up
from ledger.cards.auto_top_up import RunState, RunUnknown, work_auto_top_ups
from ledger.cards.auto_top_up.runs import OWNER_LIFE
from ledger.cards.freezes import freeze_wallet
from ledger.cards.states import KEY_LIFE
from ledger.control import SYSTEM, Switch, audit_trail, set_limit, turn
from ledger.errors import GatewayRefused, GatewayUnreachable
from ledger.gateway import PaymentEvent, PaymentState
from ledger.payouts import untold
from ledger.saved_cards import Outcome
from tests.ledger.cards.auto_top_up.people import (
    BOB,
    NOON,
    URL,
    VISA,
    WALLET,
    Clock,
    FakeCards,
    agreed,
    consider,
    give,
    transactions,
)

S = RunState


async def wallet(db: AsyncConnection) -> int:
    return (await balance(db, WALLET)).posted.minor


async def told(db: AsyncConnection) -> list[str]:
    return [one.kind.removeprefix("auto_top_up_") for one in await untold(db)]


async def work(db: AsyncConnection, bank: FakeCards, clock: Clock) -> list[S]:
    return [run.state for run in await work_auto_top_ups(transactions(db), bank, clock)]


async def states(db: AsyncConnection) -> list[S]:
    return [run.state for run in await auto_top_up.runs_of(db, "bob")][::-1]


async def test_a_low_wallet_is_topped_up(db: AsyncConnection) -> None:
    """Осталось 150,00 при пороге 200,00: с карты взято 500,00, владельцу сказано."""
    bank, clock = FakeCards(), Clock()
    await agreed(db)
    run = await consider(db)
    assert run is not None
    assert await work(db, bank, clock) == [S.PAID]
    assert await wallet(db) == 65_000
    assert [journal.kind for journal in await journals_of(db, run.id)] == ["top_up"]
    assert await told(db) == ["paid"]
    assert [row.action for row in await audit_trail(db, subject=f"top_up:{run.id}")] == [
        "auto_top_up.paid",
        "top_up.credited",
        "top_up.begun",
    ]
    assert await work(db, bank, clock) == []
    assert len(bank.asked) == 1
    assert await check(db) == []


@pytest.mark.parametrize(
    "how", ["enough", "not_agreed", "off", "no_card", "frozen", "switched", "top_ups", "limit"]
)
async def test_when_nothing_is_taken(db: AsyncConnection, how: str) -> None:
    if how != "not_agreed":
        await agreed(db, 20_000 if how == "enough" else 15_000)
    if how == "off":
        await auto_top_up.turn_off(db, "bob", "owner", BOB, NOON)
    if how == "no_card":
        await auto_top_up.remove_card(db, "bob", BOB, NOON)
    if how == "frozen":
        await freeze_wallet(db, "bob", "RUB", "dispute:d1", "спор", SYSTEM, NOON)
    if how == "switched":
        await turn(db, Switch.AUTO_TOP_UPS, False, SYSTEM, "проверка", NOON)
    if how == "top_ups":
        await turn(db, Switch.TOP_UPS, False, SYSTEM, "проверка", NOON)
    if how == "limit":
        await set_limit(db, "auto_top_up.most_a_day", Money(49_999), SYSTEM, "проверка", NOON)
    assert await consider(db) is None
    assert (await auto_top_up.consider_all(db, URL, NOON))[0] == []
    assert (await db.execute(text("SELECT count(*) FROM ledger_top_up"))).scalar_one() == 0


async def test_the_other_rail_is_never_charged(db: AsyncConnection) -> None:
    """Карта сохранена за рубежом; сторона переехала в Россию: карту больше не трогаем."""
    await agreed(db)
    await auto_top_up.remember_card(db, "bob", "stripe", VISA, BOB, NOON)
    await db.execute(text("INSERT INTO ledger_control_residence VALUES ('bob', 'RU', 'bob', 0)"))
    assert await consider(db) is None


async def test_one_is_open_at_a_time(db: AsyncConnection) -> None:
    await agreed(db)
    assert await consider(db) is not None
    assert await consider(db) is None


async def test_a_day_has_an_end(db: AsyncConnection) -> None:
    """Три раза за день, потом молчание до завтра; об этом сказано один раз."""
    bank, clock = FakeCards(), Clock()
    await agreed(db)
    for n in range(3):
        assert await consider(db, clock.at) is not None
        assert await work(db, bank, clock) == [S.PAID]
        await give(db, -50_000, f"spent{n}")
    assert await consider(db, clock.at) is None
    assert await consider(db, clock.at) is None
    assert await told(db) == ["paid", "paid", "paid", "limit"]
    clock.wait(days=1)
    assert await consider(db, clock.at) is not None


async def test_the_sum_of_a_day_has_an_end(db: AsyncConnection) -> None:
    bank, clock = FakeCards(), Clock()
    await agreed(db, day_amount=Money(99_999), day_count=10)
    await consider(db)
    await work(db, bank, clock)
    await give(db, -50_000, "spent")
    assert await consider(db) is None


async def test_declines_are_tried_again_and_then_it_is_off(db: AsyncConnection) -> None:
    bank, clock = FakeCards(says=[Outcome.DECLINED] * 4), Clock()
    await agreed(db)
    await consider(db)
    for wait in ({"minutes": 10}, {"hours": 1}, {"hours": 24}, {}):
        assert await work(db, bank, clock) == [S.WAITING if wait else S.REFUSED]
        assert await work(db, bank, clock) == []
        clock.wait(**wait)
    assert len({one.idempotency_key for one in bank.asked}) == len(bank.asked) == 4
    assert await told(db) == ["waiting", "waiting", "waiting", "refused"]
    kept = await auto_top_up.setting_of(db, "bob")
    assert kept is not None
    assert (kept.enabled, kept.why_off) == (False, "insufficient_funds")
    assert await wallet(db) == 15_000


async def test_a_decline_that_passes_later(db: AsyncConnection) -> None:
    bank, clock = FakeCards(says=[Outcome.DECLINED]), Clock()
    await agreed(db)
    await consider(db)
    await work(db, bank, clock)
    clock.wait(minutes=10)
    assert await work(db, bank, clock) == [S.PAID]
    assert await wallet(db) == 65_000


@pytest.mark.parametrize("how", ["enough", "off", "card", "frozen"])
async def test_what_comes_between_two_tries(db: AsyncConnection, how: str) -> None:
    """Пополнил сам, выключил, сменил карту, спор: вторая попытка не нужна."""
    bank, clock = FakeCards(says=[Outcome.DECLINED]), Clock()
    await agreed(db)
    await consider(db)
    await work(db, bank, clock)
    if how == "enough":
        await give(db, 50_000, "own")
    if how == "off":
        await auto_top_up.turn_off(db, "bob", "owner", BOB, NOON)
    if how == "card":
        other = VISA.__class__("pm_2", "cus_1", "visa", "1881")
        await auto_top_up.remember_card(db, "bob", "demo", other, BOB, NOON)
    if how == "frozen":
        await freeze_wallet(db, "bob", "RUB", "dispute:d1", "спор", SYSTEM, NOON)
    clock.wait(minutes=10)
    assert await work(db, bank, clock) == []
    assert await states(db) == [S.REFUSED]
    assert len(bank.asked) == 1


async def test_a_dead_card_ends_it_at_once(db: AsyncConnection) -> None:
    bank, clock = FakeCards(says=[Outcome.CARD_DEAD], reason="stolen_card"), Clock()
    await agreed(db)
    await consider(db)
    assert await work(db, bank, clock) == [S.REFUSED]
    kept = await auto_top_up.setting_of(db, "bob")
    assert kept is not None
    assert (kept.enabled, kept.why_off) == (False, "stolen_card")


async def test_an_acquirer_that_will_not_have_the_card(db: AsyncConnection) -> None:
    bank, clock = FakeCards(says=[GatewayRefused("resource_missing")]), Clock()
    await agreed(db)
    await consider(db)
    assert await work(db, bank, clock) == [S.REFUSED]


async def test_the_owner_confirms(db: AsyncConnection) -> None:
    """Банк хочет владельца: ссылка, тот же платёж, потом деньги; сам он ничего не пробует."""
    bank, clock = FakeCards(says=[Outcome.OWNER_NEEDED]), Clock()
    await agreed(db)
    run = await consider(db)
    assert run is not None
    assert await work(db, bank, clock) == [S.OWNER_NEEDED]
    clock.wait(hours=1)
    assert await work(db, bank, clock) == []
    waiting, key = await auto_top_up.begin_confirmation(db, run.id, "bob")
    assert (waiting.payment, key) == ("pi_1", f"auto_top_up:{run.id}:confirm:1")
    with pytest.raises(RunUnknown):
        await auto_top_up.begin_confirmation(db, run.id, "eve")
    assert await auto_top_up.look(transactions(db), bank, clock, waiting) == waiting
    bank.made[run.idempotency_key] = bank.made[run.idempotency_key].__class__(
        Outcome.PAID, "pi_1", run.amount
    )
    paid = await auto_top_up.look(transactions(db), bank, clock, waiting)
    assert paid.state is S.PAID
    assert await wallet(db) == 65_000
    assert await told(db) == ["owner_needed", "paid"]


async def test_an_owner_who_does_not_come(db: AsyncConnection) -> None:
    bank, clock = FakeCards(says=[Outcome.OWNER_NEEDED]), Clock()
    await agreed(db)
    await consider(db)
    await work(db, bank, clock)
    clock.at = NOON + OWNER_LIFE
    await work(db, bank, clock)
    assert await states(db) == [S.REFUSED]
    kept = await auto_top_up.setting_of(db, "bob")
    assert kept is not None
    assert kept.enabled


async def test_news_comes_before_the_owner_returns(db: AsyncConnection) -> None:
    """Вебхук раньше возврата: кошелёк пополнен новостью, попытка закрыта, второй раз не взято."""
    bank, clock = FakeCards(says=[Outcome.OWNER_NEEDED]), Clock()
    await agreed(db)
    run = await consider(db)
    assert run is not None
    await work(db, bank, clock)
    event = PaymentEvent(
        "demo", "evt_1", PaymentState.PAID, "pi_1", top_up=run.id, amount=run.amount
    )
    await accept_payment(db, event, clock.at)
    assert await work(db, bank, clock) == [S.PAID]
    assert await wallet(db) == 65_000
    assert await states(db) == [S.PAID]


@pytest.mark.parametrize("first", ["answer", "news"])
async def test_answer_and_news_credit_once(db: AsyncConnection, first: str) -> None:
    bank, clock = FakeCards(), Clock()
    await agreed(db)
    run = await consider(db)
    assert run is not None
    event = PaymentEvent(
        "demo", "evt_1", PaymentState.PAID, "pi_1", top_up=run.id, amount=run.amount
    )
    if first == "news":
        await accept_payment(db, event, clock.at)
    await work(db, bank, clock)
    await accept_payment(db, event, clock.at)
    assert await wallet(db) == 65_000
    assert await check(db) == []


async def test_silence_is_asked_again_under_the_same_key(db: AsyncConnection) -> None:
    bank, clock = FakeCards(says=[GatewayUnreachable("silent")] * 2), Clock()
    await agreed(db)
    await consider(db)
    assert await work(db, bank, clock) == [S.IN_DOUBT]
    assert await work(db, bank, clock) == [], "another worker may still be asking"
    for _ in range(2):
        clock.wait(minutes=10)
        await work(db, bank, clock)
    assert await states(db) == [S.PAID]
    assert len({one.idempotency_key for one in bank.asked}) == 1
    assert await wallet(db) == 65_000


async def test_an_answer_that_was_lost_is_looked_for(db: AsyncConnection) -> None:
    """Списано, но ответ потерян и процесс умер: найдено по нашему номеру, взято один раз."""
    bank, clock = FakeCards(says=["lost"]), Clock()
    await agreed(db)
    await consider(db)
    assert await work(db, bank, clock) == []
    assert await wallet(db) == 15_000
    clock.wait(minutes=2)
    assert await work(db, bank, clock) == [S.PAID]
    assert (len(bank.asked), len(bank.made)) == (1, 1)
    assert await wallet(db) == 65_000


async def test_after_a_day_the_key_is_not_used_any_more(db: AsyncConnection) -> None:
    bank, clock = FakeCards(says=[GatewayUnreachable("silent")], forgets=True), Clock()
    await agreed(db)
    await consider(db)
    await work(db, bank, clock)
    clock.at = NOON + KEY_LIFE
    assert await work(db, bank, clock) == [S.REFUSED]
    assert len(bank.asked) == 1
    kept = await auto_top_up.setting_of(db, "bob")
    assert kept is not None
    assert kept.enabled, "our own silence does not turn it off"


async def test_a_conflict_of_keys_is_no_answer(db: AsyncConnection) -> None:
    bank, clock = FakeCards(says=[GatewayRefused("IdempotencyError")]), Clock()
    await agreed(db)
    await consider(db)
    assert await work(db, bank, clock) == [S.IN_DOUBT]


async def test_a_bank_that_thinks_is_looked_at_again(db: AsyncConnection) -> None:
    bank, clock = FakeCards(says=[Outcome.PROCESSING]), Clock()
    await agreed(db)
    run = await consider(db)
    assert run is not None
    assert await work(db, bank, clock) == [S.IN_DOUBT]
    bank.made[run.idempotency_key] = bank.made[run.idempotency_key].__class__(
        Outcome.PAID, "pi_1", run.amount
    )
    clock.wait(minutes=10)
    assert await work(db, bank, clock) == [S.PAID]
    assert len(bank.asked) == 1


async def test_a_closed_switch_stops_new_charges_only(db: AsyncConnection) -> None:
    bank, clock = FakeCards(says=[GatewayUnreachable("silent")]), Clock()
    await agreed(db)
    await consider(db)
    await turn(db, Switch.AUTO_TOP_UPS, False, SYSTEM, "проверка", NOON)
    assert await work(db, bank, clock) == []
    await turn(db, Switch.AUTO_TOP_UPS, True, SYSTEM, "проверено", NOON)
    assert await work(db, bank, clock) == [S.IN_DOUBT]
    await turn(db, Switch.AUTO_TOP_UPS, False, SYSTEM, "проверка", NOON)
    clock.wait(minutes=10)
    assert await work(db, bank, clock) == [S.PAID], "what was asked is followed to its end"


async def test_the_database_keeps_one_open(db: AsyncConnection) -> None:
    await agreed(db)
    run = await consider(db)
    assert run is not None
    copy = text(
        "INSERT INTO ledger_cards_auto_run SELECT 'other', party, gateway, amount, currency, day,"
        " day_no + 1, customer, card, state, try_no, asks, confirms, idempotency_key, payment,"
        " reason, created_us, due_us, asked_us, ended_us FROM ledger_cards_auto_run"
    )
    with pytest.raises(IntegrityError):
        await db.execute(copy)


async def test_many_triggers_and_workers_at_once(fresh_engine: AsyncEngine) -> None:
    """Десять сигналов о низком балансе и четыре работника сразу: одно списание."""
    bank, clock = FakeCards(), Clock()
    async with fresh_engine.begin() as db:
        await agreed(db)

    async def trigger() -> None:
        async with fresh_engine.begin() as db:
            await consider(db)

    ends = await asyncio.gather(*(trigger() for _ in range(10)), return_exceptions=True)
    assert all(end is None or isinstance(end, TryAgain) for end in ends), ends
    await asyncio.gather(*(work_auto_top_ups(fresh_engine.begin, bank, clock) for _ in range(4)))
    async with fresh_engine.connect() as db:
        assert await wallet(db) == 65_000
        assert len(bank.made) == 1
        assert await check(db) == []


async def test_the_sweep_finds_whoever_is_low(db: AsyncConnection) -> None:
    await agreed(db)
    found, rest = await auto_top_up.consider_all(db, URL, NOON)
    assert ([run.party for run in found], rest) == (["bob"], "bob")
    assert await auto_top_up.consider_all(db, URL, NOON, rest) == ([], "")
    assert await auto_top_up.consider_all(db, URL, NOON) == ([], "")
