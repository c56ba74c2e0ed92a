"""Earnings ripen, are asked for and leave; told as an accountant would tell it. Sums in kopecks."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Draft, Leg, check, post_many
from ledger.control import (
    Rail,
    Switch,
    SwitchedOff,
    WrongRail,
    approval_of,
    approve,
    audit_trail,
    decline,
    turn,
)
from ledger.payouts import (
    MustWait,
    NotCleared,
    OutOfBounds,
    PayeeUnknown,
    PayOutConflict,
    PayOutState,
    PayOutUnknown,
    Standing,
    WrongPayOutState,
    begin_sending,
    block,
    call_off,
    change_details,
    cleared,
    due_pay_outs,
    mark_arrived,
    mark_returned,
    mark_sent,
    open_pay_outs,
    pay_outs_of,
    request_pay_out,
    set_standing,
    set_weekly,
    settle_approvals,
    unblock,
    untold,
)
from tests.ledger.payouts.people import (
    ANN,
    OLGA,
    OTHER_PLACE,
    PETER,
    PLACE,
    books,
    day,
    earn,
    lives_in,
    posted,
    ready_to_be_paid,
    rub,
)

BANK = AccountKind.BANK


async def clearing(db: AsyncConnection, n: int) -> tuple[int, int, int, int]:
    found = await cleared(db, "ann", "RUB", day(n))
    return (
        found.pending.minor,
        found.cleared.minor,
        found.reserved.minor,
        found.on_the_way.minor,
    )


async def test_earnings_ripen_in_fourteen_days(db: AsyncConnection) -> None:
    """10 000,00 за сеанс: 5 % в резерв, остальное вызревает 14 дней."""
    await ready_to_be_paid(db)
    assert await clearing(db, 13) == (950_000, 0, 50_000, 0)
    assert await clearing(db, 14) == (0, 950_000, 50_000, 0)


async def test_a_trusted_payee_waits_seven_days(db: AsyncConnection) -> None:
    await ready_to_be_paid(db)
    await set_standing(db, "ann", Standing.TRUSTED, PETER, "год без споров", day(1))
    assert await clearing(db, 6) == (950_000, 0, 50_000, 0)
    assert await clearing(db, 7) == (0, 950_000, 50_000, 0)


async def test_what_a_ruling_takes_back_is_not_young_any_more(db: AsyncConnection) -> None:
    """Старые 9 500,00 вызрели; новые 4 000,00 арбитр вернул клиенту: старых это не касается."""
    await ready_to_be_paid(db)
    await earn(db, 400_000, day(20), "S-2026-000002")
    back = (
        Leg(Account(AccountKind.EARNINGS, "ann"), -400_000),
        Leg(Account(AccountKind.PREPAID, "bob"), 400_000),
    )
    draft = Draft("ruling", "S-2026-000002", "ruling", back, "S-2026-000002")
    assert (await post_many(db, [draft], day(21)))[0].moved
    assert await clearing(db, 21) == (0, 950_000, 50_000, 0)


async def test_a_payout_from_request_to_bank(db: AsyncConnection) -> None:
    """Запрос 6 000,00: деньги удержаны; отправлено: в пути; банк подтвердил: ушло со счёта."""
    await ready_to_be_paid(db, rail=Rail.BANK)
    asked = await request_pay_out(db, "p1", "ann", rub(600_000), ANN, day(15))
    assert asked.state is PayOutState.READY
    assert await books(db) == {"earned": 950_000, "held": 600_000, "reserve": 50_000}
    assert await clearing(db, 15) == (0, 350_000, 50_000, 600_000)
    sent = await mark_sent(db, "p1", "ПП-17", day(15, 13))
    assert await books(db, sent) == {"earned": 350_000, "reserve": 50_000, "transit": 600_000}
    there = await mark_arrived(db, "p1", "line-1", day(16))
    assert there.state is PayOutState.ARRIVED
    assert there.ref == "ПП-17"
    assert await books(db, sent) == {"earned": 350_000, "reserve": 50_000}
    assert await posted(db, BANK) == 600_000
    assert await clearing(db, 16) == (0, 350_000, 50_000, 0)
    assert await check(db) == []


async def test_every_step_twice_is_once(db: AsyncConnection) -> None:
    await ready_to_be_paid(db, rail=Rail.BANK)
    for _ in range(2):
        await request_pay_out(db, "p1", "ann", rub(50_000), ANN, day(15))
    for _ in range(2):
        await mark_sent(db, "p1", "r1", day(15))
    for _ in range(2):
        await mark_arrived(db, "p1", "r1", day(16))
    assert await posted(db, BANK) == 50_000
    for _ in range(2):
        await mark_returned(db, "p1", "r2", day(17))
    assert await books(db) == {"earned": 950_000, "reserve": 50_000}
    assert await posted(db, BANK) == 0
    with pytest.raises(PayOutConflict):
        await mark_sent(db, "p1", "another", day(18))
    with pytest.raises(PayOutConflict):
        await request_pay_out(db, "p1", "ann", rub(50_001), ANN, day(18))
    actions = [row.action for row in await audit_trail(db, subject="payout:p1")]
    assert actions[:3] == ["payout.returned", "payout.arrived", "payout.sent"]
    assert await check(db) == []


async def test_money_that_came_back_is_ripe_at_once(db: AsyncConnection) -> None:
    """Банк вернул выплату: её можно запросить снова в тот же день, и резерв с неё не берётся."""
    await ready_to_be_paid(db, rail=Rail.BANK)
    await request_pay_out(db, "p1", "ann", rub(50_000), ANN, day(15))
    await mark_sent(db, "p1", "r1", day(15))
    await mark_returned(db, "p1", "r2", day(16), "счёт закрыт")
    again = await request_pay_out(db, "p2", "ann", rub(950_000), ANN, day(16))
    assert again.amount == rub(950_000)
    assert await books(db) == {"earned": 950_000, "held": 950_000, "reserve": 50_000}
    kinds = [(one.kind, one.facts.get("why")) for one in await untold(db)]
    assert ("payout_returned", "счёт закрыт") in kinds


async def test_more_than_has_cleared_is_refused(db: AsyncConnection) -> None:
    await ready_to_be_paid(db)
    with pytest.raises(NotCleared) as refused:
        await request_pay_out(db, "p1", "ann", rub(50_000), ANN, day(13))
    assert (refused.value.asked, refused.value.cleared) == (rub(50_000), rub(0))
    await request_pay_out(db, "p1", "ann", rub(900_000), ANN, day(14))
    with pytest.raises(NotCleared) as refused:
        await request_pay_out(db, "p2", "ann", rub(50_001), ANN, day(14))
    assert refused.value.cleared == rub(50_000)


async def test_a_request_keeps_the_reserve_of_what_was_not_swept_yet(db: AsyncConnection) -> None:
    await change_details(db, "ann", Rail.DEMO, "acct_1", ANN, day(-10))
    await earn(db, 1_000_000, day(0), "S-2026-000001")
    with pytest.raises(NotCleared) as refused:
        await request_pay_out(db, "p1", "ann", rub(1_000_000), ANN, day(20))
    assert refused.value.cleared == rub(950_000)


@pytest.mark.parametrize("minor", [1, 9_999, 50_000_001])
async def test_sums_too_small_and_too_large(db: AsyncConnection, minor: int) -> None:
    await ready_to_be_paid(db, 200_000_000)
    with pytest.raises(OutOfBounds) as refused:
        await request_pay_out(db, "p1", "ann", rub(minor), ANN, day(15))
    assert (refused.value.least, refused.value.most) == (rub(10_000), rub(50_000_000))


async def test_nobody_said_where_to(db: AsyncConnection) -> None:
    await earn(db, 1_000_000, day(0), "S-2026-000001")
    with pytest.raises(PayeeUnknown):
        await request_pay_out(db, "p1", "ann", rub(50_000), ANN, day(15))


async def test_payouts_are_switched_off(db: AsyncConnection) -> None:
    await ready_to_be_paid(db)
    await request_pay_out(db, "p1", "ann", rub(50_000), ANN, day(15))
    await turn(db, Switch.PAYOUTS, False, PETER, "проверка", day(15))
    with pytest.raises(SwitchedOff):
        await request_pay_out(db, "p2", "ann", rub(50_000), ANN, day(15))
    with pytest.raises(SwitchedOff):
        await due_pay_outs(db, Rail.DEMO, day(15))
    with pytest.raises(SwitchedOff):
        await begin_sending(db, "p1", day(15))
    await turn(db, Switch.PAYOUTS, True, PETER, "проверено", day(16))
    assert [one.id for one in await due_pay_outs(db, Rail.DEMO, day(16))] == ["p1"]


async def test_two_persons_above_the_limit(db: AsyncConnection) -> None:
    """150 000,00 больше лимита 100 000,00: ждёт второго человека; сам себе не подтвердишь."""
    await ready_to_be_paid(db, 20_000_000)
    big = await request_pay_out(db, "p1", "ann", rub(15_000_000), ANN, day(15))
    assert big.state is PayOutState.WAITING_APPROVAL
    assert await due_pay_outs(db, Rail.DEMO, day(15)) == []
    found = await approval_of(db, "payout", "payout:p1", day(15))
    assert found is not None
    await approve(db, found.id, OLGA, day(15))
    assert [one.id for one in await due_pay_outs(db, Rail.DEMO, day(15))] == ["p1"]


@pytest.mark.parametrize("how", ["declined", "expired"])
async def test_what_nobody_approves_is_given_back(db: AsyncConnection, how: str) -> None:
    await ready_to_be_paid(db, 20_000_000)
    await request_pay_out(db, "p1", "ann", rub(15_000_000), ANN, day(15))
    found = await approval_of(db, "payout", "payout:p1", day(15))
    assert found is not None
    if how == "declined":
        await decline(db, found.id, OLGA, "нет договора", day(15))
    [refused] = await settle_approvals(db, day(19))
    assert refused.state is PayOutState.REFUSED
    assert refused.why == ("нет договора" if how == "declined" else "expired")
    assert "held" not in await books(db)


async def test_changed_details_cool_off_and_payouts_follow(db: AsyncConnection) -> None:
    """Счёт сменили в день 15: запрошенная выплата ждёт сутки и уходит на новый счёт."""
    await ready_to_be_paid(db, rail=Rail.BANK)
    await request_pay_out(db, "p1", "ann", rub(50_000), ANN, day(15))
    changed = await change_details(db, "ann", Rail.BANK, OTHER_PLACE, ANN, day(15))
    assert await due_pay_outs(db, Rail.BANK, day(15, 23)) == []
    with pytest.raises(MustWait) as waits:
        await mark_sent(db, "p1", "r1", day(15, 23))
    assert waits.value.why == "cooling_off"
    [due] = await due_pay_outs(db, Rail.BANK, day(16))
    assert due.details == changed.version == 2
    _, details = await begin_sending(db, "p1", day(16))
    assert details.destination == OTHER_PLACE
    told = [one for one in await untold(db) if one.kind == "payee_changed"]
    assert [(one.facts["was"], one.facts["now"]) for one in told] == [
        ("", "…0001"),
        ("…0001", "…0006"),
    ]


async def test_details_said_again_do_not_cool_off_anew(db: AsyncConnection) -> None:
    await ready_to_be_paid(db, rail=Rail.BANK)
    again = await change_details(db, "ann", Rail.BANK, PLACE, ANN, day(15))
    assert (again.version, again.effective_from) == (1, day(-9))


async def test_versions_are_never_changed(db: AsyncConnection) -> None:
    await ready_to_be_paid(db)
    with pytest.raises(DBAPIError, match="append only"):
        await db.execute(text("UPDATE ledger_payouts_details SET destination = 'acct_thief'"))


async def test_rails_do_not_mix(db: AsyncConnection) -> None:
    """Российской стороне не платят картой: ни глаголом, ни прямым SQL."""
    await lives_in(db, "RU")
    with pytest.raises(WrongRail):
        await change_details(db, "ann", Rail.CARD, "acct_1", ANN, day(0))
    await ready_to_be_paid(db, rail=Rail.BANK)
    await request_pay_out(db, "p1", "ann", rub(50_000), ANN, day(15))
    with pytest.raises(DBAPIError, match="rails never mix"):
        await db.execute(text("UPDATE ledger_payouts_pay_out SET rail = 'card'"))


async def test_disputed_money_stays(db: AsyncConnection) -> None:
    """Спор на 4 000,00: запросить можно 5 500,00; после спора всё."""
    await ready_to_be_paid(db)
    assert await block(db, "ann", "dispute:d1", rub(400_000), "спор", day(14))
    assert not await block(db, "ann", "dispute:d1", rub(400_000), "спор", day(14))
    assert (await cleared(db, "ann", "RUB", day(15))).blocked == rub(400_000)
    with pytest.raises(NotCleared) as refused:
        await request_pay_out(db, "p1", "ann", rub(550_001), ANN, day(15))
    assert refused.value.cleared == rub(550_000)
    assert await unblock(db, "ann", "dispute:d1", day(16))
    assert not await unblock(db, "ann", "dispute:d1", day(16))
    assert (await cleared(db, "ann", "RUB", day(16))).cleared == rub(950_000)


async def test_a_dispute_stops_what_has_not_left(db: AsyncConnection) -> None:
    """Выплаты 6 000,00 и 1 000,00 запрошены, потом спор на 4 000,00: уйти может только вторая."""
    await ready_to_be_paid(db)
    await request_pay_out(db, "p1", "ann", rub(600_000), ANN, day(15))
    await request_pay_out(db, "p2", "ann", rub(100_000), ANN, day(15, 13))
    await block(db, "ann", "dispute:d1", rub(400_000), "спор", day(16))
    assert [one.id for one in await due_pay_outs(db, Rail.DEMO, day(16))] == ["p2"]
    with pytest.raises(MustWait) as waits:
        await begin_sending(db, "p1", day(16))
    assert waits.value.why == "blocked"
    await unblock(db, "ann", "dispute:d1", day(17))
    due = await due_pay_outs(db, Rail.DEMO, day(17))
    assert [one.id for one in due] == ["p1", "p2"]


async def test_a_payee_may_call_it_off_before_it_leaves(db: AsyncConnection) -> None:
    await ready_to_be_paid(db)
    await request_pay_out(db, "p1", "ann", rub(50_000), ANN, day(15))
    with pytest.raises(PayOutUnknown):
        await call_off(db, "p1", "eve", ANN, day(15))
    off = await call_off(db, "p1", "ann", ANN, day(15))
    assert (off.state, off.why) == (PayOutState.REFUSED, "called_off")
    assert "held" not in await books(db)
    await request_pay_out(db, "p2", "ann", rub(50_000), ANN, day(15))
    await begin_sending(db, "p2", day(15))
    with pytest.raises(WrongPayOutState):
        await call_off(db, "p2", "ann", ANN, day(15))


async def test_lists(db: AsyncConnection) -> None:
    await ready_to_be_paid(db)
    for n in range(3):
        await request_pay_out(db, f"p{n}", "ann", rub(50_000), ANN, day(15, 12 + n))
    await call_off(db, "p0", "ann", ANN, day(16))
    assert [one.id for one in await pay_outs_of(db, "ann", 2)] == ["p2", "p1"]
    assert [one.id for one in await open_pay_outs(db)] == ["p1", "p2"]
    assert await open_pay_outs(db, Rail.BANK) == []
    await set_weekly(db, "ann", False, ANN, day(16))
    await set_weekly(db, "ann", False, ANN, day(16))
    assert len(await audit_trail(db, action="payee.weekly")) == 1
