"""A light endpoint: real ICE, DTLS and SRTP without a browser, for demos, load, tests, benches.

It publishes a synthetic picture and silence, receives, counts, repairs losses by NACK, sends
sender and receiver reports, and measures the time to the first whole key frame.

    endpoint = Endpoint(addresses=("127.0.0.1",))
    await endpoint.publish_answer(answer_to(await endpoint.publish_offer()))
    await endpoint.subscribe_answer(answer_to(await endpoint.subscribe_offer()))
    …
    await endpoint.close()
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from relay.clip import FRAMES_PER_S, OPUS_SILENCE
from relay.clips import clip
from relay.embedded import rtcp
from relay.embedded.aiortc_seam import Certificate, Wire, certificate, monotonic
from relay.embedded.codecs import ABS_SEND_TIME, Codec, passing
from relay.embedded.descriptions import Description, Section, parse, write
from relay.embedded.forwarder import HEADER
from relay.embedded.wires import Tally
from relay.streams import Inbound, Outbound

TICK_S = 0.02
AUDIO_STEP = 960
VIDEO_STEP = 90_000 // FRAMES_PER_S
OPUS = Codec(111, "opus", 48_000, 2, (("minptime", "10"), ("useinbandfec", "1")))
VP8 = Codec(96, "vp8", 90_000)
DECODABLE = (
    VP8,
    Codec(98, "vp9", 90_000, 1, (("profile-id", "0"),)),
    Codec(102, "h264", 90_000, 1, (
        ("level-asymmetry-allowed", "1"), ("packetization-mode", "1"),
        ("profile-level-id", "42e01f"),
    )),
    Codec(45, "av1", 90_000, 1, (("profile", "0"),)),
)  # fmt: skip


@dataclass(slots=True)
class Counters:
    """Packets by direction and kind; `lost` are numbers that never came, even after NACK."""

    audio_sent: int = 0
    video_sent: int = 0
    audio_received: int = 0
    video_received: int = 0
    bytes_received: int = 0
    frames_received: int = 0
    nacks_sent: int = 0
    repaired: int = 0
    keyframes_sent: int = 0


class _Half:
    """One connection of the endpoint, as the offering side."""

    def __init__(self, owner: "Endpoint", *, offers: bool = True) -> None:
        self._owner = owner
        self.tally = Tally()
        self.up = asyncio.Event()
        self.over = asyncio.Event()
        self.wire = Wire(self, self.tally, owner.certificate, owner.addresses, controlling=offers)

    async def offer(self, sections: tuple[Section, ...], setup: str = "actpass") -> str:
        await self.wire.gather()
        described = Description(self.wire.local(setup), sections)
        return write(described, random.randrange(1 << 62))

    def answered(self, answer: Description) -> None:
        self.wire.connect(answer.transport, server=answer.transport.setup == "active")

    def connected(self) -> None:
        self.up.set()

    def closed(self) -> None:
        self.over.set()

    def rtp(self, packet: bytes) -> None:
        self._owner.took(packet)

    def rtcp(self, packet: bytes) -> None:
        self._owner.heard(packet)


def received(section: Section) -> Section:
    """Our side of a section that sends to us: the codecs that pass, and nothing else."""
    codecs = passing(section.kind, section.codecs)
    return replace(
        section, direction="recvonly", codecs=codecs, extensions=(), ssrcs=(), stream="",
        refused=section.refused or not codecs,
    )  # fmt: skip


class Endpoint:
    """One party. `drop(datagram)` may lose arriving media on purpose, as a bad network would:
    it sees SRTP, whose header is readable.
    """

    def __init__(
        self,
        addresses: tuple[str, ...] = ("auto",),
        own: Certificate | None = None,
        drop: Callable[[bytes], bool] | None = None,
        *,
        audio: bool = True,
        video: bool = True,
        codec: str = "vp8",
    ) -> None:
        self.addresses = addresses
        self.certificate = own or certificate()
        self.counters = Counters()
        self._has = self.sends_audio, self.sends_video = audio, video
        self._shows = next(one for one in DECODABLE if one.name == codec)
        self.first_frame_ms: int | None = None
        self._drop = drop
        self._pub: _Half | None = None
        self._sub: _Half | None = None
        self._outbound: dict[str, Outbound] = {}
        self._codecs: dict[int, Codec] = {}
        self._inbound: dict[int, Inbound] = {}
        self._own_ssrc = random.randrange(2, 1 << 32)
        self._asked_at = 0.0
        self._key_wanted = True
        self._frame = 0
        self._tasks: list[asyncio.Task[None]] = []

    # -- signalling ------------------------------------------------------------------

    async def publish_offer(self) -> str:
        """A new publishing connection; an earlier one is closed when this one is answered."""
        self._outbound = {}
        sections: list[Section] = []
        if self._has[1]:
            clip(self._shows.name)  # before the first packet is due
        for kind, codec, wanted in (
            ("audio", OPUS, self._has[0]), ("video", self._shows, self._has[1]),
        ):  # fmt: skip
            if wanted:
                out = Outbound(codec.payload_type, codec.clock_rate)
                self._outbound[kind] = out
                mid = str(len(sections))
                sections.append(
                    Section(kind, mid, "sendonly", (codec,), (), (out.ssrc,), "endpoint")
                )
        old, self._pub = self._pub, _Half(self)
        if old is not None:
            await old.wire.close()
        return await self._pub.offer(tuple(sections))

    async def publish_answer(self, answer_sdp: str) -> None:
        """Take the answer and start sending as soon as the connection is up."""
        assert self._pub is not None
        self._key_wanted = True
        self._pub.answered(parse(answer_sdp))
        self._start(self._send_media)

    async def subscribe_offer(self, voices: int = 1, pictures: int = 1) -> str:
        """A new receiving connection with so many sections a kind; starts the first-frame watch."""
        self._asked_at, self.first_frame_ms = monotonic(), None
        old, self._sub = self._sub, _Half(self)
        self._sub.wire.drop = self._drop
        if old is not None:
            await old.wire.close()
        timed = ((ABS_SEND_TIME, 2),)
        heard = [Section("audio", str(n), "recvonly", (OPUS,)) for n in range(voices)]
        seen = [
            Section("video", str(voices + n), "recvonly", DECODABLE, timed) for n in range(pictures)
        ]
        return await self._sub.offer((*heard, *seen))

    async def subscribe_answer(self, answer_sdp: str) -> None:
        """Take the answer and start to receive and to report."""
        assert self._sub is not None
        answer = parse(answer_sdp)
        self._codecs = {c.payload_type: c for s in answer.sections for c in s.codecs}
        self._inbound = {}
        self._sub.answered(answer)
        self._start(self._report)

    async def subscribe_offered(self, offer_sdp: str) -> str:
        """Our answer to an engine that offers itself; what we offered before is void."""
        offer, old = parse(offer_sdp), self._sub
        half = self._sub = _Half(self, offers=False)
        half.wire.drop = self._drop
        if old is not None:
            await old.wire.close()
        sections = tuple(received(section) for section in offer.sections)
        self._codecs = {c.payload_type: c for s in sections for c in s.codecs}
        self._inbound = {}
        answer = await half.offer(sections, "active")
        half.wire.connect(offer.transport, server=False)
        self._start(self._report)
        return answer

    async def wait_connected(self, limit_s: float = 10.0) -> None:
        """Until every connection is up. Raises: TimeoutError."""
        async with asyncio.timeout(limit_s):
            for half in (self._pub, self._sub):
                if half is not None:
                    await half.up.wait()

    async def close(self) -> None:
        """Stop and say goodbye."""
        await self._stop()
        for half in (self._pub, self._sub):
            if half is not None:
                await half.wire.close()

    async def vanish(self) -> None:
        """Stop without a goodbye, as a killed browser would."""
        await self._stop()
        for half in (self._pub, self._sub):
            if half is not None:
                half.wire.silence()

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def _start(self, run: Callable[[], object]) -> None:
        name = getattr(run, "__name__", "")
        if all(task.get_name() != name or task.done() for task in self._tasks):
            coroutine = run()
            assert asyncio.iscoroutine(coroutine)
            self._tasks.append(asyncio.get_running_loop().create_task(coroutine, name=name))

    # -- sending ---------------------------------------------------------------------

    async def _send_media(self) -> None:
        """A packet of silence every 20 ms, a frame every 1/15 s, a report every second."""
        assert self._pub is not None
        started, tick = monotonic(), 0
        while True:
            self._send_tick(tick)
            tick += 1
            await asyncio.sleep(max(0.0, started + tick * TICK_S - monotonic()))

    def _send_tick(self, tick: int) -> None:
        half = self._pub
        if half is None or not half.wire.ready:
            return
        audio, video = self._outbound.get("audio"), self._outbound.get("video")
        if audio is not None and self.sends_audio:
            audio.timestamp += AUDIO_STEP
            half.wire.send_rtp(audio.packet(OPUS_SILENCE, marker=False))
            self.counters.audio_sent += 1
        due = int(tick * TICK_S * FRAMES_PER_S) != int((tick - 1) * TICK_S * FRAMES_PER_S)
        if video is not None and self.sends_video and due:
            self._send_frame(half.wire, video)
        if tick % int(1 / TICK_S) == 0:
            for out in self._outbound.values():
                half.wire.send_rtcp(out.report())

    def _send_frame(self, wire: Wire, video: Outbound) -> None:
        frames = clip(self._shows.name)
        if self._key_wanted:
            self._frame, self._key_wanted = 0, False
        at = self._frame % len(frames)
        self._frame += 1
        self.counters.keyframes_sent += at == 0
        video.timestamp += VIDEO_STEP
        for number, payload in enumerate(frames[at], 1):
            wire.send_rtp(video.packet(payload, marker=number == len(frames[at])))
            self.counters.video_sent += 1

    def heard(self, packet: bytes) -> None:
        """RTCP from the relay: repairs and key frames that are wanted of us."""
        for message in rtcp.parse(packet):
            if isinstance(message, rtcp.KeyframeRequest):
                self._key_wanted = True
            elif isinstance(message, rtcp.SenderReport):
                if (stream := self._inbound.get(message.ssrc)) is not None:
                    stream.reception.report_ntp = message.ntp
                    stream.reception.report_at = monotonic()
            elif isinstance(message, rtcp.Nack) and self._pub is not None:
                for out in self._outbound.values():
                    if out.ssrc == message.ssrc:
                        for number in message.missing:
                            if number in out.history:
                                self._pub.wire.send_rtp(out.history[number])

    # -- receiving -------------------------------------------------------------------

    def took(self, packet: bytes) -> None:
        """One plain RTP packet."""
        first, second, seq, _, ssrc = HEADER.unpack_from(packet)
        stream = self._inbound.get(ssrc)
        if stream is None:
            codec = self._codecs.get(second & 0x7F)
            if codec is None:
                return
            stream = self._inbound[ssrc] = Inbound(ssrc, codec)
        counters = self.counters
        counters.bytes_received += len(packet)
        if stream.codec.name == "opus":
            counters.audio_received += 1
            stream.reception.count(seq)
            return
        counters.video_received += 1
        counters.frames_received += second >> 7
        counters.repaired += stream.take(seq)
        if stream.missing and self._sub is not None:
            counters.nacks_sent += 1
            self._sub.wire.send_rtcp(rtcp.nack(self._own_ssrc, ssrc, list(stream.missing)))
        if self.first_frame_ms is None:
            start = 12 + 4 * (first & 15)
            if first & 0x10:
                start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
            if stream.completes_key_frame(seq, packet[start:], marker=second > 127):
                self.first_frame_ms = round(1000 * (monotonic() - self._asked_at))

    async def _report(self) -> None:
        """Receiver reports once a second; a key frame is asked for until one has come."""
        while True:
            await asyncio.sleep(1.0)
            half = self._sub
            if half is None or not half.wire.ready:
                continue
            streams = [s for s in self._inbound.values() if s.reception.received]
            for stream in streams:  # one by one: Janus reads of the first stream only
                report = stream.reception.report(stream.ssrc, monotonic())
                half.wire.send_rtcp(rtcp.receiver_report(self._own_ssrc, [report]))
            for stream in streams:
                if stream.codec.name != "opus" and self.first_frame_ms is None:
                    half.wire.send_rtcp(rtcp.picture_loss(self._own_ssrc, stream.ssrc))

    @property
    def missing(self) -> int:
        """Packets that have not come yet, of every stream."""
        return sum(len(stream.missing) for stream in self._inbound.values())
