"""CPU of one core that a forwarded packet costs: ours beside Janus, in turn, in one run.

Twenty one-to-one sessions of 350 packets/s with 1100 bytes each (a moving screen and two
voices). The relay runs alone on core 0, the load on core 1, both with a real-time priority when
the system allows it, so that a busy machine does not lose packets for us. The figure is process
CPU time (user and system) divided by the packets that arrived.

The limit is what no relay in this process model can go below: receiving a datagram, libsrtp's
unprotect and protect, sending it on; measured here, alone in a loop.
"""

import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import ifaddr
import psutil
import uvloop
from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi, lib

from bench import _janus
from bench._relay_load import Counter, Sender, blast
from bench.result import Limit, Peer, Result, spread

SESSIONS, PACKETS_PER_S, PAYLOAD_BYTES = 20, 350, 1100
MEASURED_S, ROUNDS = 6.0, 3
PRIORITY = 5
COMMAND = "python -m bench relay"
FLOOR_PACKETS = 20_000
FLOOR_BATCH = 64


@dataclass(frozen=True, slots=True)
class Run:
    """One relay, one round."""

    us_per_packet: float
    lost_percent: float
    core_percent: float
    delay_p50_ms: float
    delay_p99_ms: float
    rss_mib: int


def own_address() -> str:
    """An address of this machine that is not 127.0.0.1: Janus does not listen there. Packets
    between two processes still go over the loopback interface.
    """
    ips = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    plain = [ip for ip in ips if isinstance(ip, str) and not ip.startswith("127.")]
    return plain[0] if plain else "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


async def listening(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise RuntimeError("the relay did not start")


Parties = tuple[list[Sender], list[Counter], _janus.Janus | None]


async def connect_ours(port: int, address: str) -> Parties:
    """Every session published and subscribed at our server."""
    senders, counters = [], []
    async with aiohttp.ClientSession() as http:

        async def answered(role: str, room: int, offer: str) -> str:
            async with http.post(f"http://127.0.0.1:{port}/{role}/{room}", data=offer) as said:
                return await said.text()

        for room in range(SESSIONS):
            sender, counter = Sender(address, PAYLOAD_BYTES), Counter(address)
            sender.answered(await answered("pub", room, await sender.offer("sendonly")))
            await sender.wait()
            counter.answered(await answered("sub", room, await counter.offer("recvonly")))
            await counter.wait()
            senders.append(sender)
            counters.append(counter)
    return senders, counters, None


async def connect_janus(port: int, address: str) -> Parties:
    """The same at Janus, which offers to its subscribers itself."""
    janus = await _janus.Janus.connect(port)
    senders, counters = [], []
    for room in range(1000, 1000 + SESSIONS):
        sender, counter = Sender(address, PAYLOAD_BYTES), Counter(address, controlling=False)
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
    return senders, counters, janus


def percentile(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))], 2)


async def measure(process: psutil.Process, senders: list[Sender], counters: list[Counter]) -> Run:
    """A warm second, then the measured ones; lost = sent and not arrived half a second later."""
    await blast(senders, PACKETS_PER_S, 1.0)
    await asyncio.sleep(0.5)
    for sender, counter in zip(senders, counters, strict=True):
        sender.sent, counter.got, counter.delays_ms = 0, 0, []
    before, started = process.cpu_times(), time.monotonic()
    await blast(senders, PACKETS_PER_S, MEASURED_S)
    await asyncio.sleep(0.5)
    after, lasted = process.cpu_times(), time.monotonic() - started
    cpu = after.user - before.user + after.system - before.system
    sent, got = sum(s.sent for s in senders), sum(c.got for c in counters)
    delays = [delay for counter in counters for delay in counter.delays_ms]
    return Run(
        us_per_packet=round(1e6 * cpu / got, 2),
        lost_percent=round(100 * (1 - got / sent), 4),
        core_percent=round(100 * cpu / lasted, 1),
        delay_p50_ms=percentile(delays, 0.5),
        delay_p99_ms=percentile(delays, 0.99),
        rss_mib=process.memory_info().rss >> 20,
    )


