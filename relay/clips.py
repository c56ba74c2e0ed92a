"""The picture of relay/clip.py in every codec that passes through the relay, as RTP payloads.

Encoded by libvpx, x264 and SVT-AV1 as PyAV brings them, with low delay and one key frame, the
first. Formats: RFC 7741 (VP8), RFC 9628 (VP9), RFC 6184 (H.264, packetization mode 1),
"RTP Payload Format For AV1" v1.0.
"""

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType

from relay.clip import PAYLOAD_BYTES_MAX, Frame, encoded, vp8_clip

FU_A = 28
TEMPORAL_DELIMITER = 2
ENCODERS: Mapping[str, tuple[str, dict[str, str]]] = MappingProxyType(
    {
        "vp9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
        "h264": ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}),
        "av1": ("libsvtav1", {"preset": "11", "svtav1-params": "pred-struct=1:rc=2:lp=1"}),
    }
)


@functools.cache
def clip(codec: str) -> tuple[Frame, ...]:
    """Two seconds; each frame as RTP payloads. Only the first frame is a key frame."""
    if codec == "vp8":
        return vp8_clip()
    frames = encoded(*ENCODERS[codec])
    return tuple(PACKED[codec](data, number == 0) for number, data in enumerate(frames))


def _parts(data: bytes) -> list[bytes]:
    return [data[at : at + PAYLOAD_BYTES_MAX] for at in range(0, len(data), PAYLOAD_BYTES_MAX)]


def _vp9(data: bytes, key: bool) -> Frame:
    """The shortest descriptor: P unless it is key, B on the first packet, E on the last."""
    parts = _parts(data)
    last = len(parts) - 1
    heads = ((0 if key else 0x40) | (n == 0) << 3 | (n == last) << 2 for n in range(len(parts)))
    return tuple(bytes([head]) + part for head, part in zip(heads, parts, strict=True))


def _h264(data: bytes, _key: bool) -> Frame:
    """Units between start codes: whole, or in fragments (FU-A) when they are long."""
    units = [u for u in data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if u]
    return tuple(payload for unit in units for payload in _h264_unit(unit))


def _h264_unit(unit: bytes) -> list[bytes]:
    if len(unit) <= PAYLOAD_BYTES_MAX:
        return [unit]
    parts = _parts(unit[1:])
    last, head = len(parts) - 1, unit[0] & 0xE0 | FU_A
    return [
        bytes([head, (n == 0) << 7 | (n == last) << 6 | unit[0] & 0x1F]) + part
        for n, part in enumerate(parts)
    ]


def _av1(data: bytes, key: bool) -> Frame:
    """Every unit in packets of its own: Z, Y for fragments, W is 1, N on the first of a key."""
    found: list[bytes] = []
    for unit in _units(data):
        parts = _parts(unit)
        for n, part in enumerate(parts):
            first = key and not found
            head = (n > 0) << 7 | (n < len(parts) - 1) << 6 | 1 << 4 | first << 3
            found.append(bytes([head]) + part)
    return tuple(found)


def _units(data: bytes) -> list[bytes]:
    """The units of a low-overhead bit stream but delimiters; their sizes may stay (5.3.2)."""
    units, at = [], 0
    while at < len(data):
        start = at + (2 if data[at] & 4 else 1)
        size, shift = 0, 0
        while True:
            size |= (data[start] & 0x7F) << shift
            shift, start = shift + 7, start + 1
            if not data[start - 1] & 0x80:
                break
        if data[at] >> 3 & 15 != TEMPORAL_DELIMITER:
            units.append(data[at : start + size])
        at = start + size
    return units


PACKED: Mapping[str, Callable[[bytes, bool], Frame]] = MappingProxyType(
    {"vp9": _vp9, "h264": _h264, "av1": _av1}
)
