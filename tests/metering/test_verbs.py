"""A session's meter on both databases, as an accountant would check it. Rate: 20.00 a minute."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import InsufficientFunds, Money, journals_of
from metering import (
    AtCeiling,
    BadTariff,
    FundsExhausted,
    FundsLow,
    MeterConflict,
    MeterPaused,
    MeterResumed,
    MeterState,
    MeterStopped,
    MinuteCharged,
    PauseForbidden,
    Segment,
    StaleMeter,
    Tariff,
    UnknownMeter,
    WrongState,
    arm,
    authorize,
    charges,
    client_pays_tariff,
    host_pays_tariff,
    load,
    observe,
    pause,
    receipt_faults,
    receipts,
    recover,
    resume,
    running,
    segments,
    start,
    stop,
)
from metering import store as drawer
from tests.metering.books import (
    BOB,
    COMMISSION,
    SESSION,
    T0,
    at,
    begin,
    clean,
    escrow,
    fund,
    money,
    seconds,
    told,
)


async def test_seventy_witnessed_seconds_are_two_minutes(db: AsyncConnection) -> None:
    await begin(db, 100_00)
    events = await observe(db, SESSION, seconds(0, 70), at(71))
    events += await stop(db, SESSION, "host", at(71))
    assert told(events) == ["MinuteCharged", "FundsLow", "MinuteCharged", "MeterStopped"]
    assert await money(db) == (60_00, 0)
    assert await money(db, escrow()) == (40_00, 0)
    lines = await charges(db, SESSION)
    assert [(c.n, c.from_s, c.to_s, c.amount.minor, c.total.minor) for c in lines] == [
        (1, 0, 60, 20_00, 20_00),
        (2, 60, 120, 20_00, 40_00),
    ]
    assert [c.second - T0 for c in lines] == [0, 60]
    assert events[-1] == MeterStopped(SESSION, "host", 70, T0 + 70)
    assert await segments(db, SESSION) == [(T0, T0 + 70)]
    assert await clean(db)


async def test_host_pays_one_rouble_a_minute_straight_to_the_platform(db: AsyncConnection) -> None:
    await fund(db, 5_00)
    await arm(db, SESSION, BOB, COMMISSION, host_pays_tariff(), at(0))
    await start(db, SESSION, at(0))
    await observe(db, SESSION, seconds(0, 61), at(62))
    await stop(db, SESSION, "host", at(62))
    assert await money(db) == (3_00, 0)
    journal = (await journals_of(db, SESSION))[0]
    assert (journal.id, journal.ref) == (f"tick:{SESSION}:1", SESSION)
    assert [(e.account, e.amount) for e in journal.entries] == [
        (BOB, Money(-1_00)),
        (COMMISSION, Money(1_00)),
    ]


async def test_before_the_first_witnessed_second_money_is_only_held(db: AsyncConnection) -> None:
    await begin(db, 50_00)
    assert await money(db) == (50_00, 20_00)
    assert await stop(db, SESSION, "host", at(9)) == [MeterStopped(SESSION, "host", 0, T0 + 9)]
    assert await money(db) == (50_00, 0)
    assert await charges(db, SESSION) == []


async def test_every_verb_may_be_repeated(db: AsyncConnection) -> None:
    await begin(db, 100_00)
    await begin(db)
    for _ in range(3):
        await observe(db, SESSION, seconds(0, 70), at(71))
    await pause(db, SESSION, "host", at(75))
    assert await pause(db, SESSION, "host", at(76)) == []
    assert told(await resume(db, SESSION, at(80))) == ["MeterResumed"]
    assert await resume(db, SESSION, at(81)) == []
    assert told(await stop(db, SESSION, "host", at(90))) == ["MeterStopped"]
    assert await stop(db, SESSION, "client", at(91)) == []
    assert (await load(db, SESSION)).clock_s == 70
    assert await money(db) == (60_00, 0)
    assert await clean(db)


async def test_other_terms_for_an_armed_meter_are_refused(db: AsyncConnection) -> None:
    await begin(db, 100_00)
    with pytest.raises(MeterConflict):
        await arm(db, SESSION, BOB, escrow(), client_pays_tariff(30_00), at(0))


async def test_unknown_and_stopped_meters_say_so(db: AsyncConnection) -> None:
    with pytest.raises(UnknownMeter):
        await observe(db, "S-2026-999999", [T0], at(0))
    await begin(db, 100_00)
    await stop(db, SESSION, "host", at(1))
    for verb in (start, resume):
        with pytest.raises(WrongState) as caught:
            await verb(db, SESSION, at(2))
        assert caught.value.state == "stopped"
    with pytest.raises(WrongState):
        await pause(db, SESSION, "host", at(2))
    assert await observe(db, SESSION, seconds(0, 9), at(10)) == []


async def test_a_wallet_without_a_minute_cannot_start(db: AsyncConnection) -> None:
    await fund(db, 19_99)
    await arm(db, SESSION, BOB, escrow(), client_pays_tariff(), at(0))
    with pytest.raises(InsufficientFunds) as caught:
        await start(db, SESSION, at(0))
    assert (caught.value.needed, caught.value.available) == (Money(20_00), Money(19_99))
    assert (await load(db, SESSION)).state is MeterState.ARMED
    assert await running(db) == []


async def test_authorize_tells_whole_minutes(db: AsyncConnection) -> None:
    await fund(db, 99_99)
    assert await authorize(db, BOB, client_pays_tariff(), at(0)) == 4
    assert await authorize(db, BOB, host_pays_tariff(), at(0)) == 99
    with pytest.raises(InsufficientFunds):
        await authorize(db, BOB, client_pays_tariff(100_00), at(0))


async def test_three_minutes_of_money_last_three_minutes(db: AsyncConnection) -> None:
    await begin(db, 60_00)
    events = await observe(db, SESSION, seconds(0, 400), at(401))
    assert [e for e in events if not isinstance(e, MinuteCharged)] == [
        FundsLow(SESSION, 5),
        FundsLow(SESSION, 2),
        FundsLow(SESSION, 1),
        FundsExhausted(SESSION, 10),
        MeterStopped(SESSION, "funds", 180, T0 + 180),
    ]
    assert await money(db) == (0, 0)
    assert await money(db, escrow()) == (60_00, 0)
    assert await clean(db)


async def test_a_top_up_in_the_last_seconds_takes_it_back(db: AsyncConnection) -> None:
    await begin(db, 20_00)
    events = await observe(db, SESSION, seconds(0, 55), at(56))
    assert told(events) == ["MinuteCharged", "FundsLow", "FundsExhausted"]
    assert (await load(db, SESSION)).state is MeterState.FINAL
    assert await observe(db, SESSION, [], at(57)) == []
    await fund(db, 20_00, key="again")
    assert told(await observe(db, SESSION, [], at(57))) == ["FundsBack"]
    assert (await load(db, SESSION)).state is MeterState.RUNNING
    events = await observe(db, SESSION, seconds(55, 121), at(122))
    assert events[-1] == MeterStopped(SESSION, "funds", 120, T0 + 120)
    assert await money(db) == (0, 0)


async def test_warnings_are_armed_again_by_a_top_up(db: AsyncConnection) -> None:
    await begin(db, 40_00)
    assert FundsLow(SESSION, 2) in await observe(db, SESSION, seconds(0, 50), at(51))
    await fund(db, 200_00, key="again")
    events = await observe(db, SESSION, seconds(50, 60 * 12), at(720))
    warnings = [e.minutes_left for e in events if isinstance(e, FundsLow)]
    assert warnings == [1, 5, 2, 1]  # the top-up was seen at the next minute's charge


@pytest.mark.parametrize(
    ("pause_by", "refused"), [("client", ["host"]), ("nobody", ["client", "host"])]
)
async def test_who_may_not_pause_pays_on(
    db: AsyncConnection, pause_by: str, refused: list[str]
) -> None:
    """100,00; на 41-й секунде просят паузу, которой по тарифу нет: 70 секунд стоят две минуты."""
    await begin(db, 100_00, replace(client_pays_tariff(), pause_by=pause_by))
    await observe(db, SESSION, seconds(0, 40), at(41))
    for by in refused:
        with pytest.raises(PauseForbidden) as caught:
            await pause(db, SESSION, "asked", at(41), by)
        assert (caught.value.by, caught.value.allowed) == (by, pause_by)
    await observe(db, SESSION, seconds(40, 70), at(71))
    assert await money(db) == (60_00, 0)


async def test_paused_seconds_cost_nothing_and_the_minute_keeps_its_rest(
    db: AsyncConnection,
) -> None:
    await begin(db, 100_00)
    await observe(db, SESSION, seconds(0, 40), at(41))
    paused = await pause(db, SESSION, "client", at(41))
    await observe(db, SESSION, seconds(40, 300), at(300))
    resumed = await resume(db, SESSION, at(300))
    await observe(db, SESSION, seconds(300, 319), at(320))
    assert paused == [MeterPaused(SESSION, "client", T0 + 41)]
    assert resumed == [MeterResumed(SESSION, T0 + 300)]
    assert (await load(db, SESSION)).clock_s == 60
    assert len(await charges(db, SESSION)) == 1
    await observe(db, SESSION, seconds(319, 320), at(321))
    assert len(await charges(db, SESSION)) == 2
    assert await segments(db, SESSION) == [(T0, T0 + 41), (T0 + 300, T0 + 320)]
    assert await clean(db)


async def test_seconds_cut_by_start_pause_and_stop_do_not_count(db: AsyncConnection) -> None:
    await fund(db, 100_00)
    half = at(0).replace(microsecond=500_000)
    await arm(db, SESSION, BOB, escrow(), client_pays_tariff(), half)
    await start(db, SESSION, half)
    await pause(db, SESSION, "host", at(10).replace(microsecond=500_000))
    await observe(db, SESSION, seconds(-5, 20), at(21))
    assert await segments(db, SESSION) == [(T0 + 1, T0 + 10)]


async def test_gaps_in_the_evidence_are_free(db: AsyncConnection) -> None:
    await begin(db, 100_00)
    witnessed = seconds(0, 20) + seconds(23, 43) + seconds(100, 120)
    await observe(db, SESSION, witnessed, at(121))
    assert len(await charges(db, SESSION)) == 1
    assert len(await segments(db, SESSION)) == 3
    await observe(db, SESSION, seconds(120, 121), at(122))
    assert len(await charges(db, SESSION)) == 2
    assert await clean(db)


async def test_recovery_stops_silent_meters_at_their_last_second(db: AsyncConnection) -> None:
    await begin(db, 200_00)
    await begin(db, session="S-2026-000002")
    await observe(db, SESSION, seconds(0, 30), at(31))
    await observe(db, "S-2026-000002", seconds(0, 110), at(111))
    events = await recover(db, at(122))
    assert MeterStopped(SESSION, "absence", 30, T0 + 30) in events
    assert MeterPaused("S-2026-000002", "no_media", T0 + 110) in events
    assert await running(db) == ["S-2026-000002"]
    assert (await money(db))[0] == 200_00 - 3 * 20_00
    assert await clean(db)


async def test_a_pause_that_is_too_long_ends_the_session(db: AsyncConnection) -> None:
    await begin(db, 100_00)
    await observe(db, SESSION, seconds(0, 10), at(11))
    await pause(db, SESSION, "host", at(11))
    assert await recover(db, at(11 + 899)) == []
    assert await recover(db, at(11 + 900)) == [MeterStopped(SESSION, "pause_limit", 10, T0 + 10)]


async def test_receipts_are_a_chain_that_cannot_be_edited(db: AsyncConnection) -> None:
    await begin(db, 100_00)
    await observe(db, SESSION, seconds(0, 130), at(131))
    chain = await receipts(db, SESSION)
    assert [r.n for r in chain] == [1, 2, 3]
    assert receipt_faults(chain) == []
    assert receipt_faults(chain[:1] + chain[2:]) != []
    assert receipt_faults([chain[0], chain[1]._replace(amount_minor=1), chain[2]]) != []
    with pytest.raises(DBAPIError):
        async with db.begin_nested():
            await db.execute(text("UPDATE metering_charges SET amount_minor = 1"))
    with pytest.raises(DBAPIError):
        async with db.begin_nested():
            await db.execute(text("DELETE FROM metering_receipts"))
    assert await clean(db)


async def test_the_ceiling_ends_the_session_politely(db: AsyncConnection) -> None:
    tariff = replace(
        client_pays_tariff(), max_charge=50_00, max_charge_strategy=AtCeiling.DISCONNECT
    )
    await begin(db, 500_00, tariff)
    events = await observe(db, SESSION, seconds(0, 400), at(401))
    assert FundsExhausted(SESSION, 10, "max_charge") in events
    assert events[-1] == MeterStopped(SESSION, "max_charge", 180, T0 + 180)
    assert [c.amount.minor for c in await charges(db, SESSION)] == [20_00, 20_00, 10_00]
    assert await clean(db)


async def test_after_the_ceiling_time_can_be_free(db: AsyncConnection) -> None:
    await begin(db, 500_00, replace(client_pays_tariff(), max_charge=30_00))
    await observe(db, SESSION, seconds(0, 200), at(201))
    assert [(c.amount.minor, c.state) for c in await charges(db, SESSION)] == [
        (20_00, "charged"),
        (10_00, "charged"),
        (0, "free"),
        (0, "free"),
    ]
    assert await money(db) == (470_00, 0)
    assert await clean(db)


async def test_grace_and_connect_fee_on_a_live_meter(db: AsyncConnection) -> None:
    tariff = Tariff(connect_fee=5_00, grace_seconds=10, segments=(Segment(0, 20_00, 60, 60),))
    await begin(db, 100_00, tariff)
    assert await money(db) == (100_00, 25_00)
    await observe(db, SESSION, seconds(0, 10), at(11))
    assert await money(db) == (100_00, 25_00)
    await observe(db, SESSION, seconds(10, 11), at(12))
    assert await money(db) == (75_00, 0)
    assert await clean(db)


GRACE = Tariff(grace_seconds=100, segments=(Segment(0, 20_00, 60, 60),))


async def test_money_that_ends_within_the_grace_ends_the_session_for_nothing(
    db: AsyncConnection,
) -> None:
    """20,00 хватает на минуту: сеанс закончен на ней, денег не взято, удержанное вернулось."""
    await begin(db, 20_00, GRACE)
    events = await observe(db, SESSION, seconds(0, 90), at(91))
    assert events[-1] == MeterStopped(SESSION, "funds", 60, T0 + 60)
    assert await charges(db, SESSION) == []
    assert await money(db) == (20_00, 0)
    assert await clean(db)


async def test_money_that_comes_within_the_grace_keeps_it_going(db: AsyncConnection) -> None:
    await begin(db, 20_00, GRACE)
    await observe(db, SESSION, seconds(0, 60), at(61))
    await fund(db, 20_00, "2")
    await observe(db, SESSION, seconds(60, 101), at(102))
    assert [c.amount.minor for c in await charges(db, SESSION)] == [20_00, 20_00]
    events = await observe(db, SESSION, seconds(101, 130), at(131))
    assert events[-1] == MeterStopped(SESSION, "funds", 120, T0 + 120)
    assert await money(db) == (0, 0)
    assert await clean(db)


async def test_a_stale_copy_of_a_meter_cannot_be_written(db: AsyncConnection) -> None:
    await begin(db, 100_00)
    copy = await load(db, SESSION)
    await observe(db, SESSION, seconds(0, 5), at(6))
    with pytest.raises(StaleMeter):
        await drawer.save_meters(db, [copy._replace(clock_s=3)], at(7), None)
    assert (await load(db, SESSION)).clock_s == 5


async def test_the_audit_sees_a_meter_that_lies(db: AsyncConnection) -> None:
    from metering import check

    await begin(db, 100_00)
    await observe(db, SESSION, seconds(0, 5), at(6))
    await db.execute(text("UPDATE metering_meters SET clock_s = 7, charged_minor = 1"))
    assert {f.kind for f in await check(db)} == {"clock", "charges"}


def test_a_sold_tariff_is_read_back_as_written() -> None:
    for tariff in (host_pays_tariff(), client_pays_tariff(12_34)):
        assert Tariff.from_json(tariff.to_json()) == tariff
    with pytest.raises(BadTariff) as caught:
        Tariff.from_json(Tariff(segments=(Segment(0, 10, 60, 1),)).to_json())
    assert caught.value.field == "tariff.segments[0].rate"
