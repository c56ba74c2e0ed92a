"""Start, pause, resume, hang up, and the money at the end; balances in kopecks."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
import metering
from broker import sessions
from broker.sessions import Session, State, Sums, errors, journal
from ledger import AccountKind, Outcome
from ledger.control import Actor
from tests.broker.builders import (
    NOON,
    T0,
    TOKEN,
    after,
    balance_of,
    both_in,
    client_pays,
    go_live,
    guest,
    host_pays,
    talk_for,
    top_up,
)


async def joined_host_pays(db: AsyncConnection, prepaid_minor: int = 10_000) -> Session:
    session, _ = await host_pays(db, prepaid_minor=prepaid_minor)
    return await sessions.join(db, TOKEN, await guest(db, session), NOON)


async def kinds(db: AsyncConnection, number: str) -> list[str]:
    return [fact.kind for fact in await journal.facts(db, number)]


async def test_two_minutes_that_the_host_pays(db: AsyncConnection) -> None:
    """
    Ivan tops up                 100.00
    90 seconds: two begun minutes -2.00   to the platform
    Anna pays nothing.
    """
    session = await joined_host_pays(db)
    await both_in(db, session.number)
    one = await sessions.press_start(db, session.number, "client", NOON)
    assert (one.state, one.pressed) == (State.TOGETHER, ("client",))
    live = await sessions.press_start(db, session.number, "host", NOON)
    assert (live.state, live.started_at) == (State.LIVE, NOON)
    await talk_for(db, session.number, 90)
    ended = await sessions.hang_up(db, session.number, "client", "asked", after(90))
    assert (ended.state, ended.ended_by, ended.clock_s) == (State.SETTLED, "client", 90)
    assert ended.sums == Sums(200, 200, 0, 0)
    assert ended.outcome_due_at is None
    assert await balance_of(db, AccountKind.PREPAID, session.host) == 9_800
    assert await balance_of(db, AccountKind.COMMISSION) == 200
    facts = await journal.facts(db, session.number)
    journal.verify_chain(facts)
    assert [f.kind for f in facts if f.kind not in ("entered", "warned")] == [
        "created", "invited", "joined", "start_pressed", "start_pressed", "live",
        "minute_charged", "minute_charged", "ended", "settled",
    ]  # fmt: skip
    charged = [f.body for f in facts if f.kind == "minute_charged"]
    assert [(b["n"], b["amount_minor"], b["total_minor"]) for b in charged] == [
        (1, 100, 100), (2, 100, 200),
    ]  # fmt: skip
    receipts = await metering.receipts(db, session.number)
    assert [b["receipt"] for b in charged] == [r.hash for r in receipts]


@pytest.mark.parametrize(
    ("outcome", "platform", "provider", "refunded"),
    [(Outcome.RESOLVED, 600, 5_400, 0), (Outcome.UNRESOLVED, 600, 600, 4_800)],
)
async def test_three_minutes_that_the_client_pays(
    db: AsyncConnection, outcome: Outcome, platform: int, provider: int, refunded: int
) -> None:
    """
    Anna tops up                1000.00
    150 seconds: 3 x 20.00       -60.00   into the session's escrow
    resolved:   platform 6.00, Ivan 54.00
    unresolved: platform 6.00, Ivan 6.00, back to Anna 48.00
    """
    session, host, client = await client_pays(db)
    await go_live(db, session.number)
    await talk_for(db, session.number, 150)
    ended = await sessions.hang_up(db, session.number, "host", "asked", after(150))
    assert (ended.state, ended.outcome_due_at) == (State.ENDED, after(150 + 259_200))
    assert await balance_of(db, AccountKind.ESCROW, session.number) == 6_000
    settled = await sessions.decide(db, session.number, outcome, "Не помогло", after(200))
    assert settled.sums == Sums(6_000, platform, provider, refunded)
    assert (settled.state, settled.outcome) == (State.SETTLED, outcome.value)
    assert await balance_of(db, AccountKind.ESCROW, session.number) == 0
    assert await balance_of(db, AccountKind.EARNINGS, host.id) == provider
    assert await balance_of(db, AccountKind.PREPAID, client.id) == 94_000 + refunded
    assert await sessions.decide(db, session.number, outcome, "Не помогло", after(201)) == settled
    other = Outcome.RESOLVED if outcome is Outcome.UNRESOLVED else Outcome.UNRESOLVED
    with pytest.raises(errors.AlreadyDecided):
        await sessions.decide(db, session.number, other, "Передумала", after(202))
    assert await ledger.check(db) == []
    journal.verify_chain(await journal.facts(db, session.number))


async def test_silence_is_resolved_when_the_window_is_over(db: AsyncConnection) -> None:
    session, host, _ = await client_pays(db)
    await go_live(db, session.number)
    await talk_for(db, session.number, 60)
    await sessions.hang_up(db, session.number, "client", "asked", after(60))
    early, due_at = after(60 + 259_199), after(60 + 259_200)
    assert await sessions.due_to_settle(db, early) == []
    assert await sessions.settle_due(db, session.number, early) is None
    assert await sessions.due_to_settle(db, due_at) == [session.number]
    settled = await sessions.settle_due(db, session.number, due_at)
    assert settled is not None
    assert (settled.state, settled.outcome) == (State.SETTLED, "resolved")
    assert await balance_of(db, AccountKind.EARNINGS, host.id) == 1_800
    assert await sessions.due_to_settle(db, after(60 + 259_300)) == []
    assert await sessions.settle_due(db, session.number, after(60 + 259_300)) is None
    facts = await journal.facts(db, session.number)
    assert [f.body["by"] for f in facts if f.kind == "outcome"] == ["silence"]


async def test_a_session_never_billed_settles_with_nothing(db: AsyncConnection) -> None:
    session, _, client = await client_pays(db)
    await go_live(db, session.number)
    ended = await sessions.hang_up(db, session.number, "host", "asked", after(3))
    assert (ended.state, ended.sums, ended.clock_s) == (State.SETTLED, Sums(0, 0, 0, 0), 0)
    assert await balance_of(db, AccountKind.PREPAID, client.id) == 100_000
    told = await sessions.decide(db, session.number, Outcome.UNRESOLVED, "Не начали", after(9))
    assert (told.state, told.outcome) == (State.SETTLED, "unresolved"), "a word without money"


async def test_unresolved_says_why(db: AsyncConnection) -> None:
    session, _, _ = await client_pays(db)
    with pytest.raises(errors.WrongState):
        await sessions.decide(db, session.number, Outcome.RESOLVED, "", NOON)
    await go_live(db, session.number)
    await talk_for(db, session.number, 5)
    await sessions.hang_up(db, session.number, "host", "asked", after(5))
    with pytest.raises(errors.CommentNeeded):
        await sessions.decide(db, session.number, Outcome.UNRESOLVED, "  ", after(6))
    with pytest.raises(errors.BadSession):
        await sessions.decide(db, session.number, Outcome.RULED, "", after(6))
    assert (await sessions.session(db, session.number)).state is State.ENDED


async def test_start_without_money_starts_nothing(db: AsyncConnection) -> None:
    """Anna's money went elsewhere between joining and starting."""
    session, _, client = await client_pays(db, prepaid_minor=2_000)
    await both_in(db, session.number)
    await sessions.press_start(db, session.number, "host", NOON)
    await ledger.hold(
        db, "other", ledger.Account(AccountKind.PREPAID, client.id), ledger.Money(1), NOON
    )
    with pytest.raises(ledger.InsufficientFunds):
        async with db.begin_nested():
            await sessions.press_start(db, session.number, "client", NOON)
    found = await sessions.session(db, session.number)
    assert (found.state, found.pressed) == (State.TOGETHER, ("host",))
    await ledger.void_hold(db, "other", NOON)
    assert (await sessions.press_start(db, session.number, "client", NOON)).state is State.LIVE


