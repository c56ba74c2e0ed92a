"""Numbers, history, throttle, reception: the pure half of the forwarder."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from relay.embedded import rtcp
from relay.embedded.codecs import Codec
from relay.embedded.confirmations import Confirmations
from relay.embedded.forwarder import HEADER, Feed, Sink, Totals, Track
from relay.embedded.numbering import (
    HISTORY_PACKETS,
    KEYFRAME_EVERY_S,
    History,
    KeyframeThrottle,
    Numbering,
    Reception,
)

VP8 = Codec(96, "vp8", 90_000)
OTHER_VP8 = Codec(120, "vp8", 90_000)
U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFFFFFF)


class FakeWire:
    """Remembers what was sent."""

    def __init__(self) -> None:
        self.ready = True
        self.rtp: list[bytes] = []
        self.rtcp: list[rtcp.Message] = []

    def send_rtp(self, data: bytes) -> bool:
        self.rtp.append(data)
        return True

    def send_rtcp(self, data: bytes) -> bool:
        self.rtcp += rtcp.parse(data)
        return True


class Stage:
    """One publisher, one viewer, and the calls that were put off."""

    def __init__(self, kind: str = "video", extension: int = 3) -> None:
        self.up, self.down = FakeWire(), FakeWire()
        self.later: list[tuple[float, object]] = []
        self.totals = Totals()
        self.track = Track(
            f"client-{kind}-0", "client", kind, self.totals,
            lambda wait, call: self.later.append((wait, call)),
        )  # fmt: skip
        self.feed = Feed(self.track, self.up, VP8)
        self.track.feed = self.feed
        self.feed.switch(77)
        self.sink = Sink(
            self.down, "host", kind, "1", 4242, (OTHER_VP8,), extension, Confirmations()
        )
        self.sink.attach(self.track, 120)

    def send(self, seq: int, timestamp: int = 0, payload: bytes = b"x", first: int = 0x80) -> None:
        packet = HEADER.pack(first, 96, seq & 0xFFFF, timestamp & 0xFFFFFFFF, 77) + payload
        self.track.take(first, 0, seq & 0xFFFF, timestamp & 0xFFFFFFFF, packet)


def numbers(wire: FakeWire) -> list[int]:
    return [HEADER.unpack_from(data)[2] for data in wire.rtp]


@given(U16, U32, st.lists(st.integers(-100, 100), min_size=1, max_size=50))
def test_distances_are_kept_through_every_wrap(seq: int, timestamp: int, steps: list[int]) -> None:
    numbering = Numbering()
    numbering.rebase(seq, timestamp, 0)
    base, when = numbering.map(seq, timestamp)
    for step in steps:
        out, later = numbering.map((seq + step) & 0xFFFF, (timestamp + step) & 0xFFFFFFFF)
        assert (out - base) & 0xFFFF == step & 0xFFFF
        assert (later - when) & 0xFFFFFFFF == step & 0xFFFFFFFF
        assert numbering.unmap(out) == (seq + step) & 0xFFFF


@given(U16, U32, U16, U32, st.integers(1, 90_000))
def test_another_stream_goes_on_where_the_last_ended(
    seq: int, timestamp: int, seq2: int, timestamp2: int, gap: int
) -> None:
    numbering = Numbering()
    numbering.rebase(seq, timestamp, 0)
    last, when = numbering.map(seq, timestamp)
    numbering.rebase(seq2, timestamp2, gap)
    out, later = numbering.map(seq2, timestamp2)
    assert out == (last + 1) & 0xFFFF
    assert later == (when + gap) & 0xFFFFFFFF


@given(st.lists(U16, max_size=40), U16)
def test_history_finds_only_what_it_kept(kept: list[int], asked: int) -> None:
    history = History()
    for number in kept:
        history.keep(number, HEADER.pack(0x80, 96, number, 0, 1))
    found = history.find(asked)
    if found is not None:
        assert asked in kept
        assert HEADER.unpack_from(found)[2] == asked
    elif asked in kept:
        after = kept[len(kept) - kept[::-1].index(asked) :]
        assert any(n % HISTORY_PACKETS == asked % HISTORY_PACKETS for n in after)


@given(st.lists(st.floats(0.001, 1.0), min_size=1, max_size=60))
def test_key_frames_are_throttled_and_the_last_wish_is_remembered(waits: list[float]) -> None:
    throttle, now, sent = KeyframeThrottle(), 0.0, []
    for wait in waits:
        now += wait
        due = throttle.ask(now)
        if due == 0.0:
            sent.append(now)
        else:
            assert throttle.pending
            assert now + due <= sent[-1] + KEYFRAME_EVERY_S + 1e-9
    assert all(b - a >= KEYFRAME_EVERY_S - 1e-9 for a, b in itertools.pairwise(sent))


@given(U16, st.lists(st.booleans(), min_size=2, max_size=400))
def test_reception_counts_loss_through_wraps(start: int, arrived: list[bool]) -> None:
    reception = Reception()
    arrived = [True, *arrived, True]
    for step, came in enumerate(arrived):
        if came:
            reception.count((start + step) & 0xFFFF)
    report = reception.report(77, 1.0)
    assert report.lost == arrived.count(False)
    assert report.highest == start + len(arrived) - 1


def test_a_repair_hides_no_loss_from_the_sender() -> None:
    reception = Reception()
    for seq in (1, 2, 4, 5, 3, 5, 6):
        reception.count(seq)
    report = reception.report(77, 1.0)
    assert (report.highest, report.lost, report.fraction) == (6, 1, 256 // 6)


def test_extensions_are_stripped_and_only_the_sending_time_is_written() -> None:
    stage = Stage()
    extended = b"\xbe\xde\x00\x01\x10\xff\x00\x00" + b"picture"
    stage.send(5, 9, extended, first=0x90)
    (data,) = stage.down.rtp
    first, second, _, _, ssrc = HEADER.unpack_from(data)
    assert (first, second & 0x7F, ssrc) == (0x90, 120, 4242)
    assert data[12:16] == b"\xbe\xde\x00\x01"
    assert data[16] == 3 << 4 | 2
    assert data[20:] == b"picture"


def test_padding_alone_keeps_the_numbers_whole() -> None:
    stage = Stage(extension=0)
    stage.send(1)
    stage.send(2, 0, b"\x00\x00\x03", first=0xA0)
    stage.send(3)
    assert numbers(stage.down) == [1000, 1001, 1002]
    assert stage.down.rtp[1][12:] == b""


def test_lost_packets_come_again_and_unseen_ones_are_asked_upstream() -> None:
    stage = Stage()
    for seq in (10, 11, 13):
        stage.send(seq)
    sent = len(stage.down.rtp)
    stage.sink.repair((1001, 1002))
    assert numbers(stage.down)[sent:] == [1001]
    assert stage.up.rtcp[-1] == rtcp.Nack(77, (12,))
    assert stage.sink.retransmitted == 1


def test_lost_voice_comes_again_too() -> None:
    """Unlike the witness' confirmations: those count what came, whichever time it came."""
    stage = Stage("audio")
    for seq in (10, 11, 13):
        stage.send(seq)
    stage.sink.repair((1000, 1002))
    assert numbers(stage.down) == [1000, 1001, 1003, 1000]
    assert stage.up.rtcp == [rtcp.Nack(77, (12,))]


