"""The measuring of `bench.relay`, run in a network of its own; prints one JSON object:
`{"floor_us": float, "srtp": {side: name}, "runs": {side: [run, …]}}`, one run a round and side.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from bench import _coturn, _janus
from bench._network import ADDRESS
from bench._relay_floor import floor_us
from bench._relay_load import Counter, Counting, Sender, Sending, blast
from relay.janus.process import free_port

SESSIONS, PACKETS_PER_S, PAYLOAD_BYTES = 20, 350, 1100
ROUNDS = 5
WARM_S, MEASURED_S, LATE_S = 1.0, 3.0, 0.3
PRIORITY = 5
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Run:
    """One relay, one round."""

    us_per_packet: float
    lost_percent: float
    core_percent: float
    delay_p50_ms: float
    delay_p99_ms: float
    rss_mib: int
    arrived_per_s: int = 0


def pinned(core: int) -> list[str]:
    """Command prefix: one core, real-time priority when we may."""
    prefix = ["taskset", "-c", str(core % (os.cpu_count() or 1))]
    allowed = subprocess.run(
        ["chrt", "-f", str(PRIORITY), "true"], capture_output=True, check=False
    )
    return prefix + (["chrt", "-f", str(PRIORITY)] if allowed.returncode == 0 else [])


def pin_load() -> None:
    """The load on the other core, with the same priority."""
    os.sched_setaffinity(0, {1 % (os.cpu_count() or 1)})
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))


async def listening(host: str, port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise RuntimeError("the relay did not start")


@dataclass(frozen=True, slots=True)
class Load:
    """Connected senders and receivers, and what else is to be closed after the run."""

    senders: Sequence[Sending]
    counters: Sequence[Counting]
    srtp: str = "none"
    more: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """How much load, for how long, and how often without a break longer than a second; `sender(n)`
    and `counter(n)` are the ends of session n.
    """

    sessions: int = SESSIONS
    packets_per_s: int = PACKETS_PER_S
    measured_s: float = MEASURED_S
    sender: Callable[[int], type[Sender]] = lambda n: Sender
    counter: Callable[[int], type[Counter]] = lambda n: Counter
    runs: int = 1

    def ahead(self) -> int:
        """Packets of a session before and while it is measured, and some more."""
        return int(self.packets_per_s * (WARM_S + self.measured_s) * 1.02) + 10


USUAL = Shape()


async def connect_ours(port: int, shape: Shape = USUAL) -> Load:
    """Every session published and subscribed at our server."""
    senders, counters = list[Sender](), list[Counter]()
    async with aiohttp.ClientSession() as http:

        async def answered(role: str, room: int, offer: str) -> str:
            async with http.post(f"http://127.0.0.1:{port}/{role}/{room}", data=offer) as said:
                return await said.text()

        for room in range(shape.sessions):
            sender = shape.sender(room)(ADDRESS, PAYLOAD_BYTES)
            counter = shape.counter(room)(ADDRESS)
            sender.answered(await answered("pub", room, await sender.offer("sendonly")))
            await sender.wait()
            counter.answered(await answered("sub", room, await counter.offer("recvonly")))
            await counter.wait()
            senders.append(sender)
            counters.append(counter)
    return Load(senders, counters, senders[0].srtp())


async def connect_janus(port: int, shape: Shape = USUAL) -> Load:
    """The same at Janus, which offers to its subscribers itself."""
    janus = await _janus.Janus.connect(port)
    senders, counters = list[Sender](), list[Counter]()
    for room in range(1000, 1000 + shape.sessions):
        sender = shape.sender(room - 1000)(ADDRESS, PAYLOAD_BYTES)
        counter = shape.counter(room - 1000)(ADDRESS, controlling=False)
        answer, feed = await janus.publish(room, await sender.offer("sendonly"))
        sender.answered(answer)
        await sender.wait()
        sender.send(3, 0)
        await asyncio.sleep(0.05)
        handle, offer = await janus.subscribe(room, feed)
        await janus.start(handle, await counter.answer(offer))
        await counter.wait()
        senders.append(sender)
        counters.append(counter)
    return Load(senders, counters, senders[0].srtp(), (janus,))


async def connect_coturn(port: int, shape: Shape = USUAL) -> Load:
    """The same datagrams over one TURN hop each."""
    return Load(*await _coturn.connect(shape.sessions, PAYLOAD_BYTES, (ADDRESS, port)))


Connect = Callable[[int, Shape], Awaitable[Load]]


def percentile(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))], 2)


def cpu_s(pid: int) -> float:
    """CPU time that a process has used, all threads, user and system: the process's CPU clock
    (the number that clock_getcpuclockid(3) gives), which is finer than /proc/<pid>/stat.
    """
    return time.clock_gettime(~pid << 3 | 2)


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES


async def measure(pid: int, load: Load, shape: Shape = USUAL) -> Run:
    """A warm second, then the measured ones; lost = sent and not there when all is quiet."""
    for sender in load.senders:
        sender.prepare(shape.ahead())
    await blast(load.senders, shape.packets_per_s, WARM_S)
    await asyncio.sleep(LATE_S)
    for sender, counter in zip(load.senders, load.counters, strict=True):
        sender.sent, counter.got, counter.delays_ms = 0, 0, []
    before, started = cpu_s(pid), time.monotonic()
    took_s = await blast(load.senders, shape.packets_per_s, shape.measured_s)
    await asyncio.sleep(LATE_S)
    cpu, lasted = cpu_s(pid) - before, time.monotonic() - started
    sent, got = sum(s.sent for s in load.senders), sum(c.got for c in load.counters)
    delays = [delay for counter in load.counters for delay in counter.delays_ms]
    return Run(
        us_per_packet=round(1e6 * cpu / got, 2),
        lost_percent=round(100 * (1 - got / sent), 4),
        core_percent=round(100 * cpu / lasted, 1),
        delay_p50_ms=percentile(delays, 0.5),
        delay_p99_ms=percentile(delays, 0.99),
        rss_mib=resident_bytes(pid) >> 20,
        arrived_per_s=int(got / took_s),
    )


async def against(
    pid: int, host: str, port: int, connect: Connect, shape: Shape = USUAL
) -> tuple[list[Run], str]:
    """Connect the load to a relay that is starting, and measure it; the SRTP profile, too."""
    await listening(host, port)
    load = await connect(port, shape)
    runs = []
    for _ in range(shape.runs):
        runs.append(await measure(pid, load, shape))
        print(f"    {runs[-1]}", file=sys.stderr, flush=True)
    for party in [*load.senders, *load.counters, *load.more]:
        await party.close()
    return runs, load.srtp


def ours(shape: Shape = USUAL) -> tuple[list[Run], str]:
    """Our engine on core 0."""
    port = free_port()
    command = [sys.executable, "-m", "bench._relay_server", str(port), ADDRESS]
    process = subprocess.Popen([*pinned(0), *command])
    try:
        return uvloop.run(against(process.pid, "127.0.0.1", port, connect_ours, shape))
    finally:
        process.terminate()
        process.wait()


def janus(event_loops: int | None = None, shape: Shape = USUAL) -> tuple[list[Run], str]:
    port = free_port()
    process = _janus.JanusProcess(port, ADDRESS, pinned(0), event_loops)
    try:
        said = against(process.process.pid, "127.0.0.1", port, connect_janus, shape)
        return uvloop.run(said)
    finally:
        process.stop()


def coturn(shape: Shape = USUAL) -> tuple[list[Run], str]:
    port = free_port()
    process = _coturn.start(port, ADDRESS, pinned(0))
    try:
        return uvloop.run(against(process.pid, ADDRESS, port, connect_coturn, shape))
    finally:
        process.terminate()
        process.wait()


SIDES: dict[str, Callable[[], tuple[list[Run], str]]] = {
    "ours": ours,
    "janus": janus,
    "janus event_loops=1": lambda: janus(1),
    "coturn": coturn,
}


def main() -> None:
    """Each round runs every side, in turn; what happens to the machine happens to all."""
    wanted = [name for name in SIDES if name != "coturn" or _coturn.installed()]
    if not _janus.installed():
        sys.exit("Janus is not installed: apt-get install janus")
    floor = floor_us(PAYLOAD_BYTES)
    pin_load()
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in wanted}
    srtp: dict[str, str] = {}
    for number in range(ROUNDS):
        for name in wanted[number % len(wanted) :] + wanted[: number % len(wanted)]:
            print(f"  round {number + 1}  {name}", file=sys.stderr, flush=True)
            measured, srtp[name] = SIDES[name]()
            runs[name] += map(asdict, measured)
    json.dump({"floor_us": floor, "srtp": srtp, "runs": runs}, sys.stdout)


if __name__ == "__main__":
    main()