async def test_pressing_again_changes_nothing(db: AsyncConnection) -> None:
    session = await joined_host_pays(db)
    with pytest.raises(errors.WrongState):
        await sessions.press_start(db, session.number, "host", NOON)
    await both_in(db, session.number)
    first = await sessions.press_start(db, session.number, "host", NOON)
    assert await sessions.press_start(db, session.number, "host", after(1)) == first
    live = await sessions.press_start(db, session.number, "client", after(2))
    assert await sessions.press_start(db, session.number, "client", after(3)) == live
    assert (await kinds(db, session.number)).count("start_pressed") == 2


async def test_pause_by_hand_stops_the_clock_until_the_same_side_resumes(
    db: AsyncConnection,
) -> None:
    session = await joined_host_pays(db)
    number = session.number
    with pytest.raises(errors.WrongState):
        await sessions.pause(db, number, "host", NOON)
    await go_live(db, number)
    paused = await sessions.pause(db, number, "client", after(10))
    assert (paused.state, paused.cause, paused.paused_by) == (State.PAUSED, "asked", "client")
    assert await sessions.pause(db, number, "host", after(11)) == paused
    with pytest.raises(errors.PausedByOther) as refused:
        await sessions.resume(db, number, "host", after(12))
    assert refused.value.by == "client"
    live = await sessions.resume(db, number, "client", after(100))
    assert (live.state, live.paused_by, live.paused_at) == (State.LIVE, None, None)
    assert await sessions.resume(db, number, "host", after(101)) == live
    events = await metering.observe(db, number, range(T0, T0 + 120), after(120))
    await sessions.record_events(db, events, after(120))
    ended = await sessions.hang_up(db, number, "host", "asked", after(120))
    assert (ended.clock_s, ended.sums) == (30, Sums(100, 100, 0, 0))


