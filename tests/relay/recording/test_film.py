"""Tapes to a film that another reader opens: frames decode, lengths agree, cuts do no harm."""

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from aiortc.codecs.h264 import H264Encoder
from av import CodecContext, VideoFrame

from relay import FilmFailed, NothingRecorded, make_film
from relay.clip import FRAMES_PER_S, OPUS_SILENCE, vp8_clip
from relay.clip import picture as drawn
from relay.recording.film import make
from relay.recording.tape import Label
from tests.relay.recording.tapes import AUDIO, VIDEO, Record, frames_as_records, write

SECONDS = 2
FRAME_US = 1_000_000 // FRAMES_PER_S


def picture() -> list[Record]:
    return frames_as_records(vp8_clip(), step=90_000 // FRAMES_PER_S, step_us=FRAME_US)


def sound(seconds: int = SECONDS) -> list[Record]:
    frames = [[OPUS_SILENCE]] * (50 * seconds)
    return frames_as_records(frames, step=960, step_us=20_000)


def decoded(path: Path) -> dict[str, tuple[str, int, float]]:
    """By title of the track: codec, frames decoded, seconds from the first to the last."""
    found = {}
    for number in range(len(av.open(str(path)).streams)):
        with av.open(str(path)) as film:
            stream = film.streams[number]
            times = [frame.time or 0.0 for frame in film.decode(stream)]
            name = stream.codec_context.name
            found[stream.metadata["title"]] = name, len(times), times[-1] - times[0]
    return found


def test_picture_and_sound_lie_side_by_side(tmp_path: Path) -> None:
    write(tmp_path, VIDEO, picture(), "2")
    write(tmp_path, AUDIO, sound(), "1")
    film = make(tmp_path)
    assert (film.name, film.sources) == ("recording.webm", ("host-audio-0", "client-video-0"))
    assert film.sha256 == hashlib.sha256((tmp_path / film.name).read_bytes()).hexdigest()
    assert film.duration_ms == pytest.approx(1000 * SECONDS, abs=100)
    found = decoded(tmp_path / film.name)
    assert found["client-video-0"][1] == len(vp8_clip())
    assert found["client-video-0"][2] == pytest.approx(29 / 15, abs=0.01)
    assert found["host-audio-0"][1] == 100
    assert found["host-audio-0"][2] == pytest.approx(1.98, abs=0.02)


def test_sources_are_joined_by_the_time_of_arrival(tmp_path: Path) -> None:
    """The picture began one second after the sound, whatever their timestamps say."""
    late = [(at_us + 1_000_000, packet) for at_us, packet in picture()]
    write(tmp_path, VIDEO, late, "2")
    write(tmp_path, AUDIO, sound(3), "1")
    film = make(tmp_path)
    with av.open(str(tmp_path / film.name)) as opened:
        first = next(opened.decode(opened.streams.video[0]))
    assert first.time == pytest.approx(1.0, abs=0.005)


def test_a_tape_cut_anywhere_plays_to_its_last_whole_frame(tmp_path: Path) -> None:
    path = write(tmp_path, VIDEO, picture())
    whole = path.read_bytes()
    for part in (3, 5, 7, 9):
        path.write_bytes(whole[: len(whole) * part // 10])
        film = make(tmp_path)
        _, frames, seconds = decoded(tmp_path / film.name)["client-video-0"]
        packets = sum(len(frame) for frame in vp8_clip()) * part / 10
        assert frames == pytest.approx(len(vp8_clip()) * part / 10, abs=len(vp8_clip()) * 0.25)
        assert packets > frames
        assert seconds == pytest.approx((frames - 1) / FRAMES_PER_S, abs=0.01)


def test_after_a_loss_nothing_is_shown_before_the_next_key_frame(tmp_path: Path) -> None:
    clip = [*vp8_clip(), *vp8_clip()]
    made = frames_as_records(clip, step=90_000 // FRAMES_PER_S, step_us=FRAME_US)
    lost = sum(len(frame) for frame in clip[:10])
    write(tmp_path, VIDEO, [*made[:lost], *made[lost + 1 :]])
    film = make(tmp_path)
    with av.open(str(tmp_path / film.name)) as opened:
        times = [round((f.time or 0) * FRAMES_PER_S) for f in opened.decode(video=0)]
    assert times == [*range(10), *range(30, 60)]


def encoded(codec: str, options: dict[str, str]) -> list[bytes]:
    """Two seconds of the moving picture."""
    encoder: Any = CodecContext.create(codec, "w")
    encoder.width, encoder.height, encoder.pix_fmt = 640, 360, "yuv420p"
    encoder.time_base = Fraction(1, FRAMES_PER_S)
    encoder.bit_rate = 300_000
    encoder.options = options
    frames: list[VideoFrame] = [drawn(n) for n in range(SECONDS * FRAMES_PER_S)]
    return [bytes(p) for frame in [*frames, None] for p in encoder.encode(frame)]


def vp9_payloads(frame: bytes, key: bool) -> Sequence[bytes]:
    """RFC 9628, flexible mode off, one layer."""
    parts = [frame[at : at + 1000] for at in range(0, len(frame), 1000)]
    flags = [0x00 if key else 0x40] * len(parts)
    flags[0] |= 0x08
    flags[-1] |= 0x04
    return [bytes([flag]) + part for flag, part in zip(flags, parts, strict=True)]


def test_vp9_plays(tmp_path: Path) -> None:
    pictures = encoded(
        "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    )
    made = [vp9_payloads(frame, n == 0) for n, frame in enumerate(pictures)]
    records = frames_as_records(made, step=6000, step_us=FRAME_US)
    label = Label("client-video-0", "client", "video", "vp9", 90_000)
    write(tmp_path, label, records)
    film = make(tmp_path)
    assert film.name == "recording.webm"
    _, frames, seconds = decoded(tmp_path / film.name)["client-video-0"]
    assert (frames, seconds) == (30, pytest.approx(29 / 15, abs=0.01))


def h264_payloads() -> list[list[bytes]]:
    """RFC 6184, as a browser sends it."""
    encoder, made = H264Encoder(), []
    for n in range(SECONDS * FRAMES_PER_S):
        frame = drawn(n)
        frame.pts, frame.time_base = n, Fraction(1, FRAMES_PER_S)
        payloads, _ = encoder.encode(frame, force_keyframe=n == 0)
        made.append(payloads)
    return made


def test_h264_plays_and_lies_in_matroska(tmp_path: Path) -> None:
    made = h264_payloads()
    records = frames_as_records(made, step=6000, step_us=FRAME_US)
    write(tmp_path, Label("client-video-0", "client", "video", "h264", 90_000), records, "1")
    write(tmp_path, AUDIO, sound(), "2")
    film = make(tmp_path)
    assert film.name == "recording.mkv"
    found = decoded(tmp_path / film.name)
    assert found["client-video-0"][:2] == ("h264", 30)
    assert found["host-audio-0"][1] == 100


async def test_a_film_is_made_in_a_process_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, AUDIO, sound())
    assert await make_film(tmp_path) == make(tmp_path)
    with pytest.raises(NothingRecorded):
        await make_film(tmp_path / "nowhere")
    (tmp_path / "recording.part").mkdir()
    with pytest.raises(FilmFailed):
        await make_film(tmp_path)


def test_what_is_no_tape_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "0.tape").write_bytes(b"not a tape at all")
    write(tmp_path, VIDEO, [], "1")
    with pytest.raises(NothingRecorded):
        make(tmp_path)
    write(tmp_path, AUDIO, sound(), "2")
    assert make(tmp_path).sources == ("host-audio-0",)


MADE_UP: dict[str, list[bytes]] = {
    "vp8": [b"\x10\x00"],
    "vp9": [b"\x0c\xff\xff\xff"],
    "av1": [b"\x18\x0e\x0aX\xff\xff"],
    "h264": [b"\x67\xff", b"\x68\xff", b"\x65\xff\xff"],
}


@pytest.mark.parametrize("codec", sorted(MADE_UP))
def test_made_up_pictures_do_not_spoil_the_film(tmp_path: Path, codec: str) -> None:
    """Well-formed packets around bytes that no decoder takes."""
    records = frames_as_records([MADE_UP[codec]] * 20, step=6000, step_us=FRAME_US)
    write(tmp_path, Label("client-video-0", "client", "video", codec, 90_000), records, "1")
    write(tmp_path, AUDIO, sound(), "2")
    film = make(tmp_path)
    assert film.sources == ("host-audio-0",)
    assert decoded(tmp_path / film.name)["host-audio-0"][1] == 100


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_made_up_pictures_behind_good_ones_do_not_either(tmp_path: Path, codec: str) -> None:
    good = list(vp8_clip()) if codec == "vp8" else h264_payloads()
    frames = [*good, *[MADE_UP[codec]] * 20]
    records = frames_as_records(frames, step=6000, step_us=FRAME_US)
    write(tmp_path, Label("client-video-0", "client", "video", codec, 90_000), records, "1")
    write(tmp_path, AUDIO, sound(4), "2")
    film = make(tmp_path)
    assert film.sources == ("client-video-0", "host-audio-0")
    with av.open(str(tmp_path / film.name)) as opened:
        assert sum(1 for _ in opened.decode(audio=0)) == 200
    with av.open(str(tmp_path / film.name)) as opened:
        pictures = opened.decode(video=0)
        assert all(next(pictures) for _ in range(20))
