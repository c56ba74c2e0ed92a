"""What a tape looks like, and what is read of one that was cut off."""

import io

import pytest

from relay.errors import BadTape
from relay.recording.tape import RECORD, Label, head, read_label, records
from tests.relay.recording.tapes import VIDEO, rtp

PACKETS = [(1_800_000_000_000_000 + n, rtp(n, 3000 * n, bytes([n]) * 40)) for n in range(5)]
TAPE = head(VIDEO) + b"".join(RECORD.pack(at, len(p)) + p for at, p in PACKETS)


def test_what_was_written_is_read() -> None:
    file = io.BytesIO(TAPE)
    assert read_label(file) == VIDEO
    assert list(records(file)) == PACKETS


def test_a_cut_tape_is_read_to_its_last_whole_record() -> None:
    begin = len(head(VIDEO))
    size = RECORD.size + len(PACKETS[0][1])
    for end in range(begin, len(TAPE) + 1):
        file = io.BytesIO(TAPE[:end])
        assert read_label(file) == VIDEO
        assert list(records(file)) == PACKETS[: (end - begin) // size]


@pytest.mark.parametrize(
    "data", [b"", b"MTAPE001", head(VIDEO)[:-1], b"MTAPE001\0\2{}", b"RIFF" + b"\0" * 40]
)
def test_what_is_no_tape_is_refused(data: bytes) -> None:
    with pytest.raises(BadTape):
        read_label(io.BytesIO(data), "x")


def test_a_length_that_lies_ends_the_tape() -> None:
    file = io.BytesIO(head(VIDEO) + RECORD.pack(1, 60_000) + bytes(60_000))
    assert read_label(file) == Label("client-video-0", "client", "video", "vp8", 90_000)
    assert list(records(file)) == []