async def test_a_side_that_the_tariff_does_not_let_pause(db: AsyncConnection) -> None:
    """The plan in force lets only the consultant pause; the refusal writes nothing."""
    plan = (await metering.current_plan(db, "host-pays")).tariff
    draft = replace(plan, version=plan.version + 1, pause_by="host")
    await metering.publish_plan(db, draft, Actor("curator", "curator", ""), "calls", NOON)
    number = (await joined_host_pays(db)).number
    await go_live(db, number)
    before = await kinds(db, number)
    with pytest.raises(errors.PauseForbidden) as refused:
        await sessions.pause(db, number, "client", after(10))
    assert (refused.value.by, refused.value.allowed) == ("client", "host")
    assert await kinds(db, number) == before
    assert (await sessions.pause(db, number, "host", after(11))).state is State.PAUSED


async def test_called_off_by_the_host_before_anyone_came(db: AsyncConnection) -> None:
    session = await joined_host_pays(db)
    await sessions.enter(db, session.number, "client", NOON)
    with pytest.raises(errors.WrongState):
        await sessions.hang_up(db, session.number, "client", "asked", after(1))
    off = await sessions.hang_up(db, session.number, "host", "asked", after(2))
    assert (off.state, off.sums) == (State.CANCELLED, None)
    assert await sessions.hang_up(db, session.number, "host", "asked", after(3)) == off
    with pytest.raises(errors.WrongState):
        await sessions.enter(db, session.number, "host", after(4))
    with pytest.raises(errors.WrongState):
        await sessions.renew_invite(db, session.number, after(4), TOKEN + "x")
    with pytest.raises(errors.WrongState):
        await sessions.join(db, TOKEN, await guest(db, session, "Поздний"), after(4))


async def test_hanging_up_twice_is_hanging_up_once(db: AsyncConnection) -> None:
    session = await joined_host_pays(db)
    await go_live(db, session.number)
    await talk_for(db, session.number, 10)
    ended = await sessions.hang_up(db, session.number, "host", "asked", after(10))
    assert await sessions.hang_up(db, session.number, "client", "asked", after(11)) == ended
    assert (await kinds(db, session.number)).count("ended") == 1
    for verb in (sessions.pause, sessions.resume, sessions.press_start):
        with pytest.raises(errors.WrongState):
            await verb(db, session.number, "host", after(12))


