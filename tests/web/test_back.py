"""A line that breaks and comes back: the seat is kept, nothing is written, nothing is missed."""

import asyncio
from typing import Any

import pytest

from broker import sessions
from tests.web.serving import Served
from tests.web.test_pointing import ARROW, showing
from tests.web.test_socket import Wire, seated, two, wire
from web import desk, wiring
from web.keys import HUB


def breaks(one: Wire) -> None:
    """As a network that goes: no closing frame."""
    one.socket._response.connection.transport.abort()  # type: ignore[union-attr]


async def journal_of(served: Served, number: str) -> list[str]:
    async with served.database.reading() as db:
        return [fact.kind for fact in await sessions.journal.facts(db, number)]


async def until_away(served: Served) -> None:
    for _ in range(200):
        if served.app[HUB].away():
            return
        await asyncio.sleep(0.01)
    pytest.fail("the break was not noticed")


async def until_told(served: Served, number: str, role: str = "host") -> None:
    """All that follows from sitting down is done."""
    for _ in range(200):
        peer = served.app[HUB].peer(number, role)
        if peer is not None and peer.announced:
            return
        await asyncio.sleep(0.01)
    pytest.fail("nobody sat down")


async def seen(one: Wire, *, online: bool, then: bool | None = None) -> None:
    """The other side was told to be there or not, and then the other way round."""
    for wanted in (online,) if then is None else (online, then):
        while (await one.next("state"))["peer"]["online"] is not wanted:
            pass


async def ask(one: Wire, welcome: dict[str, Any], **more: Any) -> None:
    resume = welcome["resume"] | {"seq": welcome["seq"] + more.pop("seen", 0)}
    await one.send("hello", v=[1], resume=resume, **more)


async def test_a_short_break_is_nobodys_news(served: Served) -> None:
    async with two(served) as (number, host, client), seated(client, number) as (other, _):
        async with seated(host, number) as (one, welcome):
            await other.send("ping", t=1, ack=0)
            await other.next("pong")
            await until_told(served, number)
            before = await journal_of(served, number)
            breaks(one)
            await until_away(served)
            await other.send("chat", id="c1", text="Вы тут?")
            await other.next("chat")
        async with wire(host, number) as again:
            await ask(again, welcome, brief=True)
            assert (await again.next("chat"))["text"] == "Вы тут?"
            back = await again.next("resumed")
            assert back["resume"]["key"] != welcome["resume"]["key"]
            assert not served.app[HUB].away()
            assert await journal_of(served, number) == [*before, "chat"]
            await again.send("ping", t=2, ack=back["seq"])
            assert (await again.next("pong"))["t"] == 2


async def test_whoever_wants_the_picture_gets_it(served: Served) -> None:
    async with two(served) as (number, host, _):
        async with seated(host, number) as (one, welcome):
            await until_told(served, number)
            breaks(one)
            await until_away(served)
        async with wire(host, number) as again:
            await ask(again, welcome)
            assert (await again.next("welcome"))["resumed"] is True


async def test_after_a_while_the_seat_is_empty(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "AWAY_S", 0.05)
    async with two(served) as (number, host, client), seated(client, number) as (other, _):
        async with seated(host, number) as (one, welcome):
            await seen(other, online=False, then=True)
            await until_told(served, number)
            breaks(one)
            await seen(other, online=False)
            assert (await journal_of(served, number))[-1] == "left"
        async with wire(host, number) as again:
            await ask(again, welcome, brief=True)
            assert "session" in await again.next("welcome")


async def test_a_page_that_is_left_is_gone_at_once(served: Served) -> None:
    async with two(served) as (number, host, client), seated(client, number) as (other, _):
        async with seated(host, number):
            pass
        await seen(other, online=True, then=False)
        assert not served.app[HUB].away()


async def test_whoever_breaks_off_while_sitting_down_leaves_at_once(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody was told of them yet, so nobody may be left with half the news."""
    real, sitting = wiring.tell_state, asyncio.Event()

    async def slow(*given: Any, **more: Any) -> None:
        await sitting.wait()
        await real(*given, **more)

    async with two(served) as (number, host, _):
        monkeypatch.setattr(wiring, "tell_state", slow)
        async with seated(host, number) as (one, _welcome):
            breaks(one)
        sitting.set()
        for _ in range(200):
            if (await journal_of(served, number))[-1] == "left":
                break
            await asyncio.sleep(0.01)
        assert (await journal_of(served, number))[-1] == "left"
        assert not served.app[HUB].online(number, "host")


async def test_a_mark_that_was_missed_brings_the_whole_picture(served: Served) -> None:
    """Marks are not replayed one by one, so whoever missed one cannot do without a welcome."""
    async with showing(served) as (number, robot, _host, client):
        async with seated(robot, number) as (one, welcome):
            await until_told(served, number)
            breaks(one)
            await until_away(served)
            await client.send("mark", **ARROW)
            await client.next("mark")
        async with wire(robot, number) as again:
            await ask(again, welcome, brief=True)
            told = await again.next("welcome")
            assert told["resumed"] is True
            assert [mark["id"] for mark in told["session"]["marks"]] == [ARROW["id"]]
