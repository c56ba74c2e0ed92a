"""kill -9 at any moment: nothing is lost, nothing is charged twice, the audit stays clean.

A real server process, real media, both plans at once. Sessions follow one another while the
process is killed at random moments: while people join, press start, are charged, hang up, decide
and wait for documents. After each kill the database is audited as it lies there.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.conftest import new_database
from web.actors import Place
from web.audit import audit
from web.db import Database
from web.house import House, free_port
from web.robot import Refused, Robot, come_true

PATIENCE_S = 120
CONNECTED_S = (1, 2, 3)
OVER_A_MINUTE_S = 62  # the first of the consultant's sessions begins a second minute, kills or not
SLOWED_DOWN = 20  # times longer than it takes without kills
LIFE_S = (0.2, 6.0)  # of a server between two kills
FOR_A_WHILE = (aiohttp.ClientError, OSError, TimeoutError)


async def patiently(act: Callable[[], Awaitable[Any]], good: tuple[int, ...] = ()) -> Any:
    """Do it again until the server lives long enough to answer."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await act()
            except Refused as error:
                if error.status in good:
                    return {}
                if error.status < 500:
                    raise
            except FOR_A_WHILE:
                pass
            await asyncio.sleep(0.2)


async def one_session(
    host: Robot, client: Robot, plan: str, wanted_s: int, dice: random.Random
) -> dict[str, Any]:
    """From the invitation to the settled money; the session as its page shows it."""
    made = await patiently(lambda: host.post("/sessions", topic="Обрыв", plan=plan, rate="20"))
    number, path = made["number"], "/i/" + made["link"].rpartition("/")[2]
    await patiently(lambda: client.post(path, name="Анна"))
    places = Place(host, number), Place(client, number)
    try:
        await press_start(places)
        patience_s = PATIENCE_S + SLOWED_DOWN * wanted_s
        over = places[0].line.over  # among many kills a minute without evidence may end it first
        await come_true(lambda: over.is_set() or places[0].clock_s >= wanted_s, patience_s)
        await hang_up(places)
    finally:
        await asyncio.gather(*(place.close() for place in places))
    outcome = dice.choice(("resolved", "unresolved"))
    said = {"outcome": outcome, "comment": "не помогло"}
    await patiently(lambda: host.post(f"/sessions/{number}/result", result="Готово"))
    await patiently(lambda: client.post(f"/sessions/{number}/outcome", **said), good=(409,))
    return await papers(host if plan == "host-pays" else client, number)


async def press_start(places: tuple[Place, Place]) -> None:
    """A press may be lost with its socket, so it is repeated; twice is once."""
    async with asyncio.timeout(PATIENCE_S):
        while places[0].state not in ("live", "paused", "final"):
            for place in places:
                if place.state == "together":
                    await place.line.say("start")
            await asyncio.sleep(0.3)


async def hang_up(places: tuple[Place, Place]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not places[0].line.over.is_set():
            await places[0].line.say("end")
            await asyncio.sleep(0.3)


async def papers(payer: Robot, number: str) -> dict[str, Any]:
    """The page once its papers are there; a crash only delays them.

    A session that was charged has a protocol and an act, one without a second only a protocol.
    """
    async with asyncio.timeout(PATIENCE_S):
        while True:
            session: dict[str, Any] = await patiently(lambda: payer.get(f"/sessions/{number}"))
            wanted = {"protocol", "act"} if session["clock_s"] else {"protocol"}
            if {paper["kind"] for paper in session["papers"]} == wanted:
                return session
            await asyncio.sleep(0.5)


async def faults_of(database_url: str) -> list[Any]:
    database = Database(database_url)
    try:
        async with database.reading() as db:
            return await audit(db)
    finally:
        await database.close()


async def kills(database_url: str, folder: Path, count: int, seed: int) -> None:
    dice = random.Random(seed)
    house = House(folder, free_port(), database_url)
    await house.start()
    done = asyncio.Event()

    async def sessions_of(plan: str) -> list[dict[str, Any]]:
        played = []
        async with Robot(house.base, "host") as host, Robot(house.base, "client") as client:
            await patiently(lambda: host.enter("consultant"))
            await patiently(lambda: client.enter("client"))
            wanted_s = OVER_A_MINUTE_S if plan == "host-pays" else CONNECTED_S[0]
            while not (done.is_set() and played):
                played.append(await one_session(host, client, plan, wanted_s, dice))
                wanted_s = dice.choice(CONNECTED_S)
        return played

    async def killer() -> None:
        for n in range(count):
            await asyncio.sleep(dice.uniform(*LIFE_S))
            await house.kill()
            assert await faults_of(database_url) == [], f"after kill {n + 1} of seed {seed}"
            await house.start()
        done.set()

    try:
        async with asyncio.TaskGroup() as group:
            plans = ("host-pays", "client-pays")
            playing = [group.create_task(sessions_of(plan)) for plan in plans]
            group.create_task(killer())
    finally:
        await house.stop()
    played = [task.result() for task in playing]
    assert await faults_of(database_url) == []
    print(f"seed {seed}: {count} kills, {[len(plan) for plan in played]} sessions")
    assert all(any(session["clock_s"] for session in plan) for plan in played)
    for session in (one for plan in played for one in plan):
        minutes = -(-session["clock_s"] // 60)
        assert session["billed_minutes"] == minutes, session["number"]
        assert session["cost"]["minor"] == minutes * session["rate"]["minor"], session["number"]
        assert session["state"] == "settled"


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_ten_kills(cluster: str, tmp_path: Path) -> None:
    """On both databases at once: most of it is waiting."""
    seed = random.randrange(1 << 32)
    urls = f"sqlite+aiosqlite:///{tmp_path}/fresh.db", await new_database(cluster)
    async with asyncio.TaskGroup() as group:
        for name, url in zip(("sqlite", "postgresql"), urls, strict=True):
            (tmp_path / name).mkdir()
            group.create_task(kills(url, tmp_path / name, 10, seed))


@pytest.mark.nightly
@pytest.mark.timeout(7200)
async def test_two_hundred_kills(database_url: str, tmp_path: Path) -> None:
    seed = random.randrange(1 << 32)
    await kills(database_url, tmp_path, 200, seed)
