"""A tape: what one source sent, as it came. Append-only, readable to the last whole record.

    offset  bytes  what
    0       8      b"MTAPE001"
    8       2      n, length of the label (big-endian, as every number here)
    10      n      the label, a JSON object: source, leg, kind ("audio", "video"), codec ("opus",
                   "vp8", "vp9", "av1", "h264"), clock_rate (Hz of the RTP timestamps)
    then records, one a packet, in the order of arrival:
            8      arrival, microseconds since 1970-01-01 UTC
            2      m, length of the packet
            m      the RTP packet, decrypted, with its header and extensions (RFC 3550)

A record that is cut off ends the tape: so it looks after the power went in the middle of a write.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from relay.errors import BadTape

MAGIC = b"MTAPE001"
SUFFIX = ".tape"
RECORD = struct.Struct("!QH")
LENGTH = struct.Struct("!H")
PACKET_BYTES_MIN, PACKET_BYTES_MAX = 12, 2048


@dataclass(frozen=True, slots=True)
class Label:
    """What a tape holds."""

    source: str
    leg: str
    kind: str
    codec: str
    clock_rate: int


def head(label: Label) -> bytes:
    """The beginning of a tape."""
    text = json.dumps(asdict(label)).encode()
    return MAGIC + LENGTH.pack(len(text)) + text


def read_label(file: BinaryIO, name: str = "") -> Label:
    """Read the beginning. Raises: BadTape."""
    start = file.read(len(MAGIC) + LENGTH.size)
    if len(start) < len(MAGIC) + LENGTH.size or not start.startswith(MAGIC):
        raise BadTape(name, "does not begin as a tape")
    (length,) = LENGTH.unpack_from(start, len(MAGIC))
    try:
        return Label(**json.loads(file.read(length)))
    except (ValueError, TypeError) as error:
        raise BadTape(name, "has no whole label") from error


def records(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(arrival in us, packet) to the last whole record."""
    while len(start := file.read(RECORD.size)) == RECORD.size:
        at_us, length = RECORD.unpack(start)
        packet = file.read(length)
        if len(packet) < length or not PACKET_BYTES_MIN <= length <= PACKET_BYTES_MAX:
            return
        yield at_us, packet


def tapes_in(folder: Path) -> list[Path]:
    """The tapes of a recording, the oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))
