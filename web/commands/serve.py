"""`minuta serve`: migrate, make demo accounts if asked to, and serve until told to stop."""

import argparse
import asyncio
import signal
import sys
from dataclasses import replace

import structlog
import uvloop
from aiohttp import web

from ledger.control import close_demo_rail
from metering import steady_clock, utc_now
from web import descriptors, logs, memory, wall
from web.app import build
from web.commands.schema import migrate
from web.commands.seed import ACCOUNTS, seed
from web.db import Database
from web.settings import BadSettings, Settings

STOP_WITHIN_S = 10
KEEP_ALIVE_S = 30
BACKLOG = 4096  # connections that wait to be taken: after a restart all browsers come at once

log = structlog.get_logger("serve")


def run(given: argparse.Namespace, settings: Settings) -> int:
    logs.set_up(settings.production)
    descriptors.allow_many()
    if given.demo:
        settings = replace(settings, demo=not settings.production)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(serve(settings))
        except BadSettings as error:
            print(f"minuta: {error}", file=sys.stderr)
            return 2
        except OSError as error:
            print(f"minuta serve: {settings.host}:{settings.port}: {error}", file=sys.stderr)
            return 1
    return 0


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; sockets are closed with 1012 and meters flushed."""
    database, clock = Database(settings.database_url), steady_clock()
    await migrate(database)
    if settings.production:
        async with database.transaction() as db:
            await close_demo_rail(db, utc_now())
    if settings.demo:
        await seed(database)
    runner = web.AppRunner(
        build(settings, database, clock=clock),
        access_log=None,
        keepalive_timeout=KEEP_ALIVE_S,
        shutdown_timeout=STOP_WITHIN_S,
    )
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await runner.setup()
        await web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG).start()
        memory.settle()
        _greet(settings)
        watching = asyncio.create_task(wall.watch(clock), name="wall clock")
        await stop.wait()
        watching.cancel()
    finally:
        await runner.cleanup()
        await database.close()


def _greet(settings: Settings) -> None:
    if settings.production:
        log.info("serving", origin=settings.origin)
        return
    print(f"Minuta: {settings.origin}", flush=True)
    if settings.demo:
        print("Enter by a button on the first page, as one of:", flush=True)
        for account in ACCOUNTS:
            print(f"  {account.role:<11} {account.name} <{account.email}>", flush=True)
