"""Packets in order to whole frames; after a loss nothing is shown before the next key frame."""

from collections.abc import Iterable, Iterator

from relay.recording.frames import Frame
from relay.recording.order import Placed
from relay.recording.payloads import FRAMES


def assembled(packets: Iterable[Placed], codec: str) -> Iterator[tuple[Placed, Frame]]:
    """Each whole frame with its first packet. Sound has no memory and waits for nothing."""
    build, whole_packets = FRAMES[codec], codec == "opus"
    parts: list[Placed] = []
    key_wanted, before = not whole_packets, None

    def finished() -> Iterator[tuple[Placed, Frame]]:
        nonlocal key_wanted
        if parts:
            frame = build([one.rtp.payload for one in parts])
            key_wanted = not whole_packets and (frame is None or (key_wanted and not frame.key))
            if frame is not None and not key_wanted:
                yield parts[0], frame
            parts.clear()

    for one in packets:
        if before is not None and (one.part, one.index) != (before.part, before.index + 1):
            parts.clear()
            key_wanted = not whole_packets
        elif parts and one.ticks != parts[0].ticks:
            yield from finished()
        before = one
        if one.rtp.payload:
            parts.append(one)
        if one.rtp.marker or whole_packets:
            yield from finished()
    yield from finished()
