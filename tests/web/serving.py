"""A server in the test's own loop: manual clock, a relay that only remembers, real database."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.conftest import free_port
from tests.moulds import is_empty, poured
from tests.relay.fakes import FakeEngine
from web.app import build
from web.commands.schema import migrate
from web.commands.seed import seed
from web.db import Database, portable_url
from web.robot import Robot
from web.settings import Settings

START = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)


class ManualClock:
    """Time that moves when told to."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Served:
    """A running application and the ways into it."""

    app: web.Application
    base: str
    clock: ManualClock
    engine: FakeEngine
    database: Database
    visitors: list[Robot | aiohttp.ClientSession] = field(default_factory=list)

    def robot(self, name: str = "") -> Robot:
        one = Robot(self.base, name)
        self.visitors.append(one)
        return one

    def browser(self) -> aiohttp.ClientSession:
        """Keeps cookies, as a browser does, and no more manners than that."""
        one = aiohttp.ClientSession(self.base, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.visitors.append(one)
        return one

    async def close(self) -> None:
        """Whoever was broken off on the way out is seen to the door."""
        for one in self.visitors:
            await one.close()


def on_command_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database of a command that runs in this process: SQLite, by the environment."""
    url = f"sqlite:///{folder}/minuta.db"
    monkeypatch.setenv("MINUTA_DATABASE_URL", url)
    monkeypatch.setenv("MINUTA_FOLDER", str(folder))
    return Database(url)


async def _seeded(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await seed(database)
    await database.close()


async def seeded(url: str) -> None:
    """The database at the URL migrated and seeded, unless it has been so before."""
    if await is_empty(portable_url(url)):
        await poured(portable_url(url), "seeded", _seeded)


@asynccontextmanager
async def serving(
    database_url: str, folder: Path, clock: ManualClock | None = None, **settings: Any
) -> AsyncIterator[Served]:
    """The whole application on a port of 127.0.0.1, stopped at the end."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    await seeded(database_url)
    database = Database(database_url)
    wanted = {"port": port, "origin": base, "demo": True, "folder": folder} | settings
    clock, engine = clock or ManualClock(), FakeEngine()
    app = build(Settings(**wanted), database, clock=clock, engine=engine)
    server = TestServer(app, host="127.0.0.1", port=port)
    await server.start_server()
    served = Served(app, base, clock, engine, database)
    try:
        yield served
    finally:
        await served.close()
        await server.close()
        await database.close()


async def meeting(served: Served, host: Robot, client: Robot, plan: str = "host-pays") -> str:
    """A session that both may enter; its number. The client pays or is a guest."""
    await host.enter("consultant")
    if plan == "client-pays":
        await client.enter("client")
    made = await host.post("/sessions", topic="Не проводится документ", plan=plan, rate="20")
    path = re.sub(r"^https?://[^/]+", "", made["link"])
    joined = await client.post(path, name="Анна")
    client.token = client.token or joined["token"]
    return str(made["number"])
