"""The server as a process: it stops politely, comes back, and its sockets with it."""

import asyncio
from pathlib import Path
from time import monotonic

import pytest

from web.actors import Place
from web.house import own_server
from web.robot import Robot, come_true

STOP_WITHIN_S = 15


@pytest.mark.slow
async def test_a_restart_is_announced_and_survived(tmp_path: Path) -> None:
    async with (
        own_server(tmp_path) as house,
        Robot(house.base, "host") as host,
        Robot(house.base, "client") as client,
    ):
        await host.enter("consultant")
        await client.enter("client")
        made = await host.post("/sessions", topic="Обновление", plan="host-pays", rate="20")
        await client.post("/i/" + made["link"].rpartition("/")[2], name="Анна")
        places = Place(host, made["number"]), Place(client, made["number"])
        try:
            await places[0].until_state("together", within_s=30)
            await asyncio.gather(*(place.line.say("start") for place in places))
            await come_true(lambda: places[0].clock_s >= 1, 30)
            began = monotonic()
            assert await house.stop() == 0
            assert monotonic() - began < STOP_WITHIN_S
            assert places[0].line.heard["bye"]["code"] == "going_away"
            before_s = places[0].clock_s
            await house.start()
            await come_true(lambda: places[0].clock_s > before_s + 1, 40)
            assert places[0].line.opened == 2
            assert places[0].line.heard["meter"]["billed_minutes"] == 1
        finally:
            await asyncio.gather(*(place.close() for place in places))
