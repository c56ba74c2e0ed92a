"""A transaction that others made impossible is done again: by pages, sockets, clerk and papers."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import web.papers
from broker import sessions
from ledger import TryAgain
from relay import LegConnected
from reports import Filter, documents
from tests.web.serving import Served
from tests.web.test_socket import seated, two
from tests.web.test_wiring import _kinds, live, see, turn
from web import wiring
from web.audit import audit
from web.db import TRIES_MAX
from web.keys import NEWS
from web.robot import Refused

Verb = Callable[..., Awaitable[Any]]


class Flaky:
    """Does all of the verb's work, and then has its transaction taken back so many times."""

    def __init__(self, verb: Verb, times: int, trouble: Exception | None = None) -> None:
        self.verb, self.left, self.calls = verb, times, 0
        self.trouble = trouble or TryAgain("tick S:1")

    async def __call__(self, *args: Any, **more: Any) -> Any:
        self.calls += 1
        answer = await self.verb(*args, **more)
        if self.left:
            self.left -= 1
            raise self.trouble
        return answer


def flaky(
    patch: pytest.MonkeyPatch, name: str, times: int = 2, trouble: Exception | None = None
) -> Flaky:
    one = Flaky(getattr(sessions, name), times, trouble)
    patch.setattr(sessions, name, one)
    return one


async def test_a_form_is_handled_again(served_both: Served, monkeypatch: Any) -> None:
    verb = flaky(monkeypatch, "create")
    async with served_both.robot() as host:
        await host.enter("consultant")
        made = await host.post("/sessions", topic="Отчёт", plan="host-pays", rate="20")
        assert (verb.calls, made["number"]) == (3, "S-2026-000001")
        assert len((await host.get("/sessions"))["rows"]) == 1


async def test_a_form_that_cannot_be_handled_is_refused_clearly(
    served_both: Served, monkeypatch: Any
) -> None:
    flaky(monkeypatch, "create", TRIES_MAX)
    async with served_both.robot() as host, served_both.browser() as browser:
        await host.enter("consultant")
        fields = {"topic": "Отчёт", "plan": "host-pays", "rate": "20"}
        with pytest.raises(Refused) as told:
            await host.post("/sessions", **fields)
        assert (told.value.status, told.value.code) == (503, "too_busy")
        flaky(monkeypatch, "create", TRIES_MAX)
        headers = {"Authorization": f"Bearer {host.token}"}
        async with browser.post("/sessions", data=fields, headers=headers) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
            assert "Сейчас слишком много запросов" in await answer.text()
        assert (await host.get("/sessions"))["rows"] == []


async def test_a_verb_of_a_socket_is_done_again(served_both: Served, monkeypatch: Any) -> None:
    verb = flaky(monkeypatch, "chat")
    async with (
        two(served_both) as (number, host, client),
        seated(host, number) as (one, _),
        seated(client, number) as (other, _),
    ):
        await other.send("chat", id="c1", text="Здравствуйте")
        assert (await one.next("chat"))["text"] == "Здравствуйте"
        assert verb.calls == 3
        verb.left = TRIES_MAX
        await other.send("chat", id="c2", text="Ещё раз")
        told = await other.next("error")
        assert (told["code"], told["reply_to"]) == ("too_busy", "c2")
    async with served_both.database.reading() as db:
        assert [line.id for line in await sessions.messages(db, number)] == ["c1"]


async def test_sitting_down_is_done_again(served_both: Served, monkeypatch: Any) -> None:
    verb = flaky(monkeypatch, "enter")
    async with two(served_both) as (number, host, _), seated(host, number) as (_, welcome):
        assert (verb.calls, welcome["participant"]) == (3, "host")


async def test_hanging_up_again_loses_no_seconds_and_no_news(
    served_both: Served, monkeypatch: Any
) -> None:
    """Три минуты по 1,00: при завершении транзакцию вернули дважды, деньги ушли один раз."""
    served = served_both
    verb = flaky(monkeypatch, "hang_up")
    async with live(served, "host-pays") as one:
        see(served, one.number, 130)
        await one.host_wire.send("end")
        assert (await one.client_wire.next("bye"))["code"] == "ended"
        await served.app[NEWS].settle()
        assert verb.calls == 3
        assert (await one.host.get("/wallet"))["balance"]["minor"] == 99_700
    async with served.database.reading() as db:
        assert (await sessions.journal.presence_of(db, one.number)).mutual_s == 130
        assert await audit(db) == []


async def test_papers_are_issued_again_at_once(served_both: Served, monkeypatch: Any) -> None:
    served = served_both
    once = Flaky(web.papers.keep, 2)
    monkeypatch.setattr(web.papers, "keep", once)
    async with live(served, "host-pays") as one:
        see(served, one.number, 3)
        await turn(served)
        await wiring.hang_up(served.app, one.number, "host", "hung_up")
        await served.app[NEWS].settle()
    async with served.database.reading() as db:
        found = await documents(db, Filter(session=one.number, superseded=True))
    assert once.left == 0
    assert once.calls >= 3  # the sweep may come by meanwhile; it issues nothing twice
    assert len(found) == 2


async def test_news_that_were_not_written_are_kept_in_order(
    served_both: Served, monkeypatch: Any
) -> None:
    served = served_both
    async with live(served, "host-pays") as one:
        async with served.app[NEWS].pen:  # the clerk waits
            flaky(monkeypatch, "record_events", 1, RuntimeError("the disk is full"))
            for leg in ("client", "host"):
                wiring.relay_saw(served.app, LegConnected(one.number, leg, "pub"))
        with pytest.raises(RuntimeError):
            await wiring.write_news(served.app)
        wiring.relay_saw(served.app, LegConnected(one.number, "host", "sub"))
        await wiring.write_news(served.app)
        async with served.database.reading() as db:
            facts = await sessions.journal.facts(db, one.number)
        legs = [
            (fact.body["leg"], fact.body["role"]) for fact in facts if fact.kind == "leg_connected"
        ]
        assert legs == [("client", "pub"), ("host", "pub"), ("host", "sub")]


async def test_news_that_nobody_can_write_do_not_hold_up_the_others(
    served: Served, monkeypatch: Any
) -> None:
    async with live(served, "host-pays") as one:
        real = sessions.record_events

        async def picky(db: Any, events: Any, at: Any) -> Any:
            if any(event.room == "S-2026-777777" for event in events):
                raise RuntimeError("poison")
            return await real(db, events, at)

        monkeypatch.setattr(sessions, "record_events", picky)
        async with served.app[NEWS].pen:
            wiring.relay_saw(served.app, LegConnected("S-2026-777777", "client", "pub"))
            wiring.relay_saw(served.app, LegConnected(one.number, "client", "pub"))
        with pytest.raises(RuntimeError):
            await wiring.write_news(served.app)
        await wiring.write_news(served.app, one_by_one=True)
        assert "leg_connected" in await _kinds(served, one.number)
        assert served.app[NEWS].batch() == []
