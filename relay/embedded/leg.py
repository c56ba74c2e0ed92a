"""One party's connections: a publisher and a subscriber, each replaceable by the next generation.

Words of the W3C end here: above there are legs, sources and seconds.
"""

import random
from collections.abc import Callable
from dataclasses import replace

from relay.embedded import rtcp
from relay.embedded.aiortc_seam import Wire, monotonic
from relay.embedded.codecs import EXTENSION, Codec, passing
from relay.embedded.confirmations import Confirmations
from relay.embedded.datapath import tell
from relay.embedded.descriptions import Description, Section, write
from relay.embedded.forwarder import HEADER, OWN_SSRC, Feed, Sink, Track
from relay.embedded.numbering import START_BITS_PER_S
from relay.embedded.wires import Tally
from relay.engine import Kind, Role

SWITCHES_MAX = 64
# Of a publisher whose packets the compiled loop serves; with more Python does.
FEEDS_MAX = 16
# One-byte header extensions have ids 1 to 14.
EXTENSION_IDS_END = 15


def our_setup(description: Description) -> str:
    """Our DTLS role: the browser calls us unless it insists on being called."""
    return "active" if description.transport.setup == "passive" else "passive"


def sends(section: Section) -> bool:
    return not section.refused and section.direction in ("sendrecv", "sendonly")


def receives(section: Section) -> bool:
    return not section.refused and section.direction in ("sendrecv", "recvonly")


def kind_of(section: Section) -> Kind:
    return "audio" if section.kind == "audio" else "video"


class Connection:
    """What both kinds share: a wire, an offer that was answered, and what is told upwards."""

    role: Role

    def __init__(
        self,
        leg: str,
        offer: Description,
        text: str,
        generation: int,
        on_state: Callable[["Connection"], None],
    ) -> None:
        self.leg, self.offer, self.text, self.generation = leg, offer, text, generation
        self._on_state = on_state
        self.wire: Wire
        self.answer = ""
        self.was_ready = False

    def sections(self) -> tuple[Section, ...]:
        """The sections of our answer, in the order of the offer."""
        raise AssertionError("said by the two kinds")

    def start(self) -> None:
        """Write the answer and begin to connect."""
        setup = our_setup(self.offer)
        described = Description(self.wire.local(setup), self.sections())
        self.answer = write(described, random.randrange(1 << 62))
        self.wire.connect(self.offer.transport, server=setup == "passive")

    def connected(self) -> None:
        self.was_ready = True
        self._on_state(self)

    def closed(self) -> None:
        self._on_state(self)

    def rtp(self, packet: bytes) -> None:
        """Media that nobody asked for."""
        self.wire.met(packet[8:12])

    def rtcp(self, packet: bytes) -> None:
        """Reports that nobody asked for."""


class Publisher(Connection):
    """A connection that sends to us."""

    role: Role = "pub"

    def __init__(
        self,
        leg: str,
        offer: Description,
        text: str,
        generation: int,
        on_state: Callable[[Connection], None],
        on_first: Callable[["Publisher", Feed], None],
    ) -> None:
        super().__init__(leg, offer, text, generation, on_state)
        self._on_first = on_first
        self.feeds: dict[str, Feed] = {}
        self._by_ssrc: dict[int, Feed] = {}
        self._by_payload_type: dict[int, Feed] = {}
        self._declared: dict[int, Feed] = {}
        self._switches = 0

    def carried(self) -> tuple[tuple[Section, Codec], ...]:
        """Sections that we take, each with the one codec that the browser likes best."""
        return tuple(
            (section, found[0])
            for section in self.offer.sections
            if sends(section) and (found := passing(section.kind, section.codecs))
        )

    def sections(self) -> tuple[Section, ...]:
        chosen = {section.mid: codec for section, codec in self.carried()}
        return tuple(
            replace(s, direction="recvonly", codecs=(chosen[s.mid],), extensions=(), ssrcs=(),
                    stream="")
            if s.mid in chosen
            else replace(s, refused=True)
            for s in self.offer.sections
        )  # fmt: skip

    def feed(self, mid: str, feed: Feed) -> None:
        """Packets of the section `mid` go into this feed."""
        section = next(s for s in self.offer.sections if s.mid == mid)
        self.feeds[mid] = feed
        self._by_payload_type.setdefault(feed.codec.payload_type, feed)
        for ssrc in section.ssrcs:
            self._declared[ssrc] = feed

    def rtp(self, packet: bytes) -> None:
        first, second, seq, timestamp, ssrc = HEADER.unpack_from(packet)
        feed = self._by_ssrc.get(ssrc)
        if feed is None:
            feed = self._learn(ssrc, second & 0x7F)
            if feed is None:
                self.wire.met(packet[8:12])
                return
        if second & 0x7F != feed.codec.payload_type:
            return
        feed.reception.count(seq)
        track = feed.track
        if track.feed is feed:
            track.take(first, second & 0x80, seq, timestamp, packet)

    def _learn(self, ssrc: int, payload_type: int) -> Feed | None:
        """The feed of an SSRC seen for the first time, which it takes over."""
        feed = self._declared.get(ssrc) or self._by_payload_type.get(payload_type)
        if (
            feed is None
            or feed.codec.payload_type != payload_type
            or self._switches >= SWITCHES_MAX
        ):
            return None
        self._switches += 1
        self._by_ssrc.pop(feed.ssrc, None)
        self._by_ssrc[ssrc] = feed
        feed.switch(ssrc)
        tell(self.wire, "feeds", self._by_ssrc.values(), FEEDS_MAX)
        self._on_first(self, feed)
        if feed.track.kind == "video":
            feed.track.allow(START_BITS_PER_S)
        return feed

    def rtcp(self, packet: bytes) -> None:
        for message in rtcp.parse(packet):
            if isinstance(message, rtcp.SenderReport):
                feed = self._by_ssrc.get(message.ssrc)
                if feed is not None:
                    feed.reception.report_ntp = message.ntp
                    feed.reception.report_at = monotonic()
                    if feed.track.feed is feed:
                        feed.track.report_down(message)

    def report(self, passed_s: int) -> None:
        """Once a second, later only after a stall: tell the browser how its media arrives, so that
        it may send better."""
        now = monotonic()
        reports = []
        for feed in self._by_ssrc.values():
            if feed.reception.received:
                reports.append(feed.reception.report(feed.ssrc, now))
                if feed.track.kind == "video" and feed.track.feed is feed:
                    feed.track.weigh(reports[-1].fraction, passed_s)
        if reports and self.wire.ready:
            self.wire.send_rtcp(rtcp.receiver_report(OWN_SSRC, reports))


