"""Payloads to frames: each format's ways to begin, go on and end, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.clip import vp8_clip
from relay.recording.av1 import av1_frame, written
from relay.recording.frames import Frame
from relay.recording.h264 import START, h264_frame
from relay.recording.payloads import FRAMES, opus_frame, vp8_frame, vp9_frame

junk = st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=6)


@pytest.mark.parametrize("codec", sorted(FRAMES))
@given(payloads=junk)
def test_whatever_comes_nothing_is_raised(codec: str, payloads: list[bytes]) -> None:
    found = FRAMES[codec](payloads)
    assert found is None or isinstance(found, Frame)


def test_opus_is_one_packet_a_frame() -> None:
    assert opus_frame([b"abc"]) == Frame(b"abc", key=True)
    assert opus_frame([b"a", b"b"]) is None


def test_vp8_frames_are_joined() -> None:
    key, after = vp8_clip()[0], vp8_clip()[1]
    assert vp8_frame(key) == Frame(b"".join(part[1:] for part in key), key=True)
    found = vp8_frame(after)
    assert found is not None
    assert not found.key
    assert vp8_frame(key[1:]) is None
    assert vp8_frame([*key, key[0]]) is None


def test_vp8_descriptors_of_every_length_are_skipped() -> None:
    body = b"\x10body"
    for head in (
        b"\x10",
        b"\x90\x80\x11",
        b"\x90\x80\x91\x22",
        b"\x90\xe0\x91\x22\x05\x40",
        b"\x90\x70\x05\x40",
    ):
        assert vp8_frame([head + body]) == Frame(body, key=True), head


def test_vp9_descriptors_are_skipped() -> None:
    body = b"\x82frame"
    one_size = bytes([0x10, 5, 0, 2, 208])
    two_pictures = bytes([0x18, 5, 0, 2, 208, 2, 0x04, 1, 0x08, 1, 2])
    for head, key in (
        (b"\x0c", True),
        (b"\x8c\x11", True),
        (b"\x8c\x91\x22", True),
        (b"\xac\x91\x22\x08\x01", True),
        (b"\xcc\x11", False),
        (b"\xdc\x11\x02", False),
        (b"\xdc\x11\x03\x02", False),
        (b"\x8e\x11" + one_size, True),
        (b"\x8e\x11" + two_pictures, True),
    ):
        assert vp9_frame([head + body]) == Frame(body, key), head
    assert vp9_frame([b"\x04" + body]) is None


def test_vp9_layers_become_a_superframe() -> None:
    found = vp9_frame([b"\x0cone", b"\x0ctwo!"])
    assert found is not None
    assert found.data == b"onetwo!" + bytes([0xC1, 3, 4, 0xC1])
    assert vp9_frame([b"\x08on", b"\x04e"]) == Frame(b"one", key=True)


def test_h264_units_of_all_three_ways() -> None:
    sps, pps, idr = b"\x67sps", b"\x68pps", b"\x65" + bytes(range(50))
    together = b"\x78" + b"".join(len(u).to_bytes(2, "big") + u for u in (sps, pps))
    pieces = [b"\x7c\x85" + idr[1:20], b"\x7c\x05" + idr[20:40], b"\x7c\x45" + idr[40:]]
    whole = Frame(START + START.join([sps, pps, idr]), key=True)
    assert h264_frame([together, *pieces]) == whole
    assert h264_frame([sps, pps, idr]) == whole
    assert h264_frame([b"\x41slice"]) == Frame(START + b"\x41slice", key=False)
    assert h264_frame([together, *pieces[1:]]) is None
    assert h264_frame([together, *pieces[:2]]) is None
    assert h264_frame([together, pieces[0], pps]) is None
    assert h264_frame([together[:-2]]) is None


def test_h264_is_no_beginning_without_the_parameters() -> None:
    found = h264_frame([b"\x65idr"])
    assert found == Frame(START + b"\x65idr", key=False)


def test_av1_units_get_their_sizes() -> None:
    head, frame = b"\x08seq", b"\x30" + bytes(200)
    counted = b"\x28" + written(len(head)) + head + frame
    whole = Frame(b"\x0a\x03seq" + b"\x32" + written(200) + bytes(200), key=True)
    assert av1_frame([counted]) == whole
    sized = b"\x08" + written(len(head)) + head + written(len(frame)) + frame
    assert av1_frame([sized]) == whole
    parts = [b"\x68" + written(len(head)) + head + frame[:90], b"\x90" + frame[90:]]
    assert av1_frame(parts) == whole
    assert av1_frame(parts[:1]) is None
    assert av1_frame(parts[1:]) is None
    delimited = b"\x38" + b"\x02\x12\x00" + written(len(head)) + head + frame
    assert av1_frame([delimited]) == whole
    assert av1_frame([b"\x00" + written(9) + b"\x30short"]) is None
    later = av1_frame([b"\x10" + frame])
    assert later is not None
    assert not later.key
