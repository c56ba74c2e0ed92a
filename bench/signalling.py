"""Ten thousand idle signalling sockets on one process, and all of them lost and back at once.

Ours is the whole product on SQLite with its session, outbox, meters and relay; the peer is an echo
server on `websockets`, the limit a bare aiohttp socket that echoes. `signalling_idle`: KiB of
resident memory each, of all but the first pair, which loads what all share (dates and money in
their language, statements of SQL). `signalling_storm`: seconds of processor (user and system) from
the moment in which every connection breaks to the one in which each is welcomed by its resume key
and what followed is done. `MINUTA_BENCH_SOCKETS` makes trials short.
"""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version

import uvloop

from bench import _signalling_load as load
from bench._signalling_load import Socket
from bench.result import Limit, Peer, Result, Unmeasured

COMMAND = "python -m bench signalling"
SOCKETS = int(os.environ.get("MINUTA_BENCH_SOCKETS", "10000"))
FILES_MAX = 20_000
QUIET_S = 3.0
STEADY_S = 5.0
REST_S, REST_CORE = 1.0, 0.3  # so long the processor is watched, and how much of it is rest
PAIR = 2
IDLE_KIB_BAR, STORM_S_BAR = 25, 10

Figures = dict[str, float]


def start(kind: str, port: int, folder: str, sockets: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench._signalling_echo", kind, str(port)]
    if kind == "ours":
        command[2:] = ["bench._signalling_server", str(port), folder, str(sockets)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ready"):
            return process
    raise Unmeasured(f"the server {kind} did not start")


async def rest(pid: int) -> None:
    """Until the process has nothing to do but what time brings: under `REST_CORE` of a core."""
    for _ in range(120):
        before = load.cpu_s(pid)
        await asyncio.sleep(REST_S)
        if load.cpu_s(pid) - before < REST_CORE * REST_S:
            return
    raise Unmeasured("the server does not come to rest")


async def ours(pid: int, port: int, sockets: int) -> Figures:
    every = await load.seats(port, sockets)
    reading: list[asyncio.Task[None]] = []

    async def enter(socket: Socket) -> None:
        await socket.open(port)
        await socket.greet()
        reading.append(asyncio.create_task(socket.drain()))

    async def enter_all(begin: int, end: int) -> None:
        for first in range(begin, end, load.AT_ONCE):
            some = every[first : min(end, first + load.AT_ONCE)]
            await load.with_tickets(port, some, first)
            await load.each(some, enter)
        await rest(pid)

    await enter_all(0, PAIR)
    await asyncio.sleep(QUIET_S * min(1, sockets / 1000))
    before, began = load.rss_kib(pid), load.cpu_s(pid)
    await enter_all(PAIR, sockets)
    entered = load.cpu_s(pid) - began
    idle = (load.rss_kib(pid) - before) / (sockets - PAIR)
    at, then = load.cpu_s(pid), time.monotonic()
    await asyncio.sleep(STEADY_S * min(1, sockets / 1000))
    steady = (load.cpu_s(pid) - at) / (time.monotonic() - then)
    at, then = load.cpu_s(pid), time.monotonic()
    for socket in every:
        socket.vanish()
    await load.each(every, enter)
    welcomed = load.cpu_s(pid) - at
    wall = time.monotonic() - then
    await rest(pid)
    back = [socket.answers[-1] for socket in every]
    storm = round(load.cpu_s(pid) - at, 2)
    await load.part(every)
    await asyncio.gather(*reading)
    return {
        "idle_kib": round(idle, 2), "storm_s": storm,
        "resumed": back.count("resumed"), "welcomed": back.count("welcome"),
        "storm_until_welcomed_s": round(welcomed, 2), "storm_wall_s": round(wall, 1),
        "first_entry_ms": round(1000 * entered / sockets, 3), "idle_core": round(steady, 3),
    }  # fmt: skip


async def echoing(pid: int, port: int, sockets: int) -> Figures:
    every = [Socket("/", "127.0.0.1") for _ in range(sockets)]
    before = load.rss_kib(pid)

    async def enter(socket: Socket) -> None:
        await socket.open(port)
        await socket.echo()

    await load.each(every, enter)
    await rest(pid)
    idle = (load.rss_kib(pid) - before) / sockets
    at = load.cpu_s(pid)
    for socket in every:
        socket.vanish()
    await load.each(every, enter)
    await rest(pid)
    storm = round(load.cpu_s(pid) - at, 2)
    await load.part(every)
    return {"idle_kib": round(idle, 2), "storm_s": storm}


async def measure(sockets: int) -> dict[str, Figures]:
    """Each server in a process of its own, one after another."""
    found: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        for place, kind in enumerate(("ours", "websockets", "aiohttp")):
            port = 18_400 + os.getpid() % 1000 + place
            process = await asyncio.to_thread(start, kind, port, folder, sockets)
            try:
                run = ours if kind == "ours" else echoing
                found[kind] = await run(process.pid, port, sockets)
            finally:
                process.terminate()
                process.communicate()
    return found


def compose(found: dict[str, Figures], sockets: int, load_before: float) -> list[Result]:
    details = {"sockets": sockets, **found, "load_before": load_before}
    rows = (
        ("signalling_idle", "idle_kib", "KiB of memory an idle socket", IDLE_KIB_BAR),
        ("signalling_storm", "storm_s", f"seconds of CPU for {sockets} to come back", STORM_S_BAR),
    )
    return [
        Result(
            name=name,
            unit=unit,
            ours=found["ours"][figure],
            peer=Peer("websockets, echo", version("websockets"), found["websockets"][figure]),
            limit=Limit("bare aiohttp socket, echo", found["aiohttp"][figure]),
            runs=1,
            spread=0.0,
            command=COMMAND,
            details={**details, "bar": bar, "within_bar": found["ours"][figure] <= bar},
        )
        for name, figure, unit, bar in rows
    ]


def main(sockets: int = SOCKETS) -> list[Result]:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES_MAX, hard), hard))
    load_before = os.getloadavg()[0]
    return compose(uvloop.run(measure(sockets)), sockets, load_before)
