"""The clips are what their formats say: joined again by the recorder, they decode."""

import io
import os

import av
import pytest

from relay.clip import FRAMES, PAYLOAD_BYTES_MAX, WIDTH, encoded
from relay.clips import ENCODERS, clip
from relay.recording.payloads import FRAMES as JOINED

CONTAINERS = {"vp8": "ivf", "vp9": "ivf", "av1": "obu", "h264": "h264"}


@pytest.mark.parametrize("codec", sorted(CONTAINERS))
def test_every_frame_is_whole_and_only_the_first_is_key(codec: str) -> None:
    frames = clip(codec)
    joined = [JOINED[codec](frame) for frame in frames]
    assert len(joined) == FRAMES
    assert [one is not None and one.key for one in joined] == [True] + [False] * (FRAMES - 1)
    assert max(len(part) for frame in frames for part in frame) <= PAYLOAD_BYTES_MAX + 2


@pytest.mark.parametrize("codec", ["h264", "av1"])
def test_the_stream_decodes(codec: str) -> None:
    joined = [JOINED[codec](frame) for frame in clip(codec)]
    begins = b"\x12\0" if codec == "av1" else b""
    data = b"".join(begins + one.data for one in joined if one is not None)
    with av.open(io.BytesIO(data), format=CONTAINERS[codec]) as opened:
        pictures = list(opened.decode(video=0))
    assert (len(pictures), pictures[0].width) == (FRAMES, WIDTH)


def test_making_a_clip_leaves_nobody_real_time() -> None:
    """SVT-AV1 makes its caller so where it may, and what it starts after that, too."""
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    assert encoded(*ENCODERS["av1"])
    assert (os.sched_getscheduler(0), os.sched_getparam(0)) == before
