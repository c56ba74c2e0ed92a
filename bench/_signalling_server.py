"""Our whole product on SQLite, as `bench.signalling` measures it.

`python -m bench._signalling_server PORT FOLDER SEATS` seats the two sides of SEATS/2 sessions; GET
/bench/tickets says how to enter, one ticket a seat.
"""

import asyncio
import sys
from functools import partial
from pathlib import Path

import uvloop
from aiohttp import web
from sqlalchemy import MetaData, Table, insert, select

from web import memory
from web.app import build
from web.commands.schema import migrate
from web.commands.seed import seed
from web.commands.serve import BACKLOG
from web.db import Database
from web.keys import CLOCK, DB, TICKETS
from web.robot import Robot
from web.settings import Settings
from web.tickets import Seat

TOPIC = "Не проводится документ"


async def ours(port: int, folder: Path, seats: int) -> None:
    """The whole product on SQLite: pages, meters, relay and all."""
    database = Database(f"sqlite:///{folder}/minuta.db")
    await migrate(database)
    await seed(database)
    origin = f"http://127.0.0.1:{port}"
    app = build(Settings(port=port, origin=origin, demo=True, folder=folder, proxies=1), database)
    numbers: list[str] = []
    app.router.add_get("/bench/tickets", partial(tickets, numbers))
    await _listen(app, port)
    numbers += await _sessions(app, origin, seats // 2)
    memory.settle()


async def _sessions(app: web.Application, origin: str, wanted: int) -> list[str]:
    """One session by the pages, as many more like it in its table."""
    async with Robot(origin, "host") as host, Robot(origin, "client") as client:
        await host.enter("consultant")
        await client.enter("client")
        made = await host.post("/sessions", topic=TOPIC, plan="client-pays", rate="20")
        await client.post(made["link"].removeprefix(origin), name="Анна")
    async with app[DB].transaction() as db:
        table = await db.run_sync(
            lambda own: Table("sessions_sessions", MetaData(), autoload_with=own)
        )
        row = (await db.execute(select(table))).mappings().one()
        rows = [dict(row) | {"number": f"S-2026-{500_000 + n}"} for n in range(1, wanted)]
        if rows:
            await db.execute(insert(table), rows)
    return [str(made["number"]), *(str(one["number"]) for one in rows)]


async def tickets(numbers: list[str], request: web.Request) -> web.Response:
    """Tickets live for a minute, so they are asked for in portions: ?from=0&to=100."""
    app, found = request.app, []
    first, last = (int(request.query[name]) for name in ("from", "to"))
    for n in range(first, last):
        number = numbers[n // 2]
        role = ("host", "client")[n % 2]
        seat = Seat(number, role, f"party-{n}", "ru")  # type: ignore[arg-type]
        found.append([number, role, app[TICKETS].issue(seat, app[CLOCK]())])
    return web.json_response(found)


async def _listen(app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=BACKLOG).start()


async def main(port: int, folder: Path, seats: int) -> None:
    await ours(port, folder, seats)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
