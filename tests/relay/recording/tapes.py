"""Tapes made in a test: packets of a given stream, written as the writer writes them."""

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from relay.recording.tape import RECORD, Label, head

AT_US = 1_800_000_000_000_000
VIDEO = Label("client-video-0", "client", "video", "vp8", 90_000)
AUDIO = Label("host-audio-0", "host", "audio", "opus", 48_000)
Record = tuple[int, bytes]


def rtp(
    seq: int, timestamp: int, payload: bytes, *, marker: bool = False, ssrc: int = 7, kind: int = 96
) -> bytes:
    """A packet without extensions."""
    return (
        struct.pack("!BBHII", 0x80, marker << 7 | kind, seq & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
        + payload
    )


def frames_as_records(
    frames: Iterable[Sequence[bytes]],
    *,
    step: int,
    step_us: int,
    seq: int = 65_500,
    timestamp: int = 2**32 - 9_000,
    at_us: int = AT_US,
) -> list[Record]:
    """A packet for each payload, a marker on a frame's last; numbers go round on the way."""
    made: list[Record] = []
    for number, payloads in enumerate(frames):
        for place, payload in enumerate(payloads, 1):
            packet = rtp(seq, timestamp + number * step, payload, marker=place == len(payloads))
            made.append((at_us + number * step_us, packet))
            seq += 1
    return made


def write(folder: Path, label: Label, made: Iterable[Record], name: str = "1") -> Path:
    """A whole tape."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.tape"
    records = (RECORD.pack(at_us, len(packet)) + packet for at_us, packet in made)
    path.write_bytes(head(label) + b"".join(records))
    return path
