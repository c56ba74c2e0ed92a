"""The streams of a light endpoint: what was sent and may be again, what came and what lacks."""

import random
import time

from relay.clip import begins_key_frame
from relay.embedded import rtcp
from relay.embedded.codecs import Codec
from relay.embedded.forwarder import HEADER
from relay.embedded.numbering import HALF_16, Reception

# RFC 3550 counts from 1900, unix from 1970.
NTP_EPOCH_S = 2_208_988_800
MISSING_MAX = 64
# Sent packets that can be sent again.
HISTORY_PACKETS = 512


class Outbound:
    """One stream that we send."""

    def __init__(self, payload_type: int, clock_rate: int) -> None:
        self.payload_type, self.clock_rate = payload_type, clock_rate
        self.ssrc = random.randrange(2, 1 << 32)
        self.seq = random.randrange(1, 1 << 14)
        self.timestamp = random.randrange(1 << 31)
        self.packets = self.octets = 0
        self.history: dict[int, bytes] = {}

    def packet(self, payload: bytes, *, marker: bool) -> bytes:
        data = HEADER.pack(
            0x80, marker << 7 | self.payload_type, self.seq, self.timestamp & 0xFFFFFFFF, self.ssrc
        ) + payload  # fmt: skip
        self.history[self.seq] = data
        self.history.pop((self.seq - HISTORY_PACKETS) & 0xFFFF, None)
        self.seq = (self.seq + 1) & 0xFFFF
        self.packets += 1
        self.octets += len(payload)
        return data

    def report(self) -> bytes:
        now = time.time() + NTP_EPOCH_S
        ntp = int(now) << 32 | int(now % 1 * (1 << 32))
        at = self.timestamp & 0xFFFFFFFF
        return rtcp.sender_report(rtcp.SenderReport(self.ssrc, ntp, at, self.packets, self.octets))


class Inbound:
    """One stream that we receive: what is missing, and whether a whole frame has come."""

    def __init__(self, ssrc: int, codec: Codec) -> None:
        self.ssrc, self.codec = ssrc, codec
        self.reception = Reception()
        self.missing: set[int] = set()
        self._key_at: int | None = None

    def take(self, seq: int) -> bool:
        """Count a packet; True when it repaired a gap."""
        before = self.reception.highest
        self.reception.count(seq)
        if before >= 0 and (seq - before) & 0xFFFF < HALF_16:
            for number in range(before + 1, self.reception.highest):
                if len(self.missing) < MISSING_MAX:
                    self.missing.add(number & 0xFFFF)
            return False
        repaired = seq in self.missing
        self.missing.discard(seq)
        return repaired

    def completes_key_frame(self, seq: int, payload: bytes, *, marker: bool) -> bool:
        """Whether this packet ends the first whole key frame; other codecs: any whole frame."""
        if self.codec.name != "vp8":
            return marker
        if begins_key_frame(payload):
            self._key_at = seq
        return marker and self._key_at is not None and not self.missing
