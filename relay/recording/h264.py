"""H.264 from RTP (RFC 6184, packetization modes 0 and 1) to a byte stream with start codes."""

from collections.abc import Sequence

from relay.recording.frames import Frame

START = b"\0\0\0\1"
IDR, SPS, DELIMITER = 5, 7, 9
SINGLE_MAX, STAP_A, FU_A = 23, 24, 28


def h264_frame(payloads: Sequence[bytes]) -> Frame | None:
    """The units of one picture; None when a fragment lacks its beginning or its end.

    Key is what begins with the sequence's parameters: without them no decoder can begin.
    """
    units: list[bytes] = []
    fragments: list[bytes] = []
    for payload in payloads:
        kind = payload[0] & 0x1F
        if (kind == FU_A) != bool(fragments) and fragments:
            return None
        if 1 <= kind <= SINGLE_MAX:
            units.append(payload)
        elif kind == STAP_A:
            found = _aggregated(payload)
            if found is None:
                return None
            units += found
        elif kind != FU_A or not _fragment(payload, fragments, units):
            return None
    if fragments or not units:
        return None
    kinds = [kind for unit in units if (kind := unit[0] & 0x1F) != DELIMITER]
    return Frame(START + START.join(units), kinds[:1] == [SPS] and IDR in kinds)


def _aggregated(payload: bytes) -> list[bytes] | None:
    """The units of a STAP-A, each behind two bytes of length."""
    units, at = [], 1
    while at < len(payload):
        length = int.from_bytes(payload[at : at + 2], "big")
        unit = payload[at + 2 : at + 2 + length]
        if not length or len(unit) < length:
            return None
        units.append(unit)
        at += 2 + length
    return units


def _fragment(payload: bytes, fragments: list[bytes], units: list[bytes]) -> bool:
    """Take one FU-A; its end completes a unit."""
    if len(payload) < 3:
        return False
    begins, ends = payload[1] & 0x80, payload[1] & 0x40
    if bool(begins) == bool(fragments):
        return False
    if begins:
        fragments.append(bytes([payload[0] & 0xE0 | payload[1] & 0x1F]))
    fragments.append(payload[2:])
    if ends:
        units.append(b"".join(fragments))
        fragments.clear()
    return True
