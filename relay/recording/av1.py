"""AV1 from RTP ("RTP Payload Format For AV1", v1.0, section 4) to a low-overhead bit stream."""

from collections.abc import Iterator, Sequence

from relay.recording.frames import Frame

SEQUENCE_HEADER, TEMPORAL_DELIMITER, TILE_LIST = 1, 2, 8
DELIMITER = b"\x12\0"


def av1_frame(payloads: Sequence[bytes]) -> Frame | None:
    """The units of one moment, each with its size; None when a unit lacks its beginning or its end.

    Key is what the sender calls the first of a sequence and has the sequence's header.
    """
    joined: list[bytes] = []
    open_end = False
    for payload in payloads:
        if bool(payload[0] & 0x80) != open_end:
            return None
        elements = list(_elements(payload))
        if not elements or None in elements:
            return None
        whole = [one for one in elements if one is not None]
        if open_end:
            joined[-1] += whole.pop(0)
        joined += whole
        open_end = bool(payload[0] & 0x40)
    if open_end:
        return None
    units = [sized for unit in joined if unit and (sized := _sized(unit))]
    first = bool(payloads[0][0] & 0x08)
    key = first and any(unit[0] >> 3 & 15 == SEQUENCE_HEADER for unit in units)
    return Frame(b"".join(units), key) if units else None


def _elements(payload: bytes) -> Iterator[bytes | None]:
    """What the aggregation header counts; None at the first length that lies."""
    count, at, number = payload[0] >> 4 & 3, 1, 0
    while at < len(payload):
        number += 1
        if number == count:
            yield payload[at:]
            return
        length, at = leb128(payload, at)
        if at + length > len(payload):
            yield None
            return
        yield payload[at : at + length]
        at += length


def _sized(unit: bytes) -> bytes:
    """The unit with a size field; what a file does not hold becomes nothing."""
    kind, start = unit[0] >> 3 & 15, 2 if unit[0] & 4 else 1
    if kind in (TEMPORAL_DELIMITER, TILE_LIST) or len(unit) < start:
        return b""
    body = unit[start:]
    if unit[0] & 2:
        length, at = leb128(unit, start)
        body = unit[at : at + length]
    return bytes([unit[0] | 2]) + unit[1:start] + written(len(body)) + body


def leb128(data: bytes, at: int) -> tuple[int, int]:
    """(the number, where it ends).

    >>> leb128(bytes([0xE5, 0x8E, 0x26]), 0)
    (624485, 3)
    """
    value = 0
    for place in range(8):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << 7 * place
        if not byte & 0x80:
            break
    return value, at


def written(value: int) -> bytes:
    """The number as leb128.

    >>> leb128(written(624485), 0)
    (624485, 3)
    """
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
