"""The measuring of `bench.soak`, in a network of its own; prints one JSON object:
`{side: [run, …]}`, one run a minute of ours and a shorter one of each peer.
"""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from typing import Any

import uvloop

from bench import _coturn, _janus
from bench._network import ADDRESS
from bench._relay_flood import counter_of
from bench._relay_rounds import (
    Connect,
    Run,
    Shape,
    connect_coturn,
    connect_janus,
    connect_ours,
    free_port,
    listening,
    measure,
    pin_load,
    pinned,
    server,
)

MINUTES = int(os.environ.get("MINUTES", "10"))
SOAK = Shape(60, 350, 60.0, counter=counter_of)
BESIDE = Shape(60, 350, 20.0, counter=counter_of)


async def soak(pid: int, host: str, port: int, connect: Connect, shape: Shape, runs: int) -> Any:
    """The same sessions, measured so many times without a break longer than a second."""
    await listening(host, port)
    load = await connect(port, shape)
    told = []
    for number in range(runs):
        run: Run = await measure(pid, load, shape)
        print(f"  {number + 1:>3} {run}", file=sys.stderr, flush=True)
        told.append(asdict(run))
    for party in [*load.senders, *load.counters, *load.more]:
        await party.close()
    await asyncio.sleep(0)
    return told


def ours() -> Any:
    port = free_port()
    process = server(port)
    try:
        return uvloop.run(soak(process.pid, "127.0.0.1", port, connect_ours, SOAK, MINUTES))
    finally:
        process.terminate()
        process.wait()


def janus() -> Any:
    port = free_port()
    process = _janus.JanusProcess(port, ADDRESS, pinned(0), 1)
    try:
        pid = process.process.pid
        return uvloop.run(soak(pid, "127.0.0.1", port, connect_janus, BESIDE, 1))
    finally:
        process.stop()


def coturn() -> Any:
    port = free_port()
    process = _coturn.start(port, ADDRESS, pinned(0))
    try:
        return uvloop.run(soak(process.pid, ADDRESS, port, connect_coturn, BESIDE, 1))
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    for missing in (m for m in (_janus, _coturn) if not m.installed()):
        sys.exit(f"{missing.__name__} is not installed: apt-get install janus coturn")
    pin_load()
    json.dump({"janus": janus(), "coturn": coturn(), "ours": ours()}, sys.stdout)


if __name__ == "__main__":
    main()