def test_voice_is_confirmed_packet_by_packet() -> None:
    stage = Stage("audio")
    stage.send(10)
    stage.send(11)
    confirmed = [data[17] << 8 | data[18] for data in stage.down.rtp]
    assert confirmed == [1, 2]
    confirmations = stage.sink._confirmations
    confirmations.arrived(900)
    assert not stage.sink.delivered
    confirmations.arrived(2)
    assert stage.sink.delivered


def test_many_key_frame_wishes_become_one_now_and_one_later() -> None:
    stage = Stage()
    wishes = [m for m in stage.up.rtcp if isinstance(m, rtcp.KeyframeRequest)]
    for _ in range(5):
        stage.track.keyframe()
    wishes = [m for m in stage.up.rtcp if isinstance(m, rtcp.KeyframeRequest)]
    assert len(wishes) == 1
    assert len(stage.later) == 1
    assert 0 < stage.later[0][0] <= KEYFRAME_EVERY_S


def test_a_wish_before_the_first_packet_is_kept() -> None:
    stage = Stage()
    stage.feed.ssrc = 0
    stage.track.throttle = KeyframeThrottle()
    stage.track.keyframe()
    assert stage.track.throttle.pending
    stage.feed.switch(78)
    stage.send(1)
    assert stage.later[-1][0] == 0.0


