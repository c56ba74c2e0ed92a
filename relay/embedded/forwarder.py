"""Packets of one source to its viewers: own SSRC, numbers, payload type, repairs.

The hot path is `Track.take` → `Sink.send`. A viewer sees one uninterrupted stream even when the
publisher comes back with another SSRC: `Numbering.rebase` continues where the last one ended.
All header extensions are dropped (their ids differ between connections) and only the sending
time is written anew.
"""

import struct
import time
from collections.abc import Callable
from typing import Protocol

from relay.embedded import rtcp
from relay.embedded.codecs import Codec
from relay.embedded.confirmations import Confirmations
from relay.embedded.datapath import KeptPackets, Mirrored, module, shared
from relay.embedded.narrow import Narrow
from relay.embedded.numbering import (
    GAP_S_MAX,
    HALF_16,
    HISTORY_PACKETS,
    START_BITS_PER_S,
    Ceiling,
    History,
    KeyframeThrottle,
    Numbering,
    Reception,
    Repairs,
)
from relay.embedded.uplink import Uplink
from relay.recording import Tape

HEADER = struct.Struct("!BBHII")
TIMED_HEADER = struct.Struct("!BBHIIHHI")
OWN_SSRC = 1
# Of a track that the compiled loop serves; with more all its packets go through Python.
SINKS_MAX = 16


class Sending(Protocol):
    """The part of a wire that packets leave by."""

    ready: bool

    def send_rtp(self, data: bytes) -> bool: ...
    def send_rtcp(self, data: bytes) -> bool: ...


class Totals:
    """Packets and bytes that a room has forwarded to all its viewers since it was opened."""

    __slots__ = ("audio", "bytes", "keyframes", "retransmitted", "video")

    def __init__(self) -> None:
        self.audio = self.video = self.bytes = self.retransmitted = self.keyframes = 0


@shared("feed_t")
class Feed:
    """What a publisher's connection sends into one track: a codec and the SSRC of today."""

    __slots__ = ("_c", "codec", "payload_type", "reception", "ssrc", "track", "wire")

    def __init__(self, track: "Track", wire: Sending, codec: Codec) -> None:
        self.track, self.wire, self.codec = track, wire, codec
        self.payload_type = codec.payload_type
        self.ssrc = 0
        self.reception = Reception()

    def switch(self, ssrc: int) -> None:
        """The publisher sends under another SSRC from now on."""
        self.ssrc = ssrc
        self.reception = Reception()
        self.track.moved = True


