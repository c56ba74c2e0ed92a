"""What the relay tells becomes signed minute records in the session's journal and on paper."""

import asyncio
from typing import Any

import pytest

import metering
from broker import sessions
from relay import LegLost, record_faults
from reports import Filter, document, documents, verify_file
from tests.web.serving import START, Served
from tests.web.test_wiring import live, see, turn
from web import wiring
from web.errors import TooBusy
from web.keys import NEWS, RECORDS, SEALER
from web.news import News


async def records_of(served: Served, number: str) -> list[dict[str, Any]]:
    async with served.database.reading() as db:
        facts = await sessions.journal.facts(db, number)
    return [dict(fact.body) for fact in facts if fact.kind == "minute_witnessed"]


async def test_each_minute_is_recorded_signed_and_printed(served: Served) -> None:
    """130 секунд -> записи о двух целых минутах и о последней неполной; бумага сходится."""
    async with live(served, "client-pays") as one:
        see(served, one.number, 130)
        await turn(served)
        await wiring.write_news(served.app)
        assert len(await records_of(served, one.number)) == 2
        await one.host_wire.send("end")
        assert (await one.client_wire.next("bye"))["code"] == "ended"
        await served.app[NEWS].settle()
        told = await records_of(served, one.number)
        assert [body["record"]["seconds"] for body in told] == [60, 60, 10]
        assert record_faults([(b["record"], b["key"], b["signature"]) for b in told]) == []
        assert one.number not in served.app[RECORDS].rooms
        async with served.database.reading() as db:
            [protocol] = await documents(db, Filter(session=one.number, kind="protocol"))
            paper = await _pdf(db, protocol.name)
    verdict = await asyncio.to_thread(
        verify_file, paper, served.app[SEALER].trust_pem, served.clock()
    )
    assert verdict.code == 0
    assert "3 records of 1 nodes hold" in "".join(one.en for one in verdict.findings)


async def _pdf(db: Any, name: str) -> bytes:
    return (await document(db, name)).pdf


async def test_what_no_record_tells_of_is_named_so_and_costs_nothing(served: Served) -> None:
    """Узел умер на две минуты: минуты никто не видел -> не оплачены, причина названа."""
    async with live(served, "client-pays") as one:
        see(served, one.number, 60)
        await turn(served)
        served.app[RECORDS].rooms.clear()  # the process is another one now
        served.clock.pass_s(120)
        see(served, one.number, 61)
        await turn(served)
        await wiring.write_news(served.app)
        await one.host_wire.send("end")
        await one.client_wire.next("bye")
        await served.app[NEWS].settle()
        session = await one.client.get(f"/sessions/{one.number}")
        assert session["billed_minutes"] == 3
        lost = [minute for minute in session["minutes"] if minute["cause"] == "witness_lost"]
        assert [minute["state"] for minute in lost] == ["unpaid", "unpaid"]
        reasons = [(one["cause"], one["price"]["minor"]) for one in session["reasons"]]
        assert reasons[1:3] == [("witness_lost", 0)] * 2
        ours = {"Authorization": f"Bearer {one.client.token}", "Accept": "text/html"}
        async with served.browser().get(f"/sessions/{one.number}", headers=ours) as answer:
            assert (await answer.text()).count("не оплачена: наша запись прервалась") >= 4


async def test_records_are_whole_when_the_money_ends_at_the_turn_of_a_minute(
    served: Served,
) -> None:
    """Предел 40,00 кончается в первую секунду минуты узла: её запись ещё ждёт писаря."""
    served.clock.pass_s(1)
    async with live(served, "client-pays") as one:
        await one.client_wire.send("cap", sum="40")
        await one.client_wire.next("cap")
        see(served, one.number, 119)
        await turn(served)
        await wiring.write_news(served.app)
        see(served, one.number, 1)
        await turn(served)
        assert (await one.client_wire.next("bye"))["code"] == "ended"
        await wiring.write_news(served.app)
        told = await records_of(served, one.number)
        assert [body["record"]["seconds"] for body in told] == [59, 60, 1]
        assert record_faults([(b["record"], b["key"], b["signature"]) for b in told]) == []


async def test_the_last_seconds_are_together_too_when_the_money_ends_a_session(
    served: Served,
) -> None:
    """Деньги кончились, пока последние секунды ждали писаря: сеанс не короче оплаченного."""
    async with live(served, "client-pays") as one:
        await one.client_wire.send("cap", sum="20")
        await one.client_wire.next("cap")
        see(served, one.number, 58)
        await turn(served)
        await wiring.write_news(served.app)
        see(served, one.number, 2)
        await turn(served)
        assert (await one.client_wire.next("bye"))["code"] == "ended"
        await wiring.write_news(served.app)
        async with served.database.reading() as db:
            seen = await sessions.journal.presence_of(db, one.number)
            ended = await sessions.session(db, one.number)
        assert (seen.mutual_s, ended.clock_s) == (60, 60)


async def test_a_transaction_that_is_done_again_has_the_last_record_too(served: Served) -> None:
    async with live(served, "client-pays") as one:
        see(served, one.number, 10)
        await turn(served)
        await wiring.write_news(served.app)
        stopped = metering.MeterStopped(one.number, "funds", 10, int(served.clock().timestamp()))

        async def record(*, taken_back: bool) -> None:
            async with served.database.transaction() as db:
                await wiring.record(served.app, db, [stopped])
                if taken_back:
                    raise TooBusy

        with pytest.raises(TooBusy):
            await record(taken_back=True)
        await record(taken_back=False)
        await wiring.write_news(served.app)
        told = await records_of(served, one.number)
        assert [body["record"]["seconds"] for body in told] == [10]


def test_news_that_are_being_written_still_wait() -> None:
    news, (one, other) = News(), (LegLost(room, "host", START) for room in ("S-1", "S-2"))
    news.put(one)
    news.put(other)
    assert news.batch() == [one, other]
    news.put(one)
    assert news.waiting("S-1") == [one, one]
    news.laid_down("S-1")
    assert (news.waiting("S-1"), news.waiting("S-2")) == ([one], [other])
    news.laid_down()
    assert news.waiting("S-2") == []