def test_sender_reports_speak_the_viewers_terms() -> None:
    stage = Stage()
    stage.send(10, 5000)
    stage.track.report_down(rtcp.SenderReport(77, 1 << 40, 5000, 1, 1))
    (report,) = [m for m in stage.down.rtcp if isinstance(m, rtcp.SenderReport)]
    assert (report.ssrc, report.ntp, report.packets) == (4242, 1 << 40, 1)
    assert report.timestamp == HEADER.unpack_from(stage.down.rtp[0])[3]


def test_an_estimate_goes_up_for_one_viewer_only() -> None:
    stage = Stage()
    stage.track.pass_bitrate(3_000_000)
    told = [m for m in stage.up.rtcp if isinstance(m, rtcp.Bitrate)]
    assert [m.ssrcs for m in told] == [(77,)]
    assert abs(told[0].bits_per_s - 3_000_000) < 20
    second = Sink(stage.down, "third", "video", "1", 9, (OTHER_VP8,), 0, Confirmations())
    second.attach(stage.track, 120)
    stage.track.pass_bitrate(1_000_000)
    assert len([m for m in stage.up.rtcp if isinstance(m, rtcp.Bitrate)]) == 1


def test_a_narrow_uplink_is_no_leave_to_send_more_than_the_viewer_takes() -> None:
    stage = Stage()
    for estimate in (600_000, 400_000):  # it fell, so it is believed
        stage.track.pass_bitrate(estimate)
    for octets, lost in ((200_000, 128), (240_000, 128), (300_000, 0)):
        stage.track.bytes = octets
        stage.track.weigh(lost)
    told = [m.bits_per_s for m in stage.up.rtcp if isinstance(m, rtcp.Bitrate)]
    assert [round(bits, -4) for bits in told[-3:]] == [400_000, 270_000, 290_000]


def test_reports_count_only_when_they_move_and_do_not_lie() -> None:
    stage = Stage()
    for seq in range(5):
        stage.send(seq)
    for highest, believed in (
        (1003, True),
        (1003, False),
        (1002, False),
        (1004, True),
        (9000, False),
    ):
        stage.sink.delivered = False
        stage.sink.heard_report(rtcp.Report(4242, highest))
        assert stage.sink.delivered is believed, highest


def test_totals_survive_the_viewer() -> None:
    stage = Stage()
    stage.send(1)
    stage.sink.detach()
    assert (stage.totals.video, stage.totals.audio) == (1, 0)
    assert stage.totals.bytes > 0


@given(U16, st.lists(st.sampled_from(["next", "skip", "other"]), max_size=60))
def test_a_viewer_never_sees_a_number_twice_or_a_jump_by_our_doing(
    seq: int, story: list[str]
) -> None:
    stage = Stage()
    expected = [1000]
    stage.send(seq)
    for step in story:
        if step == "other":
            seq = (seq * 31 + 7) & 0xFFFF
            stage.track.moved = True
            expected.append(expected[-1] + 1)
        else:
            move = 1 if step == "next" else 2
            seq += move
            expected.append(expected[-1] + move)
        stage.send(seq)
    assert numbers(stage.down) == [n & 0xFFFF for n in expected]
