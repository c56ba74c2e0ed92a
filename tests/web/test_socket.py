"""The signalling socket over a real connection: who may sit, what is refused, how to come back."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from broker import parties
from ledger import Account, AccountKind, Draft, Leg, post_many
from ledger.control import Actor
from metering import current_plan, publish_plan
from tests.web.serving import Served, meeting
from web.keys import HUB, TICKETS
from web.metrics import REQUESTS
from web.robot import Refused, Robot


class Wire:
    """A bare socket: sends what the test says, keeps what comes."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        self.socket = socket

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send_str(json.dumps({"type": kind} | fields))

    async def next(self, kind: str) -> dict[str, Any]:
        """The next message of a kind, others passed over."""
        async with asyncio.timeout(5):
            while True:
                frame = await self.socket.receive()
                assert frame.type is aiohttp.WSMsgType.TEXT, (kind, frame)
                message: dict[str, Any] = json.loads(frame.data)
                if message["type"] == kind:
                    return message

    async def closed(self) -> int | None:
        """The code that the server closed with."""
        async with asyncio.timeout(15):
            while True:
                frame = await self.socket.receive()
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    return self.socket.close_code


@asynccontextmanager
async def wire(robot: Robot, number: str) -> AsyncIterator[Wire]:
    async with robot.socket(number) as socket:
        yield Wire(socket)


@asynccontextmanager
async def seated(robot: Robot, number: str) -> AsyncIterator[tuple[Wire, dict[str, Any]]]:
    """A socket that was welcomed, and the welcome."""
    ticket = (await robot.post(f"/sessions/{number}/tickets"))["ticket"]
    async with wire(robot, number) as one:
        await one.send("hello", v=[1], ticket=ticket)
        yield one, await one.next("welcome")


@asynccontextmanager
async def two(served: Served, plan: str = "host-pays") -> AsyncIterator[tuple[str, Robot, Robot]]:
    async with served.robot() as host, served.robot() as client:
        yield await meeting(served, host, client, plan), host, client


async def test_both_sit_down_and_see_each_other(served_both: Served) -> None:
    async with two(served_both) as (number, host, client), seated(host, number) as (one, welcome):
        assert welcome["participant"] == "host"
        assert welcome["session"]["state"] == "waiting"
        assert welcome["session"]["terms"]["price_text"] == "1,00\u00a0₽ за минуту"
        assert welcome["session"]["terms"]["enough_text"] == "хватит на\u00a01000\u00a0минут"
        async with seated(client, number) as (other, second):
            assert second["session"]["free"] is True
            assert second["session"]["terms"]["price_text"] == "Для вас бесплатно"
            told = await one.next("state")
            while not told["peer"]["online"]:
                told = await one.next("state")
            assert told["state"] == "together"
            assert told["peer"]["name"] == "Анна"
            await other.send("chat", id="c1", text="Здравствуйте")
            assert (await one.next("chat"))["text"] == "Здравствуйте"


async def test_how_long_the_balance_lasts_is_said_in_russian(served: Served) -> None:
    """981,00 по 1,00: хватит на 981 минуту, а не «на 981 минута»."""
    async with served.database.transaction() as db:
        ivan = await parties.by_email(db, "ivan@demo.minuta.example")
        assert ivan is not None
        spent = Account(AccountKind.PREPAID, ivan.id), Account(AccountKind.CASH, "demo")
        legs = (Leg(spent[0], -1900), Leg(spent[1], 1900))
        [result] = await post_many(db, [Draft("test", "s", "refund", legs)], served.clock())
        result.raise_for_status()
    async with two(served) as (number, host, _), seated(host, number) as (_, welcome):
        said = welcome["session"]["terms"]["enough_text"]
        assert said == "хватит на\u00a0981\u00a0минуту"


async def test_a_side_that_may_not_pause_is_told_before_and_after(served: Served) -> None:
    async with served.database.transaction() as db:
        plan = (await current_plan(db, "host-pays")).tariff
        draft = replace(plan, version=plan.version + 1, pause_by="host")
        await publish_plan(db, draft, Actor("", "curator"), "a lesson", served.clock())
    async with (
        two(served) as (number, host, client),
        seated(host, number) as (one, mine),
        seated(client, number) as (other, theirs),
    ):
        assert mine["session"]["terms"]["pause_text"] is None
        said = theirs["session"]["terms"]["pause_text"]
        assert said == "По тарифу на паузу ставит только консультант"
        for wire_of in (one, other):
            await wire_of.send("start")
        await other.next("meter")
        await other.send("pause")
        assert (await other.next("error"))["code"] == "pause_forbidden"
        await one.send("pause")
        while (await other.next("state"))["state"] != "paused":
            pass


async def test_a_ticket_works_once(served: Served) -> None:
    async with two(served) as (number, host, _):
        ticket = (await host.post(f"/sessions/{number}/tickets"))["ticket"]
        for wanted in ("welcome", "bye"):
            async with wire(host, number) as one:
                await one.send("hello", v=[1], ticket=ticket)
                told = await one.next(wanted)
        assert told["code"] == "ticket_refused"