async def against(
    process: subprocess.Popen[bytes],
    port: int,
    connect: Callable[[int, str], Awaitable[Parties]],
) -> Run:
    """Connect the load to a relay that is starting, and measure it."""
    await listening(port)
    senders, counters, janus = await connect(port, own_address())
    run = await measure(psutil.Process(process.pid), senders, counters)
    for party in [*senders, *counters]:
        await party.wire.close()
    if janus is not None:
        await janus.close()
    return run


def ours_once() -> Run:
    port = free_port()
    command = [sys.executable, "-m", "bench._relay_server", str(port), own_address()]
    process = subprocess.Popen([*pinned(0), *command])
    try:
        return uvloop.run(against(process, port, connect_ours))
    finally:
        process.terminate()
        process.wait()


def janus_once() -> Run:
    port = free_port()
    janus = _janus.JanusProcess(port, own_address(), pinned(0))
    try:
        return uvloop.run(against(janus.process, port, connect_janus))
    finally:
        janus.stop()


def floor_us() -> float:
    """Receive, unprotect, protect, send: CPU of one packet in a bare loop, microseconds."""
    key = bytes(range(30))
    sending = Session(Policy(key=key, ssrc_type=Policy.SSRC_ANY_OUTBOUND))._srtp
    relay_in = Session(Policy(key=key, ssrc_type=Policy.SSRC_ANY_INBOUND))._srtp
    relay_out = Session(Policy(key=key, ssrc_type=Policy.SSRC_ANY_OUTBOUND))._srtp
    buffer, length = ffi.new("unsigned char[2048]"), ffi.new("int *")
    view = ffi.buffer(buffer)
    with socket.socket(type=socket.SOCK_DGRAM) as a, socket.socket(type=socket.SOCK_DGRAM) as b:
        a.bind(("127.0.0.1", 0))
        b.bind(("127.0.0.1", 0))
        spent, nowhere = 0.0, b.getsockname()
        for first in range(0, FLOOR_PACKETS, FLOOR_BATCH):
            for seq in range(first, first + FLOOR_BATCH):
                data = b"\x80\x60" + (seq & 0xFFFF).to_bytes(2, "big") + bytes(8 + PAYLOAD_BYTES)
                view[0 : len(data)], length[0] = data, len(data)
                lib.srtp_protect(sending[0], buffer, length)
                b.sendto(view[0 : length[0]], a.getsockname())
            started = time.thread_time()
            for _ in range(FLOOR_BATCH):
                data = a.recv(2048)
                view[0 : len(data)], length[0] = data, len(data)
                lib.srtp_unprotect(relay_in[0], buffer, length)
                lib.srtp_protect(relay_out[0], buffer, length)
                a.sendto(view[0 : length[0]], nowhere)
            spent += time.thread_time() - started
            for _ in range(FLOOR_BATCH):
                b.recv(2048)
    return round(1e6 * spent / FLOOR_PACKETS, 2)


def rounds() -> tuple[list[Run], list[Run]]:
    """Ours and Janus in turn."""
    ours, janus = [], []
    for _ in range(ROUNDS):
        ours.append(ours_once())
        janus.append(janus_once())
        print(f"  ours  {ours[-1]}\n  janus {janus[-1]}", flush=True)
    return ours, janus


def middle(runs: list[Run], name: str) -> float:
    return round(statistics.median(getattr(run, name) for run in runs), 2)


def main() -> Result:
    pin_load()
    limit = floor_us()
    ours, janus = rounds()
    names = ("us_per_packet", "lost_percent", "core_percent", "delay_p50_ms", "delay_p99_ms",
             "rss_mib")  # fmt: skip
    return Result(
        name="relay",
        unit="microseconds of CPU per forwarded packet",
        ours=middle(ours, "us_per_packet"),
        peer=Peer("janus", _janus.version(), middle(janus, "us_per_packet")),
        limit=Limit("recv + libsrtp unprotect + protect + send", limit),
        runs=ROUNDS,
        spread=spread([run.us_per_packet for run in ours]),
        command=COMMAND,
        details={
            "load": f"{SESSIONS} sessions of {PACKETS_PER_S} packets/s, {PAYLOAD_BYTES} bytes",
            "ours": {name: middle(ours, name) for name in names},
            "lost_percent_worst": max(run.lost_percent for run in ours),
            "janus": {name: middle(janus, name) for name in names},
        },
    )
