"""A short moving picture and silence, ready to be sent: what the light endpoint shows and says.

The picture is real VP8, encoded once in a process, so whoever receives it can decode it.
"""

import contextlib
import fractions
import functools
import os
from collections.abc import Iterator

from av import CodecContext, VideoFrame
from av.video.codeccontext import VideoCodecContext

WIDTH, HEIGHT = 640, 360
FRAMES_PER_S = 15
FRAMES = 30
BLOCK, BAR = 8, 40
PAYLOAD_BYTES_MAX = 1100
# 20 ms of Opus that decodes to silence.
OPUS_SILENCE = b"\xf8\xff\xfe"

Frame = tuple[bytes, ...]


@functools.cache
def vp8_clip() -> tuple[Frame, ...]:
    """Two seconds of VP8; each frame as RTP payloads. Only the first frame is a key frame."""
    options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    return tuple(_packed(data) for data in encoded("libvpx", options))


def encoded(encoder_name: str, options: dict[str, str]) -> list[bytes]:
    """Every frame of the clip, by an encoder of FFmpeg's; only the first is a key frame."""
    encoder = CodecContext.create(encoder_name, "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base = fractions.Fraction(1, FRAMES_PER_S)
    encoder.bit_rate = 300_000
    encoder.options = {"g": "9999"} | options
    pictures = [*map(picture, range(FRAMES)), None]
    with _own_priority():
        return [bytes(packet) for one in pictures for packet in encoder.encode(one)]


@contextlib.contextmanager
def _own_priority() -> Iterator[None]:
    """SVT-AV1 makes who calls it real-time where it may, for good: of two such processes with
    threads that wait for each other on two cores none gets on, nor does anybody else.
    """
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)


def picture(number: int) -> VideoFrame:
    """Lines of grey blocks, like text, that scroll; a bright bar moves across them."""
    picture = VideoFrame(WIDTH, HEIGHT, "yuv420p")
    bar = number * (WIDTH - BAR) // FRAMES
    luma = picture.planes[0]
    lines = []
    for row in range(0, HEIGHT, BLOCK):
        line = bytearray()
        for column in range(WIDTH // BLOCK):
            shade = (row + number * BLOCK) * 31 + column * 17 + (row // BLOCK + number) * column
            line += bytes([40 + shade % 160]) * BLOCK
        line[bar : bar + BAR] = b"\xeb" * BAR
        lines.append(bytes(line).ljust(luma.line_size, b"\x10") * BLOCK)
    luma.update(b"".join(lines)[: luma.buffer_size])
    for plane in picture.planes[1:]:
        plane.update(b"\x80" * plane.buffer_size)
    picture.pts = number
    return picture


def _packed(frame: bytes) -> Frame:
    """RFC 7741, shortest descriptor: the first packet says that a partition begins."""
    parts = [frame[at : at + PAYLOAD_BYTES_MAX] for at in range(0, len(frame), PAYLOAD_BYTES_MAX)]
    return tuple((b"\x10" if n == 0 else b"\x00") + part for n, part in enumerate(parts))


def begins_key_frame(payload: bytes) -> bool:
    """Whether an RTP payload of VP8 is the first of a key frame.

    >>> begins_key_frame(vp8_clip()[0][0]), begins_key_frame(vp8_clip()[1][0])
    (True, False)
    """
    if len(payload) < 2 or not payload[0] & 0x10 or payload[0] & 0x07:
        return False
    start = 1
    if payload[0] & 0x80:
        flags = payload[1]
        start += 1
        if flags & 0x80 and len(payload) > start:
            start += 2 if payload[start] & 0x80 else 1
        start += bool(flags & 0x40) + bool(flags & 0x30)
    return len(payload) > start and not payload[start] & 1