async def test_an_old_ticket_opens_nothing(served: Served) -> None:
    async with two(served) as (number, host, _):
        ticket = (await host.post(f"/sessions/{number}/tickets"))["ticket"]
        served.clock.pass_s(61)
        async with wire(host, number) as one:
            await one.send("hello", v=[1], ticket=ticket)
            assert (await one.next("bye"))["code"] == "ticket_refused"


async def test_a_stranger_gets_no_ticket_and_no_seat(served: Served) -> None:
    async with two(served) as (number, host, client), served.robot() as stranger:
        served.clock.pass_s(1)
        await stranger.enter("client")
        with pytest.raises(Refused, match="404"):
            await stranger.post(f"/sessions/{number}/tickets")
        made = await host.post("/sessions", topic="Другой", plan="host-pays", rate="20")
        ticket = (await client.post(f"/sessions/{number}/tickets"))["ticket"]
        async with wire(client, made["number"]) as one:
            await one.send("hello", v=[1], ticket=ticket)
            assert (await one.next("bye"))["code"] == "ticket_refused"
        session = await host.get(f"/sessions/{made['number']}")
        assert (session["state"], session["clock_s"]) == ("created", 0)


async def test_a_foreign_page_opens_no_socket(served: Served) -> None:
    async with two(served) as (number, host, _):
        url = host.base / "sessions" / number / "socket"
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await host._http.ws_connect(url, headers={"Origin": "https://evil.example"})
        assert refused.value.status == 403


@pytest.mark.parametrize(
    "first", ["", "garbage", "[]", '{"type":"start"}', '{"type":"ping","t":1,"ack":0}', "{" * 99]
)
async def test_whoever_does_not_greet_is_shown_out(served: Served, first: str) -> None:
    async with two(served) as (number, host, _), wire(host, number) as one:
        await one.socket.send_str(first)
        assert (await one.next("bye"))["code"] == "hello_expected"
        assert await one.closed() == 1000


async def test_more_than_the_limit_closes_the_socket(served: Served) -> None:
    async with two(served) as (number, host, _), seated(host, number) as (one, _welcome):
        await one.send("chat", id="big", text="x" * 70_000)
        assert await one.closed() == 1009


async def test_binary_frames_have_no_meaning(served: Served) -> None:
    async with two(served) as (number, host, _), seated(host, number) as (one, _welcome):
        await one.socket.send_bytes(b"\x00\x01")
        assert await one.closed() is not None


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("start", {}, "wrong_state"),
        ("pause", {}, "wrong_state"),
        ("resume", {}, "wrong_state"),
        ("hello", {"v": [1], "ticket": "x"}, "already_greeted"),
        ("chat", {"id": "a", "text": "  "}, "empty_text"),
        ("dance", {}, "unknown_type"),
        ("offer", {"pc": "pub", "generation": -1, "sdp": ""}, "out_of_range"),
    ],
)
async def test_what_comes_out_of_order_is_answered_and_moves_nothing(
    served: Served, kind: str, fields: dict[str, Any], code: str
) -> None:
    async with two(served) as (number, host, _), seated(host, number) as (one, _welcome):
        await one.send(kind, **fields)
        assert (await one.next("error"))["code"] == code
        await one.send("ping", t=7, ack=0)
        assert (await one.next("pong"))["t"] == 7
        assert (await host.get(f"/sessions/{number}"))["state"] == "waiting"


async def test_a_client_cannot_call_off_what_has_not_begun(served: Served) -> None:
    async with two(served) as (number, host, client), seated(client, number) as (one, _welcome):
        await one.send("end")
        assert (await one.next("error"))["code"] == "wrong_state"
        assert (await host.get(f"/sessions/{number}"))["state"] == "waiting"


async def test_a_lost_socket_is_resumed_with_what_was_missed(served: Served) -> None:
    async with two(served) as (number, host, client), seated(client, number) as (other, _):
        async with seated(host, number) as (one, welcome):
            await one.send("ping", t=1, ack=welcome["seq"])
            seen = (await one.next("pong"))["seq"]
        await other.send("chat", id="c1", text="Вы тут?")
        await other.next("chat")
        resume = welcome["resume"] | {"seq": seen}
        async with wire(host, number) as again:
            await again.send("hello", v=[1], resume=resume)
            back = await again.next("welcome")
            assert back["resumed"] is True
            assert back["session"]["chat"][0]["text"] == "Вы тут?"
            assert back["resume"]["key"] != resume["key"]
        async with wire(host, number) as thief:
            await thief.send("hello", v=[1], resume=resume | {"key": "made up"})
            assert (await thief.next("bye"))["code"] == "resume_refused"


async def test_after_a_restart_the_spare_ticket_opens_the_seat(served: Served) -> None:
    async with two(served) as (number, host, _):
        async with seated(host, number) as (_one, welcome):
            pass
        served.app[HUB]._outboxes.clear()  # what a restart forgets
        ticket = (await host.post(f"/sessions/{number}/tickets"))["ticket"]
        async with wire(host, number) as again:
            resume = welcome["resume"] | {"seq": welcome["seq"]}
            await again.send("hello", v=[1], resume=resume, ticket=ticket)
            assert (await again.next("welcome"))["resumed"] is False


