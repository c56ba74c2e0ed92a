"""Pointers and marks over real sockets: who is told what, and what a new socket finds."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from relay import Source, SourceRemoved
from tests.web.serving import Served
from tests.web.test_hub import frames, peer
from tests.web.test_socket import Wire, seated, two
from web import wiring
from web.hub import Hub
from web.keys import HUB
from web.pointers import PACE
from web.robot import Robot

SCREEN = Source("client-video-0", "client", "video", "1")
ARROW: dict[str, Any] = {
    "id": "m1", "source": SCREEN.id, "shape": "arrow", "points": [[10, 20], [5000, 9999]],
    "color": 2,
}  # fmt: skip


@asynccontextmanager
async def showing(served: Served) -> AsyncIterator[tuple[str, Robot, Wire, Wire]]:
    """A session in which the client shows a screen; both have a socket."""
    async with (
        two(served) as (number, host, client),
        seated(host, number) as (one, _),
        seated(client, number) as (other, _),
    ):
        served.app[HUB].source_added(number, SCREEN)
        yield number, host, one, other


async def settled(one: Wire) -> list[str]:
    """What has come until now, by type; the pong of a ping of ours comes last."""
    await one.send("ping", t=1, ack=0)
    kinds = []
    while not kinds or kinds[-1] != "pong":
        kinds.append(json.loads((await one.socket.receive()).data)["type"])
    return kinds


async def test_the_other_side_sees_where_one_points_and_the_sender_does_not(served: Served) -> None:
    async with showing(served) as (_, _, host, client):
        await settled(client)
        await host.send("pointer", source=SCREEN.id, x=1, y=10_000)
        told = await client.next("pointer")
        told.pop("seq")
        assert told == {
            "type": "pointer", "from": "host", "source": SCREEN.id, "x": 1, "y": 10_000,
            "hidden": False,
        }  # fmt: skip
        assert "pointer" not in await settled(host)
        served.clock.pass_s(PACE.total_seconds())
        for x in range(20):
            await host.send("pointer", source=SCREEN.id, x=x, y=0)
        await settled(host)
        assert (await client.next("pointer"))["x"] == 0
        served.clock.pass_s(PACE.total_seconds())
        assert (await client.next("pointer"))["x"] == 19
        await host.send("pointer", source="nothing", x=1, y=1)
        await host.send("pointer", source="nothing", hidden=True)
        served.clock.pass_s(PACE.total_seconds())
        assert (await client.next("pointer"))["hidden"] is True


async def test_a_mark_is_told_to_both_and_found_by_whoever_comes_later(served: Served) -> None:
    async with showing(served) as (number, robot, host, client):
        await host.send("mark", **ARROW)
        for one in (host, client):
            told = await one.next("mark")
            assert (told["from"], told["points"]) == ("host", ARROW["points"])
        async with seated(robot, number) as (again, welcome):
            (found,) = welcome["session"]["marks"]
            assert found == {"from": "host"} | ARROW
            await client.send("mark_clear", id=None)
            gone = await again.next("mark_clear")
            assert (gone["from"], gone["id"]) == ("client", None)
        await client.send("mark", **ARROW | {"id": "m2"})  # while the other has no socket
        await client.next("mark")
        async with robot.socket(number) as socket:
            again = Wire(socket)
            await again.send("hello", v=[1], resume=welcome["resume"] | {"seq": welcome["seq"]})
            back = await again.next("welcome")
            assert back["resumed"] is True
            assert [mark["id"] for mark in back["session"]["marks"]] == ["m2"]


async def test_refusals_are_told_to_the_sender_and_close_nothing(served: Served) -> None:
    async with showing(served) as (_, _, host, client):
        await host.send("mark", **ARROW | {"source": "host-audio-0"})
        refused = await host.next("error")
        assert (refused["code"], refused["reply_to"]) == ("not_shown", "m1")
        for n in range(40):
            await host.send("mark", **ARROW | {"id": f"n{n}"})
        refused = await host.next("error")
        assert (refused["code"], refused["reply_to"]) == ("slow_down", "n10")
        assert (await settled(host)).count("error") == 29
        await client.send("mark", **ARROW | {"id": "n0"})
        assert (await client.next("error"))["code"] == "not_yours"


async def test_marks_go_when_the_screen_does(served: Served) -> None:
    async with showing(served) as (number, _, host, client):
        await host.send("mark", **ARROW)
        await client.next("mark")
        await client.send("media", screen="ended")
        assert (await client.next("mark_clear"))["from"] is None
        await host.send("mark", **ARROW)
        await client.next("mark")
        wiring.relay_saw(served.app, SourceRemoved(number, SCREEN))
        assert (await client.next("mark_clear"))["id"] is None
        assert served.app[HUB].board(number).marks() == ()


def test_a_finished_session_keeps_no_board() -> None:
    hub = Hub()
    found = peer(hub)
    assert frames(found)
    session = found.seat.session if found.seat else ""
    assert hub.board(session) is not hub.board(session)
    kept = hub.board(session, make=True)
    assert hub.board(session) is kept
    hub.forget(session)
    assert hub.board(session) is not kept
