"""The socket to a node, against a server that answers as Janus does, or does not."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets

from relay.errors import BadOffer, NodeLost
from relay.janus import link as module
from relay.janus.link import Link, Refused


class Janus:
    """Answers by the name of the request; `silent` ones it does not answer at all."""

    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.refused: set[str] = set()
        self.sockets: list[Any] = []
        self.url = ""

    async def serve(self, socket: Any) -> None:
        self.sockets.append(socket)
        async for text in socket:
            asked = json.loads(text)
            if asked["janus"] not in self.silent:
                for said in self.answers(asked):
                    await socket.send(json.dumps(said | {"transaction": asked["transaction"]}))

    def answers(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        match asked["janus"]:
            case name if name in self.refused:
                return [{"janus": "error", "error": {"code": 403, "reason": "Unauthorized"}}]
            case "create" | "attach":
                return [{"janus": "success", "data": {"id": 7}}]
            case "keepalive":
                return [{"janus": "ack"}]
            case "message" if asked["body"]["request"] == "bad":
                data = {"error_code": 428, "error": "No such feed"}
                return [{"janus": "ack"}, {"janus": "event", "plugindata": {"data": data}}]
            case "message":
                return [{"janus": "ack"}, {"janus": "event", "plugindata": {"data": {"ok": 1}}}]
        return [{"janus": "error", "error": {"code": 453, "reason": "Unknown"}}]


@asynccontextmanager
async def served() -> AsyncIterator[Janus]:
    janus = Janus()
    protocols: Any = ["janus-protocol"]
    async with websockets.serve(janus.serve, "127.0.0.1", 0, subprotocols=protocols) as server:
        janus.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield janus


@asynccontextmanager
async def linked() -> AsyncIterator[tuple[Janus, Link, list[dict[str, Any]]]]:
    notices = list[dict[str, Any]]()
    async with served() as janus:
        link = await Link.open("j", janus.url, notices.append)
        yield janus, link, notices
        await link.close()


async def test_answers_find_who_asked_and_the_rest_is_news() -> None:
    async with linked() as (janus, link, notices):
        assert link.session == 7
        assert await link.attach() == 7
        told = await asyncio.gather(*(link.say(n, {"request": "list"}) for n in range(5)))
        assert all(one["plugindata"]["data"] == {"ok": 1} for one in told)
        await janus.sockets[0].send(json.dumps({"janus": "webrtcup", "sender": 9}))
        await link.attach()  # what was said before the answer has come by then
        assert {"janus": "webrtcup", "sender": 9} in notices


async def test_refusals_have_words() -> None:
    async with linked() as (_, link, _notices):
        with pytest.raises(Refused) as refused:
            await link.say(1, {"request": "bad"})
        assert (refused.value.number, refused.value.why) == (428, "No such feed")
        with pytest.raises(BadOffer):
            await link.say(1, {"request": "bad"}, {"type": "offer", "sdp": "v=0"})
        with pytest.raises(Refused):
            await link.call({"janus": "strange"})


async def test_a_node_that_goes_is_heard_at_once() -> None:
    async with linked() as (janus, link, _):
        janus.silent = {"message"}
        asking = asyncio.create_task(link.say(1, {"request": "list"}))
        await asyncio.sleep(0.05)
        janus.sockets[0].transport.abort()
        with pytest.raises(NodeLost):
            await asking
        assert link.over.is_set()
        with pytest.raises(NodeLost):
            await link.attach()


async def test_a_node_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT_S", 0.05)
    monkeypatch.setattr(module, "SILENT_S", 0.2)
    async with linked() as (janus, link, _):
        await asyncio.sleep(0.2)
        assert not link.over.is_set()
        janus.silent = {"keepalive"}
        async with asyncio.timeout(3):
            await link.over.wait()


async def test_a_node_that_wants_no_session_is_let_go() -> None:
    async with served() as janus:
        janus.refused = {"create"}
        with pytest.raises(Refused):
            await Link.open("j", janus.url, lambda said: None)
        async with asyncio.timeout(3):
            await janus.sockets[0].wait_closed()
