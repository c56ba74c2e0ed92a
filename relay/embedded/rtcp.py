"""RTCP in bytes: compound packets read into small values, reports and requests written.

Garbage is not an error here: reading stops at the first block that makes no sense.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SENDER_REPORT = 200
RECEIVER_REPORT = 201
TRANSPORT_FEEDBACK = 205
PAYLOAD_FEEDBACK = 206
NACK = 1
PICTURE_LOSS = 1
FULL_INTRA = 4
APPLICATION = 15
TRANSPORT_WIDE = 15
BLOCKS_MAX = 64
NACK_ENTRIES_MAX = 128

_HEAD = struct.Struct("!BBH")
_REPORT = struct.Struct("!IIIIII")
_SENDER = struct.Struct("!IQIII")


@dataclass(frozen=True, slots=True)
class Report:
    """What a receiver says of one stream. `highest` is the extended sequence number."""

    ssrc: int
    highest: int
    lost: int = 0
    fraction: int = 0
    last_sender_report: int = 0
    delay_65536: int = 0


@dataclass(frozen=True, slots=True)
class SenderReport:
    """NTP time (64 bits) and RTP timestamp of the same moment, packets and bytes sent."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Nack:
    """Sequence numbers that a receiver misses."""

    ssrc: int
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyframeRequest:
    """PLI or FIR."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Bitrate:
    """REMB: how many bits per second the receiver believes to fit."""

    ssrcs: tuple[int, ...]
    bits_per_s: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """Transport-wide feedback: the packet of this number has arrived."""

    ssrc: int
    number: int


Message = Arrival | Report | SenderReport | Nack | KeyframeRequest | Bitrate


def parse(data: bytes) -> list[Message]:
    """Messages of a compound packet, in order; what cannot be read is left out."""
    messages: list[Message] = []
    position, blocks = 0, 0
    while position + 8 <= len(data) and blocks < BLOCKS_MAX:
        first, kind, words = _HEAD.unpack_from(data, position)
        end = position + 4 * (words + 1)
        if first >> 6 != 2 or end > len(data):
            break
        messages += _block(kind, first & 31, data[position + 4 : end])
        position, blocks = end, blocks + 1
    return messages


def _block(kind: int, count: int, body: bytes) -> Iterator[Message]:
    if kind == SENDER_REPORT and len(body) >= _SENDER.size:
        yield SenderReport(*_SENDER.unpack_from(body))
        yield from _reports(body, _SENDER.size, count)
    elif kind == RECEIVER_REPORT:
        yield from _reports(body, 4, count)
    elif kind == TRANSPORT_FEEDBACK and count == NACK and len(body) >= 12:
        yield Nack(_word(body, 4), tuple(_missing(body)))
    elif kind == TRANSPORT_FEEDBACK and count == TRANSPORT_WIDE and len(body) >= 16:
        first, packets = struct.unpack_from("!HH", body, 8)
        if packets:
            yield Arrival(_word(body, 4), (first + packets - 1) & 0xFFFF)
    elif kind == PAYLOAD_FEEDBACK and len(body) >= 8:
        yield from _payload_feedback(count, body)


def _reports(body: bytes, position: int, count: int) -> Iterator[Report]:
    for _ in range(count):
        if position + _REPORT.size > len(body):
            return
        ssrc, loss, highest, _, last, delay = _REPORT.unpack_from(body, position)
        yield Report(ssrc, highest, loss & 0xFFFFFF, loss >> 24, last, delay)
        position += _REPORT.size


def _missing(body: bytes) -> Iterator[int]:
    for position in range(8, min(len(body) - 3, 8 + 4 * NACK_ENTRIES_MAX), 4):
        first, mask = struct.unpack_from("!HH", body, position)
        yield first
        for bit in range(16):
            if mask >> bit & 1:
                yield (first + bit + 1) & 0xFFFF


def _payload_feedback(count: int, body: bytes) -> Iterator[Message]:
    if count == PICTURE_LOSS:
        yield KeyframeRequest(_word(body, 4))
    elif count == FULL_INTRA:
        for position in range(8, len(body) - 7, 8):
            yield KeyframeRequest(_word(body, position))
    elif count == APPLICATION and body[8:12] == b"REMB" and len(body) >= 16:
        listed = min(body[12], (len(body) - 16) // 4)
        word = int.from_bytes(body[13:16], "big")
        bits_per_s = (word & 0x3FFFF) << (word >> 18)
        yield Bitrate(tuple(_word(body, 16 + 4 * n) for n in range(listed)), bits_per_s)


def _word(body: bytes, position: int) -> int:
    return int.from_bytes(body[position : position + 4], "big")


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return _HEAD.pack(0x80 | count, kind, len(body) // 4) + body


def receiver_report(own_ssrc: int, reports: Sequence[Report]) -> bytes:
    """A receiver report of at most 31 streams."""
    body = struct.pack("!I", own_ssrc)
    for r in reports[:31]:
        loss = (r.fraction & 0xFF) << 24 | r.lost & 0xFFFFFF
        body += _REPORT.pack(r.ssrc, loss, r.highest, 0, r.last_sender_report, r.delay_65536)
    return _packet(RECEIVER_REPORT, len(reports[:31]), body)


def sender_report(report: SenderReport) -> bytes:
    """A sender report without receiver blocks."""
    body = _SENDER.pack(
        report.ssrc, report.ntp, report.timestamp, report.packets & 0xFFFFFFFF,
        report.octets & 0xFFFFFFFF,
    )  # fmt: skip
    return _packet(SENDER_REPORT, 0, body)


def nack(own_ssrc: int, ssrc: int, missing: Sequence[int]) -> bytes:
    """Ask for packets again; numbers close together share an entry."""
    body = struct.pack("!II", own_ssrc, ssrc)
    wanted = sorted(set(missing))[:NACK_ENTRIES_MAX]
    while wanted:
        first, mask, rest = wanted[0], 0, []
        for number in wanted[1:]:
            if number - first <= 16:
                mask |= 1 << (number - first - 1)
            else:
                rest.append(number)
        body += struct.pack("!HH", first, mask)
        wanted = rest
    return _packet(TRANSPORT_FEEDBACK, NACK, body)


def picture_loss(own_ssrc: int, ssrc: int) -> bytes:
    """Ask for a key frame."""
    return _packet(PAYLOAD_FEEDBACK, PICTURE_LOSS, struct.pack("!II", own_ssrc, ssrc))


def estimate(bits_per_s: int) -> bytes:
    """The three bytes of an estimate: six bits of exponent, eighteen of mantissa.

    >>> estimate(2_000_000).hex()
    '0fd090'
    """
    exponent = max(0, bits_per_s.bit_length() - 18)
    return (exponent << 18 | bits_per_s >> exponent).to_bytes(3, "big")


def bitrate(own_ssrc: int, ssrc: int, bits_per_s: int) -> bytes:
    """Tell the sender of one stream how many bits per second fit."""
    body = (
        struct.pack("!II", own_ssrc, 0)
        + b"REMB\x01"
        + estimate(bits_per_s)
        + struct.pack("!I", ssrc)
    )
    return _packet(PAYLOAD_FEEDBACK, APPLICATION, body)
