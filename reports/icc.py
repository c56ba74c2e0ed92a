"""The sRGB profile that the pages declare: ICC version 2, built from the published numbers."""

import struct
from functools import cache

_WHITE = (0.9642, 1.0, 0.8249)
#: Red, green and blue primaries of IEC 61966-2-1, adapted to D50.
_PRIMARIES = {
    b"rXYZ": (0.4360747, 0.2225045, 0.0139322),
    b"gXYZ": (0.3850649, 0.7168786, 0.0971045),
    b"bXYZ": (0.1430804, 0.0606169, 0.7141733),
}
_STEPS = 1024


@cache
def srgb_profile() -> bytes:
    """The same bytes on every machine: no date, no vendor."""
    name = b"sRGB IEC61966-2.1\0"
    desc = b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(4 + 4 + 2 + 1 + 67)
    shared = _curve()
    tags = {
        b"desc": desc,
        b"cprt": b"text\0\0\0\0No copyright, use freely\0",
        b"wtpt": _xyz(_WHITE),
        **{tag: _xyz(value) for tag, value in _PRIMARIES.items()},
        b"rTRC": shared,
        b"gTRC": shared,
        b"bTRC": shared,
    }
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    placed: dict[bytes, int] = {}
    for tag, data in tags.items():
        if data not in placed:
            placed[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += tag + struct.pack(">II", placed[data], len(data))
    size = start + len(body)
    return _header(size) + struct.pack(">I", len(tags)) + table + body


def _header(size: int) -> bytes:
    date = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    kinds = b"mntrRGB XYZ " + date + b"acsp"
    head = struct.pack(">I4sI", size, bytes(4), 0x02100000) + kinds
    return head + bytes(4 * 7) + _fixed(_WHITE) + bytes(128 - len(head) - 28 - 12)


def _fixed(values: tuple[float, ...]) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(values)


def _curve() -> bytes:
    points = [i / (_STEPS - 1) for i in range(_STEPS)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in points]
    return b"curv\0\0\0\0" + struct.pack(
        f">I{_STEPS}H", _STEPS, *(round(value * 65535) for value in linear)
    )
