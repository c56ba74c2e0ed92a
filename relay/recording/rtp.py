"""The fields of an RTP packet (RFC 3550 section 5.1) that a film needs."""

import struct
from dataclasses import dataclass

_HEADER = struct.Struct("!BBHII")


@dataclass(frozen=True, slots=True)
class Rtp:
    """`payload` is without padding, and empty when there is only padding."""

    seq: int
    timestamp: int
    ssrc: int
    marker: bool
    payload: bytes


def parse(packet: bytes) -> Rtp | None:
    """The packet, or None when its lengths lie or it is not RTP version 2."""
    if len(packet) < _HEADER.size:
        return None
    first, second, seq, timestamp, ssrc = _HEADER.unpack_from(packet)
    start = _HEADER.size + 4 * (first & 15)
    if first & 0x10:
        if len(packet) < start + 4:
            return None
        start += 4 + 4 * (packet[start + 2] << 8 | packet[start + 3])
    end = len(packet) - (packet[-1] if first & 0x20 else 0)
    if first >> 6 != 2 or start > len(packet) or end < 0:
        return None
    return Rtp(seq, timestamp, ssrc, second > 127, packet[start:end] if start < end else b"")