@shared("track_t")
class Track:
    """A source and its viewers. `later` schedules a call after so many seconds."""

    __slots__ = (
        "_c", "_later", "allowed", "bytes", "ceiling", "feed", "kind", "leg", "moved", "packets",
        "sinks", "source_id", "tape", "throttle", "totals", "uplink", "waiting",
    )  # fmt: skip

    def __init__(
        self,
        source_id: str,
        leg: str,
        kind: str,
        totals: Totals,
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self.source_id, self.leg, self.kind, self._later = source_id, leg, kind, later
        self.totals = totals
        self.feed: Feed | None = None
        self.tape: Tape | None = None
        self.sinks: list[Sink] = Mirrored(self, "sinks", SINKS_MAX)
        self.waiting: list[Sink] = []
        self.throttle = KeyframeThrottle()
        self.ceiling = Ceiling()
        self.uplink = Uplink()
        self.packets = self.bytes = 0
        self.moved, self.allowed = False, START_BITS_PER_S

    def take(self, first: int, marker: int, seq: int, timestamp: int, plain: bytes) -> None:
        """One verified packet of the feed in force: to every viewer, without its extensions.

        `first`: the header's first byte; `marker`: 0x80 or 0. A packet whose lengths lie is
        dropped. Padding without payload is forwarded empty, so that numbers stay whole.
        """
        start = 12 + 4 * (first & 15)
        if first & 0x10:
            start += 4 + 4 * (plain[start + 2] << 8 | plain[start + 3])
        end = len(plain) - plain[-1] if first & 0x20 else len(plain)
        payload = plain[start:end] if start < end else b""
        self.packets += 1
        self.bytes += len(plain)
        if self.moved:
            self._start_anew()
        now = time.time()
        if self.tape is not None:
            self.tape.put(now, plain)
        for sink in self.sinks:
            sink.send(marker, seq, timestamp, payload, now)

    def viewers(self) -> list["Sink"]:
        """Its sinks, and those that it is held back from."""
        return [*self.sinks, *self.waiting]

    def _start_anew(self) -> None:
        """The first packet of another SSRC: every viewer's numbers go on without a jump."""
        self.moved = False
        for sink in self.sinks:
            sink.fresh = True
        if self.throttle.pending:
            self._keyframe_later(0.0)

    def keyframe(self) -> None:
        """Ask the publisher for a key frame, now or as soon as the throttle allows."""
        if self.kind != "video" or self.throttle.pending:
            return
        if self.feed is None or not self.feed.ssrc:
            self.throttle.pending = True
            return
        wait = self.throttle.ask(time.monotonic())
        if wait:
            self._keyframe_later(wait)
        else:
            self._ask_up()

    def _keyframe_later(self, wait: float) -> None:
        self._later(wait, self._keyframe_due)

    def _keyframe_due(self) -> None:
        self.throttle.pending = False
        self.keyframe()

    def _ask_up(self) -> None:
        feed = self.feed
        if feed is not None:
            self.totals.keyframes += 1
            feed.wire.send_rtcp(rtcp.picture_loss(OWN_SSRC, feed.ssrc))

    def ask_again(self, missing: list[int]) -> None:
        """Packets that we never saw ourselves are asked of the publisher."""
        if self.feed is not None and self.feed.ssrc and missing:
            self.feed.wire.send_rtcp(rtcp.nack(OWN_SSRC, self.feed.ssrc, missing))

    def pass_bitrate(self, estimate: int) -> None:
        """A viewer's estimate (bit/s) goes up only when it is the only viewer."""
        if len(self.sinks) == 1:
            self.allow(self.ceiling.allow(estimate))

    def allow(self, bits_per_s: int) -> None:
        """Tell the publisher how much it may send, and no more than its link carries."""
        self.allowed = bits_per_s
        if self.feed is not None and self.feed.ssrc:
            fits = min(bits_per_s, self.uplink.cap or bits_per_s)
            self.feed.wire.send_rtcp(rtcp.bitrate(OWN_SSRC, self.feed.ssrc, fits))

    def weigh(self, fraction: int, passed_s: int = 1) -> None:
        """So much (of 256) of the picture was lost on its way to us since the last time."""
        before = self.uplink.cap
        if self.uplink.second(self.bytes, fraction, passed_s) or before:
            self.allow(self.allowed if len(self.sinks) == 1 else START_BITS_PER_S)

    def report_down(self, report: rtcp.SenderReport) -> None:
        """The publisher's clock for every viewer, under the viewer's SSRC and timestamps."""
        for sink in self.sinks:
            sink.send_report(report)


@shared("sink_t")
class Sink:
    """One section of a viewer's connection: what it carries and how its numbers run."""

    __slots__ = (
        "_c", "_codecs", "_confirmations", "_extension", "_is_video", "_repairs", "_settled",
        "bytes", "delivered", "fresh", "held", "history", "kind", "last_at", "leg", "mid",
        "narrow", "numbering", "packets", "payload_type", "place", "reported", "retransmitted",
        "ssrc", "told", "track", "voiced", "weighed", "wire",
    )  # fmt: skip

    def __init__(
        self,
        wire: Sending,
        leg: str,
        kind: str,
        mid: str,
        ssrc: int,
        codecs: tuple[Codec, ...],
        extension_id: int,
        confirmations: Confirmations,
    ) -> None:
        self.wire, self.leg, self.kind, self.mid, self.ssrc = wire, leg, kind, mid, ssrc
        self._codecs = codecs
        self._is_video = kind == "video"
        # One-byte header: the id, the length less one, then the value.
        length = 2 if self._is_video else 1
        self._extension = extension_id << 28 | length << 24 if extension_id else 0
        self._confirmations = confirmations
        self.place = confirmations.seat(self)
        self.numbering = Numbering()
        self.history = History() if module is None else KeptPackets()
        self._repairs = Repairs()
        self.track: Track | None = None
        self.payload_type = 0
        self.packets = self.bytes = self.retransmitted = 0
        self.reported = -1
        self.told = 0
        self._settled = (0, 0, 0)
        self.delivered = self.voiced = False
        self.fresh = True
        self.held = False
        self.narrow = Narrow()
        self.weighed = 0
        self.last_at = 0.0

    def accepts(self, codec: Codec) -> int | None:
        """The viewer's payload type for the codec, or None when it cannot decode it."""
        return next((c.payload_type for c in self._codecs if c.meaning == codec.meaning), None)

    def attach(self, track: Track, payload_type: int) -> None:
        """Carry the track from its next packet on, which will be asked to be a key frame."""
        self.track, self.payload_type = track, payload_type
        track.sinks.append(self)
        self.fresh = True
        if self.wire.ready:
            track.keyframe()

    def detach(self) -> None:
        """Carry nothing; the section is free for another track."""
        if self.track is not None:
            self.settle()
            (self.track.waiting if self.held else self.track.sinks).remove(self)
            self.track, self.held = None, False

    def hold(self) -> None:
        """Stay with the track, but carry nothing of it."""
        if self.track is not None and not self.held:
            self.track.sinks.remove(self)
            self.track.waiting.append(self)
            self.held = True

    def go_on(self) -> None:
        """Carry it again, from a key frame on; the viewer's numbers go on without a jump."""
        if self.track is not None and self.held:
            self.track.waiting.remove(self)
            self.track.sinks.append(self)
            self.held, self.fresh = False, True
            self.track.keyframe()

    def settle(self) -> None:
        """Add to the room's totals what was sent since the last time."""
        if self.track is None:
            return
        totals = self.track.totals
        packets, octets, again = self._settled
        if self.kind == "audio":
            totals.audio += self.packets - packets
        else:
            totals.video += self.packets - packets
        totals.bytes += self.bytes - octets
        totals.retransmitted += self.retransmitted - again
        self._settled = self.packets, self.bytes, self.retransmitted

    def _rebase(self, seq: int, timestamp: int, now: float) -> None:
        """Another stream begins here: the viewer's numbers go on, its time by the clock."""
        self.fresh = False
        rate = 48_000 if self.kind == "audio" else 90_000
        silent_s = min(now - self.last_at, GAP_S_MAX)
        self.numbering.rebase(seq, timestamp, max(1, int(silent_s * rate)))

    def send(self, marker: int, seq: int, timestamp: int, payload: bytes, now: float) -> None:
        """One packet to the viewer."""
        wire = self.wire
        if not wire.ready:
            return
        if self.fresh:
            self._rebase(seq, timestamp, now)
        self.last_at = now
        out, when = self.numbering.map(seq, timestamp)
        second = marker | self.payload_type
        if self._extension:
            if self._is_video:
                written = self._extension | int(now % 64 * 262144) & 0xFFFFFF
            else:
                written = self._extension | self._confirmations.next(self) << 8
            data = TIMED_HEADER.pack(
                0x90, second, out, when, self.ssrc, 0xBEDE, 1, written
            ) + payload  # fmt: skip
        else:
            data = HEADER.pack(0x80, second, out, when, self.ssrc) + payload
        self.history.keep(out, data)
        if wire.send_rtp(data):
            self.packets += 1
            self.bytes += len(data)

    def send_report(self, report: rtcp.SenderReport) -> None:
        """A sender report in the viewer's own terms."""
        if not self.numbering.started:
            return
        when = (report.timestamp + self.numbering.timestamp_offset) & 0xFFFFFFFF
        self.wire.send_rtcp(
            rtcp.sender_report(
                rtcp.SenderReport(self.ssrc, report.ntp, when, self.packets, self.bytes)
            )
        )

    # -- from the viewer -------------------------------------------------------------

    def repair(self, missing: tuple[int, ...]) -> None:
        """Send lost packets again; what we never had is asked of the publisher."""
        unseen = []
        for number in missing[: self._repairs.allow(len(missing), time.monotonic())]:
            packet = self.history.find(number)
            if packet is not None:
                self.retransmitted += self.wire.send_rtp(packet)
            elif self.numbering.started and self._never_came(number):
                unseen.append(self.numbering.unmap(number))
        if self.track is not None:
            self.track.ask_again(unseen)

    def _never_came(self, number: int) -> bool:
        """Behind the newest, but not so far that the history has forgotten it."""
        return (self.numbering.last_seq - number) & 0xFFFF < HISTORY_PACKETS

    def heard_report(self, report: rtcp.Report) -> None:
        """A receiver report counts as delivery when it moved on and does not exceed what we sent.

        Half the number circle tells forward from backward.
        """
        ahead_of_us = (report.highest - self.numbering.last_seq - 1) & 0xFFFF
        if not self.packets or ahead_of_us < HALF_16:
            return
        if self.reported < 0 or 0 < (report.highest - self.reported) & 0xFFFFFFFF < 1 << 31:
            self.reported = report.highest
            if self.kind == "video":
                self.delivered = True
                self.narrow.lost(report.fraction)
                if self.track is not None:
                    self.track.ceiling.lost(report.fraction)
            else:
                self.voiced = True
