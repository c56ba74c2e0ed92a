"""RTCP read back as written, and garbage read as nothing."""

from hypothesis import given
from hypothesis import strategies as st

from relay.embedded import rtcp

U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFFFFFF)


@given(U32, U32, st.sets(U16, min_size=1, max_size=60))
def test_nack_comes_back_whole(own: int, ssrc: int, missing: set[int]) -> None:
    (message,) = rtcp.parse(rtcp.nack(own, ssrc, list(missing)))
    assert isinstance(message, rtcp.Nack)
    assert message.ssrc == ssrc
    assert set(message.missing) == missing


@given(st.lists(st.builds(rtcp.Report, U32, U32, st.integers(0, 0x7FFFFF), st.integers(0, 255),
                          U32, U32), max_size=31))  # fmt: skip
def test_receiver_report_comes_back_whole(reports: list[rtcp.Report]) -> None:
    assert rtcp.parse(rtcp.receiver_report(1, reports)) == reports


@given(U32, st.integers(0, (1 << 64) - 1), U32, U32, U32)
def test_sender_report_comes_back_whole(
    ssrc: int, ntp: int, timestamp: int, packets: int, octets: int
) -> None:
    report = rtcp.SenderReport(ssrc, ntp, timestamp, packets, octets)
    assert rtcp.parse(rtcp.sender_report(report)) == [report]


@given(U32, st.integers(1, 10**10))
def test_bitrate_comes_back_to_a_few_parts_in_a_hundred_thousand(ssrc: int, bits: int) -> None:
    (message,) = rtcp.parse(rtcp.bitrate(1, ssrc, bits))
    assert isinstance(message, rtcp.Bitrate)
    assert message.ssrcs == (ssrc,)
    assert 0 <= bits - message.bits_per_s <= bits / 100_000


def test_compound_packets_are_read_to_their_end() -> None:
    data = rtcp.receiver_report(1, []) + rtcp.picture_loss(1, 7) + rtcp.nack(1, 7, [3])
    assert rtcp.parse(data) == [rtcp.KeyframeRequest(7), rtcp.Nack(7, (3,))]


def test_transport_wide_feedback_names_its_last_packet() -> None:
    body = b"\0\0\0\1\0\0\0\7\xff\xfe\0\4\0\0\0\0\x20\4\0\0"
    assert rtcp.parse(bytes([0x80 | 15, 205, 0, 5]) + body) == [rtcp.Arrival(7, 1)]


@given(st.binary(max_size=300))
def test_garbage_is_never_an_error(data: bytes) -> None:
    rtcp.parse(data)


@given(st.integers(0, 31), st.sampled_from([200, 201, 205, 206]), st.binary(max_size=200))
def test_garbage_under_a_true_head_is_never_an_error(count: int, kind: int, body: bytes) -> None:
    body = body[: len(body) // 4 * 4]
    rtcp.parse(bytes([0x80 | count, kind, 0, len(body) // 4]) + body)
