"""From what the relay saw to minutes, pushes and papers, told step by step with a manual clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ledger
from broker import notices, parties, sessions
from ledger import Account, AccountKind
from relay import LegConnected, LegSecond, SecondWitnessed, Source, SourceAdded, SourceRemoved
from reports import Filter, documents
from tests.web.serving import Served, meeting
from tests.web.test_socket import Wire, seated
from web import chores, papers, wiring
from web.audit import audit
from web.keys import LOOP, NEWS, SEALER
from web.robot import Robot

PAIR = (("client", "host"),)


@dataclass
class Live:
    """A session that has started, with both at their sockets."""

    number: str
    host: Robot
    client: Robot
    host_wire: Wire
    client_wire: Wire


@asynccontextmanager
async def live(served: Served, plan: str) -> AsyncIterator[Live]:
    async with served.robot() as host, served.robot() as client:
        number = await meeting(served, host, client, plan)
        async with seated(host, number) as (one, _), seated(client, number) as (other, _):
            for wire in (one, other):
                await wire.send("start")
            told = await one.next("state")
            while told["state"] != "live":
                told = await one.next("state")
            yield Live(number, host, client, one, other)


def see(served: Served, number: str, seconds: int) -> None:
    """The relay witnesses both for so many seconds, and the clock moves on with them."""
    legs = (LegSecond("client", True), LegSecond("host", True))
    for _ in range(seconds):
        second = int(served.clock().timestamp())
        served.clock.pass_s(1)
        wiring.relay_saw(served.app, SecondWitnessed(number, second, legs, PAIR))


async def turn(served: Served) -> None:
    await served.app[LOOP].turn()
    await served.app[NEWS].settle()


async def test_a_minute_is_charged_shown_and_written_down(served_both: Served) -> None:
    """Иван 1000,00; первая минута 1,00 -> 999,00, и ещё одна с 61-й секунды -> 998,00."""
    served = served_both
    async with live(served, "host-pays") as one:
        see(served, one.number, 5)
        await turn(served)
        meter = await one.host_wire.next("meter")
        while not meter["clock_s"]:
            meter = await one.host_wire.next("meter")
        assert (meter["clock_s"], meter["billed_minutes"], meter["running"]) == (5, 1, True)
        assert (meter["cost_text"], meter["balance_text"]) == ("1,00\u00a0₽", "999,00\u00a0₽")
        guest = await one.client_wire.next("meter")
        assert (guest["cost_text"], guest["balance_text"]) == (None, None)
        see(served, one.number, 56)
        await turn(served)
        see(served, one.number, 2)
        await turn(served)
        assert (await one.host.get("/wallet"))["balance"]["minor"] == 99_800


async def test_the_same_second_seen_twice_is_charged_once(served: Served) -> None:
    async with live(served, "host-pays") as one:
        at = served.clock.at
        for _ in range(3):
            served.clock.at = at
            see(served, one.number, 5)
            await turn(served)
        session = await one.host.get(f"/sessions/{one.number}")
        assert (session["clock_s"], session["cost"]["minor"]) == (5, 100)


async def test_one_side_alone_costs_nothing(served: Served) -> None:
    async with live(served, "client-pays") as one:
        legs = (LegSecond("client", True), LegSecond("host", False))
        for _ in range(10):
            second = int(served.clock().timestamp())
            served.clock.pass_s(1)
            wiring.relay_saw(served.app, SecondWitnessed(one.number, second, legs, ()))
        await turn(served)
        assert (await one.client.get("/wallet"))["balance"]["minor"] == 500_000


async def test_hanging_up_charges_the_last_seconds_and_issues_papers(served_both: Served) -> None:
    """20 ₽ в минуту, 61-я секунда увидена, но ещё не начислена: при завершении платится и она."""
    served = served_both
    async with live(served, "client-pays") as one:
        see(served, one.number, 55)
        await turn(served)
        see(served, one.number, 6)
        await one.host_wire.send("end")
        assert (await one.client_wire.next("bye"))["code"] == "ended"
        await served.app[NEWS].settle()
        session = await one.client.get(f"/sessions/{one.number}")
        assert (session["clock_s"], session["cost"]["minor"]) == (61, 4000)
        assert session["mutual_s"] == 61
        assert {paper["kind"] for paper in session["papers"]} == {"protocol", "act"}
        await one.client.post(f"/sessions/{one.number}/outcome", outcome="resolved")
        await served.app[NEWS].settle()
    async with served.database.reading() as db:
        assert (await _left(db, AccountKind.ESCROW, one.number)) == 0
        assert [letter.kind for letter in await notices.outbox(db)].count("session_ended") == 2
        assert await audit(db) == []
        [protocol] = await documents(db, Filter(session=one.number, kind="protocol"))
        assert protocol.revision == 2  # the second one knows the outcome


async def test_papers_that_a_crash_prevented_come_with_the_next_sweep(served: Served) -> None:
    async with live(served, "host-pays") as one:
        see(served, one.number, 3)
        await turn(served)
        real, papers.issue = papers.issue, _nothing  # the process dies before it can issue them
        try:
            await wiring.hang_up(served.app, one.number, "host", "hung_up")
        finally:
            papers.issue = real
        async with served.database.reading() as db:
            assert await documents(db, Filter(session=one.number)) == []
            assert await papers.waiting(db, served.clock()) == [one.number]
        await papers.issue(served.app, one.number)
        async with served.database.reading() as db:
            assert len(await documents(db, Filter(session=one.number))) == 2
            assert await papers.waiting(db, served.clock()) == []


async def test_papers_of_nothing_are_forgotten(served: Served) -> None:
    async with served.database.transaction() as db:
        await papers.due(db, "S-2026-999999", served.clock())
    await papers.issue(served.app, "S-2026-999999")
    async with served.database.reading() as db:
        assert await papers.waiting(db, served.clock()) == []


async def test_papers_that_fail_are_tried_again_later(served: Served) -> None:
    async with live(served, "host-pays") as one:
        see(served, one.number, 3)
        await turn(served)
        real, served.app[SEALER].seal = served.app[SEALER].seal, _broken  # type: ignore[method-assign]
        await wiring.hang_up(served.app, one.number, "host", "hung_up")
        await served.app[NEWS].settle()
        async with served.database.reading() as db:
            assert await papers.waiting(db, served.clock()) == []  # not again at once
            soon = served.clock() + timedelta(seconds=papers.WAIT_FIRST_S)
            assert await papers.waiting(db, soon) == [one.number]
        served.app[SEALER].seal = real  # type: ignore[method-assign]
        await papers.issue(served.app, one.number)
        async with served.database.reading() as db:
            assert len(await documents(db, Filter(session=one.number))) == 2


async def test_no_money_for_the_next_minute_ends_the_session_in_time(served: Served) -> None:
    """500,00 на счёте, 200,00 в минуту: две минуты оплачены, третьей нет, ниже нуля нет."""
    async with served.database.transaction() as db:
        anna = await _party(db)
        legs = (
            ledger.Leg(Account(AccountKind.PREPAID, anna), -455_000),
            ledger.Leg(Account(AccountKind.CASH, "demo"), 455_000),
        )
        draft = ledger.Draft("test", "spent", "refund", legs)
        [result] = await ledger.post_many(db, [draft], served.clock())
        result.raise_for_status()
    async with live(served, "client-pays") as one:  # 450,00 left: 22 minutes of 20,00
        for _ in range(23):
            see(served, one.number, 60)
            await turn(served)
        assert (await one.client_wire.next("warning"))["can_top_up"] is True
        assert (await one.client_wire.next("bye"))["code"] == "ended"
        await served.app[NEWS].settle()
        assert (await one.client.get("/wallet"))["balance"]["minor"] == 1000
        session = await one.client.get(f"/sessions/{one.number}")
        assert (session["billed_minutes"], session["clock_s"]) == (22, 22 * 60)


async def test_a_pause_stops_the_clock_at_once(served: Served) -> None:
    async with live(served, "host-pays") as one:
        see(served, one.number, 4)
        await one.client_wire.send("pause")
        told = await one.host_wire.next("state")
        while told["state"] != "paused":
            told = await one.host_wire.next("state")
        assert told["by"] == "client"
        see(served, one.number, 100)
        await turn(served)
        session = await one.host.get(f"/sessions/{one.number}")
        assert (session["clock_s"], session["cost"]["minor"]) == (4, 100)
        await one.host_wire.send("resume")
        assert (await one.host_wire.next("error"))["code"] == "not_yours"


async def test_sources_are_told_to_both(served: Served) -> None:
    async with live(served, "host-pays") as one:
        source = Source("s1", "client", "video", "0")
        wiring.relay_saw(served.app, SourceAdded(one.number, source))
        told = await one.host_wire.next("source")
        assert told["event"] == "added"
        assert told["source"] == {"id": "s1", "owner": "client", "kind": "video"}
        wiring.relay_saw(served.app, SourceRemoved(one.number, source))
        assert (await one.host_wire.next("source"))["event"] == "removed"


async def test_the_clerk_writes_what_the_relay_saw(served: Served) -> None:
    async with live(served, "host-pays") as one:
        wiring.relay_saw(served.app, LegConnected(one.number, "client", "pub"))
        async with asyncio.timeout(5):
            while True:
                if "leg_connected" in await _kinds(served, one.number):
                    return
                await asyncio.sleep(0.05)


async def test_silence_until_the_window_closes_settles(served: Served) -> None:
    async with live(served, "client-pays") as one:
        see(served, one.number, 3)
        await turn(served)
        await wiring.hang_up(served.app, one.number, "host", "hung_up")
        await served.app[NEWS].settle()
        served.clock.pass_s(259_200)
        await chores.settle_due(served.app)
    async with served.database.reading() as db:
        ivan = await _party(db, "ivan@demo.minuta.example")
        assert await _left(db, AccountKind.EARNINGS, ivan) == 1800
        assert await papers.waiting(db, served.clock()) == [one.number]


async def test_after_a_restart_nobody_is_at_the_table(served: Served) -> None:
    async with live(served, "host-pays") as one:
        await chores.after_restart(served.app)
        async with served.database.reading() as db:
            found = await sessions.session(db, one.number)
        assert (found.host_online, found.client_online) == (False, False)


async def _kinds(served: Served, number: str) -> list[str]:
    async with served.database.reading() as db:
        return [fact.kind for fact in await sessions.journal.facts(db, number)]


async def _left(db: Any, kind: AccountKind, owner: str) -> int:
    return (await ledger.balance(db, Account(kind, owner))).posted.minor


async def _party(db: Any, email: str = "anna@demo.minuta.example") -> str:
    found = await parties.by_email(db, email)
    assert found is not None
    return found.id


def _broken(*_: object) -> bytes:
    raise RuntimeError("the seal is broken")


async def _nothing(*_: object) -> None:
    """Stands for a process that is gone."""
