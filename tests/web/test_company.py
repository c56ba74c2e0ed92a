"""A colleague by a link, from the host's call to the list on the session's page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from broker import parties
from broker.sessions import journal
from relay import LegLost, LegSecond, SecondWitnessed
from tests.web.serving import Served
from tests.web.test_socket import Wire, seated, wire
from tests.web.test_wiring import Live, live, turn
from web import wiring
from web.audit import audit
from web.keys import NEWS, PATHS
from web.robot import Refused, Robot

MARIA = "maria@example.org"


@asynccontextmanager
async def registered(
    served: Served, name: str = "Мария", email: str = MARIA, role: str = "consultant"
) -> AsyncIterator[Robot]:
    """Somebody with an account and a login."""
    async with served.robot(name) as one:
        one.token = f"login-of-{email}-and-quite-long-enough"
        async with served.database.transaction() as db:
            at = served.clock()
            party = await parties.by_email(db, email)
            if party is None:
                party = await parties.register(db, name, email, frozenset({role}), "ru", at)
            await parties.open_login(db, party, at, one.token)
        yield one


async def told(one: Wire, event: str | None) -> dict[str, Any]:
    """The next roster with that event."""
    found = await one.next("company")
    while found["event"] != event:
        found = await one.next("company")
    return found


async def called(one: Live, **more: Any) -> str:
    """Ivan calls; the path of the link that he is given. The pong comes when all is written."""
    await one.host_wire.send("call", part="colleague", **more)
    found = await told(one.host_wire, "called")
    link: str = found["present"][-1]["link"]
    await one.host_wire.send("ping", t=1, ack=0)
    await one.host_wire.next("pong")
    return link[link.index("/c/") :]


async def comes_in(served: Served, one: Live, maria: Robot, **more: Any) -> None:
    path = await called(one, **more)
    await told(one.client_wire, "called")
    served.clock.pass_s(6)
    await maria.post(path)


def see_pairs(served: Served, number: str, seconds: int, *pairs: tuple[str, str]) -> None:
    for _ in range(seconds):
        second = int(served.clock().timestamp())
        served.clock.pass_s(1)
        legs = (LegSecond("client", True),)
        wiring.relay_saw(served.app, SecondWitnessed(number, second, legs, pairs))


async def test_the_client_is_told_and_then_the_colleague_comes(served: Served) -> None:
    async with live(served, "client-pays") as one, registered(served) as maria:
        path = await called(one, share_bp=3000)
        seen = await told(one.client_wire, "called")
        last = seen["present"][-1]
        assert (last["seat"], last["state"], last["asked"]) == ("colleague-1", "called", True)
        assert (last["link"], last["share_text"]) == (None, None), "the host's own"
        door = await maria.get(path)
        assert (door["state"], door["host"], door["share"]) == (
            "told", "Иван Кузнецов", "30 % доли консультантов",
        )  # fmt: skip
        assert (await maria.post(path))["state"] == "told"
        with pytest.raises(Refused):
            await maria.get(f"/sessions/{one.number}/result")
        served.clock.pass_s(6)
        assert (await maria.post(path))["state"] == "open"
        room = await maria.get(f"/sessions/{one.number}/room")
        assert (room["participant"], room["peer"]) == ("colleague-1", "Анна Петрова")
        async with seated(maria, one.number) as (third, welcome):
            assert welcome["participant"] == "colleague-1"
            entered = await told(one.client_wire, "entered")
            assert (entered["name"], entered["present"][-1]["state"]) == ("Мария", "in")
            for kind in ("start", "pause", "end", "call"):
                await third.send(kind, part="colleague")
                assert (await third.next("error"))["code"] == "not_yours"
            await third.send("chat", id="m1", text="Проверьте период")
            assert (await one.client_wire.next("chat"))["from"] == "colleague-1"
            await third.send("offer", pc="pub", generation=1, sdp="v=0")
            assert (await one.client_wire.next("want_offer"))["pc"] == "sub"
            assert (await one.host_wire.next("want_offer"))["pc"] == "sub"
        left = await told(one.client_wire, "left")
        assert left["present"][-1]["state"] == "out"
        assert ("close_leg", one.number, "colleague-1") in served.engine.asked


async def test_the_meter_counts_the_client_with_the_colleague_alone(served: Served) -> None:
    """65 секунд у Анны с Марией без Ивана: две начатых минуты, 40,00; доля Марии 30 %."""
    async with live(served, "client-pays") as one, registered(served) as maria:
        await comes_in(served, one, maria, share_bp=3000)
        async with seated(maria, one.number) as (third, _):
            see_pairs(served, one.number, 65, ("client", "colleague-1"))
            see_pairs(served, one.number, 9, ("colleague-1", "host"))
            await turn(served)
            await wiring.write_news(served.app)
            meter = await third.next("meter")
            while meter["clock_s"] != 65:
                meter = await third.next("meter")
            assert (meter["cost_text"], meter["balance_text"], meter["minutes_left"]) == (
                None, None, None,
            )  # fmt: skip
            await one.host_wire.send("end")
            bye = await third.next("bye")
            assert (bye["code"], bye["result_url"]) == ("ended", "/dashboard")
        await served.app[NEWS].settle()
        page = await one.client.get(f"/sessions/{one.number}")
        assert (page["clock_s"], page["mutual_s"], page["cost"]["minor"]) == (65, 65, 4000)
        (seen,) = page["company"]
        assert (seen["name"], seen["with_client_s"], seen["with_host_s"], seen["share"]) == (
            "Мария", 65, 9, "",
        )  # fmt: skip
        await one.client.post(f"/sessions/{one.number}/outcome", outcome="resolved")
        await served.app[NEWS].settle()
        assert (await maria.get("/dashboard"))["earned"]["minor"] == 1080, "30 % of 36,00"
        async with served.database.reading() as db:
            journal.verify_chain(await journal.facts(db, one.number))
            assert await audit(db) == []


async def test_a_refusal_closes_seat_socket_and_media_at_once(served: Served) -> None:
    async with live(served, "host-pays") as one, registered(served) as maria:
        await comes_in(served, one, maria)
        async with seated(maria, one.number) as (third, welcome):
            await one.client_wire.send("call_answer", seat="colleague-1", action="refuse")
            assert (await third.next("bye"))["code"] == "sent_away"
            gone = await told(one.host_wire, "refused")
            assert [seat["seat"] for seat in gone["present"]] == ["host", "client"]
        assert ("close_leg", one.number, "colleague-1") in served.engine.asked
        with pytest.raises(Refused):
            await maria.post(f"/sessions/{one.number}/tickets")
        async with wire(maria, one.number) as again:
            key = welcome["resume"] | {"seq": 0}
            await again.send("hello", v=[1], resume=key)
            assert (await again.next("bye"))["code"] == "resume_refused"


async def test_a_dead_way_is_forgotten_with_the_colleague(served: Served) -> None:
    async with live(served, "host-pays") as one, registered(served) as maria:
        await comes_in(served, one, maria)
        async with seated(maria, one.number):
            wiring.relay_saw(served.app, LegLost(one.number, "colleague-1", served.clock()))
            assert (await one.client_wire.next("path"))["state"] == "lost"
        assert (await one.client_wire.next("path"))["state"] == "good"
        assert served.app[PATHS].troubled(one.number) == []


async def test_who_may_call_and_answer(served: Served) -> None:
    async with live(served, "host-pays") as one, registered(served) as maria:
        await one.client_wire.send("call", part="colleague")
        assert (await one.client_wire.next("error"))["code"] == "not_yours"
        await one.host_wire.send("call", part="colleague", share_bp=100)
        assert (await one.host_wire.next("error"))["code"] == "bad_input"
        await one.host_wire.send("call", part="colleague", email="nobody@example.org")
        assert (await one.host_wire.next("error"))["code"] == "call_unknown"
        path = await called(one, email=MARIA)
        assert (await told(one.client_wire, "called"))["name"] == "Мария"
        await one.host_wire.send("call_answer", seat="colleague-1", action="agree")
        assert (await one.host_wire.next("error"))["code"] == "not_yours"
        await one.client_wire.send("call_answer", seat="colleague-1", action="agree")
        await told(one.host_wire, "agreed")
        async with registered(served, "Олег", "oleg@example.org") as oleg:
            assert (await oleg.get(path))["state"] == "other"
            with pytest.raises(Refused, match="404"):
                await oleg.post(path)
        assert (await one.host.get(path))["state"] == "yours"
        assert (await maria.post(path))["state"] == "open", "agreed: no need to wait"
        await one.host_wire.send("call_answer", seat="colleague-1", action="refuse")
        await told(one.host_wire, "dismissed")
        with pytest.raises(Refused, match="410"):
            await maria.get(path)


async def test_a_client_who_is_away_is_told_when_back(served: Served) -> None:
    async with live(served, "host-pays") as one, registered(served) as maria:
        await one.client_wire.socket.close()
        state = await one.host_wire.next("state")
        while state["peer"]["online"]:
            state = await one.host_wire.next("state")
        path = await called(one)
        served.clock.pass_s(10)
        assert (await maria.post(path))["state"] == "told"
        async with seated(one.client, one.number) as (back, _):
            assert (await told(back, None))["present"][-1]["asked"] is True
            await back.send("ping", t=1, ack=0)
            await back.next("pong")
            served.clock.pass_s(6)
            assert (await maria.get(path))["state"] == "open"


async def test_an_observer_watches_and_sends_nothing(served: Served) -> None:
    office = {"name": "Пётр", "email": "petr@example.org", "role": "curator"}
    async with live(served, "host-pays") as one, registered(served, **office) as curator:
        await one.host_wire.send("call", part="observer", email="petr@example.org")
        await told(one.client_wire, "called")
        await one.client_wire.send("call_answer", seat="observer-1", action="agree")
        await told(one.host_wire, "agreed")
        async with seated(curator, one.number) as (watcher, _):
            entered = await told(one.client_wire, "entered")
            assert entered["present"][-1]["part"] == "observer"
            await watcher.send("offer", pc="pub", generation=1, sdp="v=0")
            assert (await watcher.next("error"))["code"] == "not_yours"
            await watcher.send("chat", id="o1", text="Здравствуйте")
            assert (await watcher.next("error"))["code"] == "not_yours"
            await watcher.send("offer", pc="sub", generation=1, sdp="v=0")
            assert (await watcher.next("answer"))["pc"] == "sub"
