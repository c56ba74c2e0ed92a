"""Debian's coturn as the cheapest hop there is: datagrams in, datagrams out, nothing decrypted."""

import asyncio
import contextlib
import shutil
import struct
import subprocess
import time
from typing import Any

from aioice.turn import TurnClientUdpProtocol

from bench._relay_load import TIMED_EVERY, Filling

CHANNEL = 0x4000
LIFETIME_S = 600


def installed() -> bool:
    return shutil.which("turnserver") is not None


def version() -> str:
    """As the program says it: "4.6.1"."""
    said = subprocess.run(["turnserver", "--version"], capture_output=True, text=True, check=False)
    return (said.stdout.split() or ["unknown"])[-1]


def start(port: int, address: str, prefix: list[str]) -> subprocess.Popen[bytes]:
    """One thread, no credentials: it serves only the benchmark's own network."""
    options = ["-n", "--no-auth", "--no-cli", "--no-tls", "--no-dtls", "--no-stdout-log", "-m", "1",
               "--listening-ip", address, "--relay-ip", address, "--listening-port", str(port),
               "--log-file", "/dev/null", "--pidfile", "/dev/null"]  # fmt: skip
    return subprocess.Popen(
        [*prefix, "turnserver", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


class TurnSender:
    """Sends through an allocation of its own, over a channel."""

    def __init__(self, size: int) -> None:
        self.sent, self._filling = 0, Filling(size)
        self._head = struct.pack("!HH", CHANNEL, self._filling.bytes)
        self._client: TurnClientUdpProtocol | None = None

    async def connect(self, server: tuple[str, int], peer: tuple[str, int]) -> None:
        client = TurnClientUdpProtocol(server, None, None, LIFETIME_S, LIFETIME_S)
        await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: client, local_addr=(server[0], 0), remote_addr=server
        )
        await client.connect()
        await client.channel_bind(CHANNEL, peer)
        self._client = client

    def prepare(self, count: int) -> None:
        """Nothing is encrypted here."""

    def send(self, count: int, timestamp: int) -> None:
        assert self._client is not None
        for n in range(count):
            packet = self._filling.packet(timestamp, marker=n == count - 1)
            self._client.transport.sendto(self._head + packet)
            self.sent += 1

    async def close(self) -> None:
        if self._client is not None:
            with contextlib.suppress(Exception):
                await self._client.delete()


class PlainCounter(asyncio.DatagramProtocol):
    """Counts what the hop sends on, and times each eighth."""

    def __init__(self) -> None:
        self.got, self.delays_ms = 0, list[float]()
        self._transport: Any = None

    async def open(self, address: str) -> tuple[str, int]:
        """Where to send to."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(address, 0)
        )
        host, port = self._transport.get_extra_info("sockname")[:2]
        return host, port

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self.got += 1
        if self.got % TIMED_EVERY == 0:
            sent_ns = int.from_bytes(data[-8:], "big")
            self.delays_ms.append((time.monotonic_ns() - sent_ns) / 1e6)

    async def close(self) -> None:
        self._transport.close()


async def connect(
    sessions: int, size: int, server: tuple[str, int]
) -> tuple[list[TurnSender], list[PlainCounter]]:
    """Every session through the running coturn."""
    senders, counters = [], []
    for _ in range(sessions):
        sender, counter = TurnSender(size), PlainCounter()
        await sender.connect(server, await counter.open(server[0]))
        senders.append(sender)
        counters.append(counter)
    return senders, counters
