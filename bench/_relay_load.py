"""Light load: publishers that send real SRTP at a steady rate, subscribers that count and time."""

import asyncio
import os
import random
import struct
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from relay.embedded.aiortc_seam import Wire, certificate
from relay.embedded.codecs import Codec
from relay.embedded.descriptions import Description, Section, parse, write
from relay.embedded.forwarder import HEADER
from relay.embedded.wires import Tally

VP8 = Codec(96, "vp8", 90_000)
# The first bytes of a VP8 key frame, 640x360, behind the shortest payload descriptor.
KEY_FRAME = b"\x10\x10\x02\x00\x9d\x01\x2a\x80\x02\x68\x01"
SLOT_S = 0.001
TIMED_EVERY = 8
CERTIFICATE = certificate()


class Filling:
    """RTP packets with a payload of `size` bytes; the last eight bytes say when it was made."""

    def __init__(self, size: int, ssrc: int = 1) -> None:
        self.bytes, self._ssrc = HEADER.size + size, ssrc
        self._seq = random.randrange(1000)
        self._noise = os.urandom(size - len(KEY_FRAME) - 8)

    def packet(self, timestamp: int, *, marker: bool) -> bytes:
        at = struct.pack("!Q", time.monotonic_ns())
        second = marker << 7 | VP8.payload_type
        head = HEADER.pack(
            0x80, second, self._seq & 0xFFFF, timestamp & 0xFFFFFFFF, self._ssrc
        )  # fmt: skip
        self._seq += 1
        return head + KEY_FRAME + self._noise + at


class Party:
    """One connection of the load, on either side of an offer."""

    def __init__(self, address: str, *, controlling: bool = True) -> None:
        self.up = asyncio.Event()
        self.wire = Wire(self, Tally(), CERTIFICATE, (address,), controlling=controlling)
        self.ssrc = random.randrange(2, 1 << 31)

    def connected(self) -> None:
        self.up.set()

    def closed(self) -> None: ...
    def rtp(self, packet: bytes) -> None: ...
    def rtcp(self, packet: bytes) -> None: ...

    async def offer(self, direction: str) -> str:
        await self.wire.gather()
        ssrcs = (self.ssrc,) if direction == "sendonly" else ()
        section = Section("video", "0", direction, (VP8,), (), ssrcs, "load")
        return write(Description(self.wire.local("actpass"), (section,)), 1)

    def answered(self, text: str) -> None:
        answer = parse(text)
        self.wire.connect(answer.transport, server=answer.transport.setup == "active")

    async def answer(self, offer_text: str) -> str:
        """Receive what the other side offers."""
        await self.wire.gather()
        offer = parse(offer_text)
        sections = tuple(
            replace(s, direction="recvonly", codecs=s.codecs[:1], extensions=(), ssrcs=())
            for s in offer.sections
        )
        text = write(Description(self.wire.local("active"), sections), 1)
        self.wire.connect(offer.transport, server=False)
        return text

    async def wait(self) -> None:
        await asyncio.wait_for(self.up.wait(), 10)

    def srtp(self) -> str:
        """The protection that both sides agreed on."""
        connection = self.wire._dtls._ssl
        return connection.get_selected_srtp_profile().decode() if connection else "none"

    async def close(self) -> None:
        await self.wire.close()


class Sender(Party):
    """Sends packets of `size` bytes of payload."""

    def __init__(self, address: str, size: int) -> None:
        super().__init__(address)
        self.sent, self._filling = 0, Filling(size, self.ssrc)

    def send(self, count: int, timestamp: int) -> None:
        for n in range(count):
            packet = self._filling.packet(timestamp, marker=n == count - 1)
            self.sent += self.wire.send_rtp(packet)

    def prepare(self, count: int) -> None:
        """So many packets will be sent; others encrypt them now."""


class Counter(Party):
    """Counts datagrams; decrypts each eighth to read how long it was on the way."""

    def __init__(self, address: str, *, controlling: bool = True) -> None:
        super().__init__(address, controlling=controlling)
        self.got, self.delays_ms = 0, list[float]()
        self._verify = self.wire.received
        self.wire.received = self._received  # type: ignore[method-assign]

    def _received(self, length: int) -> None:
        if 192 <= self.wire.incoming[1] < 224:
            return
        self.got += 1
        if self.got % TIMED_EVERY == 0:
            self._verify(length)

    def rtp(self, packet: bytes) -> None:
        sent_ns = int.from_bytes(packet[-8:], "big")
        self.delays_ms.append((time.monotonic_ns() - sent_ns) / 1e6)


class Sending(Protocol):
    """Whoever makes load."""

    sent: int

    def prepare(self, count: int) -> None: ...
    def send(self, count: int, timestamp: int) -> None: ...
    async def close(self) -> None: ...


class Counting(Protocol):
    """Whoever receives it."""

    got: int
    delays_ms: list[float]

    async def close(self) -> None: ...


async def blast(senders: Sequence[Sending], packets_per_s: int, lasts_s: float) -> float:
    """Send with independent phases in slots of 1 ms, catching up on lost time; seconds taken."""
    started = time.monotonic()
    phases = [random.random() for _ in senders]
    sent = [0] * len(senders)
    while True:
        elapsed = time.monotonic() - started
        if elapsed >= lasts_s:
            return elapsed
        for n, sender in enumerate(senders):
            due = int(elapsed * packets_per_s + phases[n]) - sent[n]
            if due > 0:
                sender.send(due, int(elapsed * 90_000))
                sent[n] += due
        await asyncio.sleep(SLOT_S)