class Subscriber(Connection):
    """A connection that receives from us; its sections are sinks that may change tracks."""

    role: Role = "sub"

    def __init__(
        self,
        leg: str,
        offer: Description,
        text: str,
        generation: int,
        on_state: Callable[[Connection], None],
    ) -> None:
        super().__init__(leg, offer, text, generation, on_state)
        self.sinks: list[Sink] = []
        self._by_ssrc: dict[int, Sink] = {}
        self._confirmations = Confirmations()
        # The newest report on what the leg receives, of which track, and when it came.
        self.heard: tuple[rtcp.Report, Track | None, float] | None = None

    def prepare(self) -> None:
        """Make a sink of every section that can receive; needs the wire."""
        for section in self.offer.sections:
            codecs = passing(section.kind, section.codecs)
            if receives(section) and codecs:
                ssrc = random.randrange(2, 1 << 32)
                extension = section.extension(EXTENSION[section.kind]) or 0
                sink = Sink(
                    self.wire, self.leg, section.kind, section.mid, ssrc, codecs,
                    extension if extension < EXTENSION_IDS_END else 0, self._confirmations,
                )  # fmt: skip
                self.sinks.append(sink)
                self._by_ssrc[ssrc] = sink

    def sections(self) -> tuple[Section, ...]:
        by_mid = {sink.mid: sink for sink in self.sinks}
        return tuple(
            self._section(s, by_mid[s.mid]) if s.mid in by_mid else replace(s, refused=True)
            for s in self.offer.sections
        )

    def _section(self, section: Section, sink: Sink) -> Section:
        written = EXTENSION[section.kind]
        number = section.extension(written) or 0
        return replace(
            section,
            direction="sendonly",
            codecs=passing(section.kind, section.codecs),
            extensions=((written, number),) if 0 < number < EXTENSION_IDS_END else (),
            ssrcs=(sink.ssrc,),
            stream=sink.track.leg if sink.track is not None else "relay",
        )

    def connected(self) -> None:
        super().connected()
        for sink in self.sinks:
            if sink.track is not None:
                sink.track.keyframe()

    def rtcp(self, packet: bytes) -> None:
        for message in rtcp.parse(packet):
            if isinstance(message, rtcp.Bitrate):
                for ssrc in set(message.ssrcs):
                    self._estimate(ssrc, message.bits_per_s)
                continue
            if isinstance(message, rtcp.Arrival):
                self._confirmations.arrived(message.number)
                continue
            sink = self._by_ssrc.get(message.ssrc)
            if sink is None:
                continue
            if isinstance(message, rtcp.Report):
                sink.heard_report(message)
                self.heard = (message, sink.track, monotonic())
            elif isinstance(message, rtcp.Nack):
                sink.repair(message.missing)
            elif isinstance(message, rtcp.KeyframeRequest) and sink.track and not sink.held:
                sink.track.keyframe()

    def _estimate(self, ssrc: int, estimate: int) -> None:
        sink = self._by_ssrc.get(ssrc)
        if sink is not None and sink.kind == "video" and sink.track is not None and not sink.held:
            sink.narrow.estimated(estimate)
            sink.track.pass_bitrate(estimate)

    def release(self) -> None:
        """Carry nothing more."""
        for sink in self.sinks:
            sink.detach()


class Leg:
    """One party in a room. Liveness is our own packet clock, never a connection state."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tally = Tally()
        self.pub: Publisher | None = None
        self.sub: Subscriber | None = None
        self.retired: list[Connection] = []
        self.pub_generation = self.sub_generation = -1
        self.alive = False

    def current(self) -> list[Connection]:
        """The connections in force."""
        return [c for c in (self.pub, self.sub) if c is not None]

    def ready(self) -> list[Connection]:
        """The connections in force that are up."""
        return [c for c in self.current() if c.wire.ready]
