"""Payloads of one picture to a frame as a file holds it: VP8 (RFC 7741), VP9 (RFC 9628).

Every function of `FRAMES` takes the payloads of the packets of one timestamp, all of them and in
order, and gives the frame, or None when they do not begin or go on as the format wants. H.264 and
AV1 stand in files of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from relay.recording.av1 import av1_frame
from relay.recording.frames import Frame
from relay.recording.h264 import h264_frame


def opus_frame(payloads: Sequence[bytes]) -> Frame | None:
    """One packet is one frame (RFC 7587), and each can be decoded by itself."""
    return Frame(payloads[0], key=True) if len(payloads) == 1 and payloads[0] else None


def vp8_frame(payloads: Sequence[bytes]) -> Frame | None:
    """The first packet begins partition 0; the lowest bit of the frame says whether it is key."""
    parts = []
    for number, payload in enumerate(payloads):
        start = _vp8_start(payload)
        begins = bool(payload[0] & 0x10) and not payload[0] & 0x07
        if start is None or begins != (number == 0):
            return None
        parts.append(payload[start:])
    data = b"".join(parts)
    return Frame(data, key=not data[0] & 1)


def _vp8_start(payload: bytes) -> int | None:
    """Where the frame's bytes begin: X, then I (one or two bytes), L, T or K."""
    start = 1
    if payload[0] & 0x80:
        if len(payload) < 3:
            return None
        flags = payload[1]
        start = 2
        if flags & 0x80:
            start += 2 if payload[start] & 0x80 else 1
        start += bool(flags & 0x40) + bool(flags & 0x30)
    return start if start < len(payload) else None


def vp9_frame(payloads: Sequence[bytes]) -> Frame | None:
    """Layers of one picture become a superframe (VP9 bitstream, annex B)."""
    layers: list[list[bytes]] = []
    for payload in payloads:
        start = _vp9_start(payload)
        if start is None:
            return None
        if payload[0] & 0x08:
            layers.append([])
        elif not layers:
            return None
        layers[-1].append(payload[start:])
    key = not payloads[0][0] & 0x40
    return Frame(_superframe([b"".join(layer) for layer in layers]), key)


def _vp9_start(payload: bytes) -> int | None:
    """Where the frame's bytes begin: I P L F B E V Z, then what these announce."""
    flags, start = payload[0], 1
    try:
        if flags & 0x80:
            start += 2 if payload[start] & 0x80 else 1
        if flags & 0x20:
            start += 1 if flags & 0x10 else 2
        if flags & 0x50 == 0x50:
            references = 1
            while payload[start] & 1 and references < 3:
                start, references = start + 1, references + 1
            start += 1
        if flags & 0x02:
            start = _vp9_structure_end(payload, start)
    except IndexError:
        return None
    return start if start < len(payload) else None


def _vp9_structure_end(payload: bytes, start: int) -> int:
    """The end of the scalability structure: sizes of the layers, then the group of pictures."""
    head, start = payload[start], start + 1
    if head & 0x10:
        start += 4 * ((head >> 5) + 1)
    if head & 0x08:
        pictures, start = payload[start], start + 1
        for _ in range(pictures):
            start += 1 + (payload[start] >> 2 & 3)
    return start


def _superframe(frames: Sequence[bytes]) -> bytes:
    """One frame as it is; several with an index behind them."""
    if len(frames) == 1:
        return frames[0]
    width = max((max(map(len, frames)).bit_length() + 7) // 8, 1)
    mark = bytes([0xC0 | width - 1 << 3 | len(frames) - 1])
    sizes = b"".join(len(frame).to_bytes(width, "little") for frame in frames)
    return b"".join(frames) + mark + sizes + mark


FRAMES: Mapping[str, Callable[[Sequence[bytes]], Frame | None]] = MappingProxyType(
    {
        "opus": opus_frame,
        "vp8": vp8_frame,
        "vp9": vp9_frame,
        "h264": h264_frame,
        "av1": av1_frame,
    }
)
