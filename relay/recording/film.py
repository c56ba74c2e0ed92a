"""Tapes to a film: one file that players open, frames as they were sent, nothing decoded.

WebM where its rules hold the codecs (VP8, VP9, AV1, Opus), else Matroska. Every source is a track
of its own and bears its source's id as title. Tapes are read twice, packet by packet: for the
times, then for the frames; an hour of session takes no more memory than a minute.
"""

import contextlib
import hashlib
import heapq
import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from relay.errors import BadTape, NothingRecorded
from relay.recording.assembly import assembled
from relay.recording.av1 import DELIMITER
from relay.recording.frames import Frame
from relay.recording.order import Placed, in_order
from relay.recording.payloads import FRAMES
from relay.recording.tape import Label, read_label, records, tapes_in
from relay.recording.timing import Offsets, made_us, offsets

IN_WEBM = frozenset({"vp8", "vp9", "av1", "opus"})
FOURCC = {"vp8": b"VP80", "vp9": b"VP90", "av1": b"AV01"}
NAME, UNFINISHED = "recording", "recording.part"
MILLISECOND = Fraction(1, 1000)
# The library's flag for a file without a random name: the same tapes make the same film.
BIT_EXACT = 0x0400
# What the library says of data that make no sense; a disk that is full is said otherwise.
REFUSED = (av.error.InvalidDataError, av.error.ArgumentError)
IVF_HEAD = struct.Struct("<4sHH4sHHIIII")
IVF_FRAME = struct.Struct("<IQ")


@dataclass(frozen=True, slots=True)
class Film:
    """`name` in the folder of the tapes; `began_us`: unix microseconds of its first moment;
    `sources`: its tracks in order."""

    name: str
    sha256: str
    bytes: int
    duration_ms: int
    began_us: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Track:
    """A tape that has something to show: when its first frame was made, and that frame."""

    path: Path
    label: Label
    least: Offsets
    begins_us: int
    first: Frame

    def frames(self) -> Iterator[tuple[int, Frame]]:
        """(when made, frame), never two at one millisecond."""
        last_us = 0
        with self.path.open("rb") as file:
            read_label(file, self.path.name)
            for placed, frame in assembled(in_order(records(file)), self.label.codec):
                at_us = made_us(placed, self.label.clock_rate, self.least)
                last_us = max(at_us, last_us + 1000)
                yield last_us, frame


def make(folder: Path) -> Film:
    """Make the film of the tapes in a folder, and leave the tapes.

    Raises: NothingRecorded, OSError.
    """
    tracks = [track for path in tapes_in(folder) if (track := _looked_at(path)) is not None]
    if not tracks:
        raise NothingRecorded(str(folder))
    webm = all(track.label.codec in IN_WEBM for track in tracks)
    began_us = min(track.begins_us for track in tracks)
    with (folder / UNFINISHED).open("wb") as file:
        lasts_ms = _mux(file, "webm" if webm else "matroska", tracks, began_us)
    done = (folder / UNFINISHED).rename(folder / f"{NAME}.{'webm' if webm else 'mkv'}")
    with done.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    sources = tuple(track.label.source for track in tracks)
    return Film(done.name, sha256, done.stat().st_size, lasts_ms, began_us, sources)


def _looked_at(path: Path) -> _Track | None:
    """The times of a tape, and its first frame; None when it has none, or is no tape."""
    with path.open("rb") as file:
        try:
            label = read_label(file, path.name)
        except BadTape:
            return None
        start = file.tell()
        if label.codec not in FRAMES:
            return None
        least = offsets(in_order(records(file)), label.clock_rate)
        file.seek(start)
        found: tuple[Placed, Frame] | None = next(
            assembled(in_order(records(file)), label.codec), None
        )
    if found is None:
        return None
    placed, frame = found
    track = _Track(path, label, least, made_us(placed, label.clock_rate, least), frame)
    return track if label.codec == "opus" or _has_a_size(track) else None


def _has_a_size(track: _Track) -> bool:
    """Whether a decoder would begin here. What a sender made up must not spoil the others' film."""
    try:
        with av.open(io.BytesIO(_alone(track)), format=_alone_format(track)) as one:
            picture = one.streams.video[0].codec_context
            return bool(picture.width and picture.height)
    except (*REFUSED, IndexError):
        return False


def _mux(file: Any, container: str, tracks: list[_Track], began_us: int) -> int:
    """Write the tracks side by side; the length in milliseconds."""
    lasts_ms = 0
    with av.open(file, "w", format=container) as out:
        out.flags |= BIT_EXACT
        streams = [_stream(out, track) for track in tracks]
        merged = heapq.merge(*(_numbered(n, track) for n, track in enumerate(tracks)))
        for at_us, number, _, frame in merged:
            lasts_ms = max(0, at_us - began_us) // 1000
            packet = av.Packet(frame.data)
            packet.stream = streams[number]
            packet.time_base = MILLISECOND
            packet.pts = packet.dts = lasts_ms
            packet.is_keyframe = frame.key
            with contextlib.suppress(*REFUSED):
                out.mux(packet)
    return lasts_ms


def _numbered(number: int, track: _Track) -> Iterator[tuple[int, int, int, Frame]]:
    """For merging: by time, then track; the count keeps frames from being compared."""
    for count, (at_us, frame) in enumerate(track.frames()):
        yield at_us, number, count, frame


def _stream(out: Any, track: _Track) -> Any:
    """The track's head in the file. A picture's size and parameters are found in its first frame
    by the library's own readers, which open that frame as a file in memory."""
    if track.label.codec == "opus":
        # An encoder that encodes nothing: it brings the head that players want (RFC 7845).
        stream = out.add_stream("libopus", rate=48_000, layout="stereo")
    else:
        with av.open(io.BytesIO(_alone(track)), format=_alone_format(track)) as one:
            stream = out.add_stream_from_template(one.streams.video[0], opaque=True)
    stream.time_base = MILLISECOND
    stream.metadata["title"] = track.label.source
    return stream


def _alone_format(track: _Track) -> str:
    return "h264" if track.label.codec == "h264" else "ivf"


def _alone(track: _Track) -> bytes:
    """The first frame as a file: H.264 needs nothing around it, the others an IVF head."""
    codec, data = track.label.codec, track.first.data
    if codec == "h264":
        return data
    if codec == "av1":
        data = DELIMITER + data
    head = IVF_HEAD.pack(b"DKIF", 0, IVF_HEAD.size, FOURCC[codec], 0, 0, 1000, 1, 1, 0)
    return head + IVF_FRAME.pack(len(data), 0) + data
