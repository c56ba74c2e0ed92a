"""What a light endpoint remembers of its streams."""

from relay.embedded import rtcp
from relay.embedded.codecs import Codec
from relay.embedded.forwarder import HEADER
from relay.streams import HISTORY_PACKETS, MISSING_MAX, Inbound, Outbound

VP8, H264 = Codec(96, "vp8", 90_000), Codec(102, "h264", 90_000)
KEY, DELTA = bytes([0x10, 0]), bytes([0x10, 1])


def test_what_was_sent_can_be_sent_again_for_a_while() -> None:
    stream = Outbound(96, 90_000)
    first = stream.seq
    sent = [stream.packet(bytes(10), marker=n == 0) for n in range(HISTORY_PACKETS + 3)]
    assert len(stream.history) == HISTORY_PACKETS
    assert first + 2 not in stream.history
    assert stream.history[first + 3] == sent[3]
    assert HEADER.unpack_from(sent[0])[:3] == (0x80, 0x80 | 96, first)
    (report,) = rtcp.parse(stream.report())
    assert isinstance(report, rtcp.SenderReport)
    assert (report.packets, report.octets) == (len(sent), 10 * len(sent))


def test_gaps_are_missing_until_they_are_repaired() -> None:
    stream = Inbound(7, VP8)
    assert [stream.take(seq) for seq in (65_534, 65_535, 2)] == [False] * 3
    assert stream.missing == {0, 1}
    assert [stream.take(seq) for seq in (0, 0, 1)] == [True, False, True]
    stream.take(1000)
    assert len(stream.missing) == MISSING_MAX


def test_a_frame_is_whole_without_gaps_from_a_key_frame_on() -> None:
    stream = Inbound(7, VP8)
    stream.take(1)
    assert not stream.completes_key_frame(1, DELTA, marker=True)
    stream.take(3)
    assert not stream.completes_key_frame(3, KEY, marker=True)
    stream.take(2)
    assert stream.completes_key_frame(3, KEY, marker=True)
    assert Inbound(7, H264).completes_key_frame(1, DELTA, marker=True)