async def test_the_newer_of_two_sockets_wins(served: Served) -> None:
    async with (
        two(served) as (number, host, _),
        seated(host, number) as (one, _welcome),
        seated(host, number) as (newer, _again),
    ):
        assert (await one.next("bye"))["code"] == "replaced"
        await newer.send("ping", t=2, ack=0)
        assert (await newer.next("pong"))["t"] == 2
        assert served.app[HUB].online(number, "host")


async def test_an_offer_goes_to_the_relay_and_the_other_side_is_asked_to_offer(
    served: Served,
) -> None:
    async with (
        two(served) as (number, host, client),
        seated(host, number) as (one, _),
        seated(client, number) as (other, _),
    ):
        await other.send("offer", pc="pub", generation=1, sdp="v=0 ...")
        answer = await other.next("answer")
        assert (answer["pc"], answer["generation"], answer["sdp"]) == (
            "pub",
            1,
            "answer to client pub 1",
        )
        assert answer["sources"][0]["owner"] == "client"
        assert (await one.next("want_offer"))["pc"] == "sub"
        await other.send("ice", pc="pub", generation=1, candidate="candidate:1 ...", mid="0")
        await other.send("ping", t=1, ack=0)
        await other.next("pong")
        kinds = [asked[0] for asked in served.engine.asked]
        assert kinds == ["publish", "candidate"]


async def test_a_stop_closes_sockets_with_service_restart(served: Served) -> None:
    async with two(served) as (number, host, _), seated(host, number) as (one, _welcome):
        await served.app[HUB].close()
        assert (await one.next("bye"))["code"] == "going_away"
        assert await one.closed() == 1012


async def test_the_socket_of_a_finished_session_says_so(served: Served) -> None:
    async with two(served) as (number, host, _):
        async with seated(host, number) as (one, _welcome):
            ticket = (await host.post(f"/sessions/{number}/tickets"))["ticket"]
            await one.send("end")
            bye = await one.next("bye")
            assert (bye["code"], bye["result_url"]) == ("ended", f"/sessions/{number}/result")
        async with wire(host, number) as again:
            await again.send("hello", v=[1], ticket=ticket)
            assert (await again.next("bye"))["code"] == "ended"
        assert not served.app[TICKETS]._open


async def test_a_reloaded_page_counts_its_offers_from_the_start_again(served: Served) -> None:
    """Its generation 1 is newer to the relay than the generation 3 of the page before."""
    async with two(served) as (number, _host, client):
        async with seated(client, number) as (one, welcome):
            await one.send("offer", pc="pub", generation=3, sdp="a")
            assert (await one.next("answer"))["generation"] == 3
            key = welcome["resume"] | {"seq": welcome["seq"]}
        async with wire(client, number) as same_page:
            await same_page.send("hello", v=[1], resume=key)
            await same_page.next("welcome")
            await same_page.send("offer", pc="pub", generation=4, sdp="b")
            assert (await same_page.next("answer"))["generation"] == 4
        async with seated(client, number) as (reloaded, _):
            await reloaded.send("offer", pc="pub", generation=1, sdp="c")
            assert (await reloaded.next("answer"))["generation"] == 1
    assert [asked[-1] for asked in served.engine.asked] == [3, 4, 6]


async def test_a_page_that_opens_again_while_its_old_socket_goes(served_both: Served) -> None:
    """The old socket's farewell never empties the seat that the new one has just taken."""
    served = served_both
    async with two(served) as (number, host, client), seated(host, number):
        opening, real = asyncio.Event(), served.engine.open_room
        async with seated(client, number) as (old, _):
            ticket = (await client.post(f"/sessions/{number}/tickets"))["ticket"]

            async def slow(room: str, legs_max: int = 8) -> None:
                opening.set()
                await gone.wait()
                await real(room, legs_max)

            gone = asyncio.Event()
            served.engine.open_room = slow  # type: ignore[method-assign]
            async with wire(client, number) as new:
                await new.send("hello", v=[1], ticket=ticket)
                await opening.wait()
                await old.socket.close()
                for _ in range(20):  # time enough to write down that the seat is empty
                    assert (await host.get(f"/sessions/{number}"))["state"] == "together"
                gone.set()
                await new.next("welcome")
                assert (await new.next("state"))["state"] == "together"


async def test_an_open_line_holds_no_middleware(served: Served) -> None:
    """Its request is handled, and counted, while the talk goes on; ten thousand are idle so."""
    counted = REQUESTS.labels("/sessions/{number}/socket", "GET", 101)
    before = counted._value.get()
    async with two(served) as (number, host, _), seated(host, number) as (one, _):
        assert counted._value.get() == before + 1
        await one.send("ping", t=1, ack=0)
        assert (await one.next("pong"))["t"] == 1