async def test_money_runs_out_and_the_session_ends_by_itself(db: AsyncConnection) -> None:
    """
    Ivan tops up                    3.00
    three minutes                  -3.00
    the fourth cannot be held: final, then cut off at 180 s; nobody is below zero
    """
    session = await joined_host_pays(db, prepaid_minor=300)
    await go_live(db, session.number)
    await talk_for(db, session.number, 175)
    found = await sessions.session(db, session.number)
    assert (found.state, found.cause) == (State.FINAL, "funds")
    await talk_for(db, session.number, 181)
    ended = await sessions.session(db, session.number)
    assert (ended.state, ended.cause, ended.ended_by) == (State.SETTLED, "funds", None)
    assert (ended.clock_s, ended.sums) == (180, Sums(300, 300, 0, 0))
    assert await balance_of(db, AccountKind.PREPAID, session.host) == 0


async def test_a_top_up_in_time_takes_the_session_back(db: AsyncConnection) -> None:
    session, host = await host_pays(db, prepaid_minor=100)
    await sessions.join(db, TOKEN, await guest(db, session), NOON)
    await go_live(db, session.number)
    await talk_for(db, session.number, 55)
    assert (await sessions.session(db, session.number)).state is State.FINAL
    paused = await sessions.pause(db, session.number, "host", after(55))
    assert paused.state is State.PAUSED
    back = await sessions.resume(db, session.number, "host", after(56))
    assert back.state is State.FINAL, "a pause does not hide that the money is out"
    await top_up(db, host, 1_000, key="second")
    events = await metering.observe(db, session.number, range(T0 + 56, T0 + 70), after(70))
    await sessions.record_events(db, events, after(70))
    assert (await sessions.session(db, session.number)).state is State.LIVE
    assert "funds_back" in await kinds(db, session.number)


async def test_only_the_payer_sets_a_cap_and_it_ends_the_session(db: AsyncConnection) -> None:
    """
    Ivan pays 1.00 a minute and lets the session cost 2.00: it ends after two minutes.
    """
    session = await joined_host_pays(db)
    number = session.number
    with pytest.raises(errors.NotYours):
        await sessions.set_cap(db, number, "client", 200, NOON)
    await sessions.set_cap(db, number, "host", 50, NOON)
    await both_in(db, number)
    await sessions.press_start(db, number, "client", NOON)
    with pytest.raises(metering.CapReached):
        async with db.begin_nested():
            await sessions.press_start(db, number, "host", NOON)
    assert (await sessions.set_cap(db, number, "host", 200, NOON)).spend_cap_minor == 200
    await sessions.press_start(db, number, "host", NOON)
    assert (await metering.load(db, number)).means.cap_minor == 200
    await talk_for(db, number, 130)
    found = await sessions.session(db, number)
    assert (found.state, found.cause, found.sums) == (State.SETTLED, "cap", Sums(200, 200, 0, 0))
    with pytest.raises(errors.WrongState):
        await sessions.set_cap(db, number, "host", None, after(140))
    facts = await journal.facts(db, number)
    assert [f.body for f in facts if f.kind == "cap"] == [{"by": "host", "limited": True}] * 2
    assert [f.body for f in facts if f.kind == "funds_out"] == [{"ends_in_s": 10, "cause": "cap"}]


async def test_seconds_of_an_unresolved_session_go_back_on_record(db: AsyncConnection) -> None:
    session, _, client = await client_pays(db)
    terms = replace(session.tariff, allowance="minutes")
    await db.execute(text("UPDATE sessions_sessions SET tariff = :t"), {"t": terms.to_json()})
    await metering.grant_allowance(db, client.id, 600, NOON, "june")
    await go_live(db, session.number)
    await talk_for(db, session.number, 290)
    await sessions.hang_up(db, session.number, "client", "asked", after(290))
    await sessions.decide(db, session.number, Outcome.UNRESOLVED, "no", after(300))
    [grant] = await metering.allowances_of(db, client.id)
    assert (grant.seconds, grant.left_s) == (600, 540)
    facts = await journal.facts(db, session.number)
    assert [f.body for f in facts if f.kind == "seconds_back"] == [{"seconds": 240}]
