"""The writing thread: what it keeps, and what it does when the disk does not take it."""

import asyncio
import errno
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from relay.recording import writer as module
from relay.recording.tape import read_label, records, tapes_in
from relay.recording.writer import Gap, Reel, TapeWriter, open_tape
from tests.relay.recording.tapes import AUDIO, VIDEO, rtp


class Disk:
    """A real file with so many bytes of room; beyond them it takes a part, then refuses."""

    def __init__(self) -> None:
        self.room = 1 << 30
        self.fault = errno.ENOSPC

    def open(self, path: Path) -> "DiskFile":
        if self.room <= 0:
            raise OSError(self.fault, "full")
        return DiskFile(self, path)


class DiskFile:
    def __init__(self, disk: Disk, path: Path) -> None:
        self._disk, self._file = disk, open_tape(path)
        self.seek, self.truncate, self.close = (
            self._file.seek, self._file.truncate, self._file.close,
        )  # fmt: skip

    def write(self, data: bytes, /) -> int | None:
        if self._disk.room <= 0:
            raise OSError(self._disk.fault, "full")
        count = self._file.write(data[: self._disk.room]) or 0
        self._disk.room -= count
        return count


async def until(condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


def kept(folder: Path) -> dict[str, list[int]]:
    """Numbers of packets by source."""
    found: dict[str, list[int]] = {}
    for path in tapes_in(folder):
        with path.open("rb") as file:
            label = read_label(file)
            numbers = [int.from_bytes(packet[2:4], "big") for _, packet in records(file)]
            found.setdefault(label.source, []).extend(numbers)
    return found


async def test_every_packet_is_kept_with_its_time(tmp_path: Path) -> None:
    gaps: list[Gap] = []
    writer = TapeWriter()
    reel = Reel(tmp_path / "not" / "there", writer, gaps.append)
    sound, picture = reel.tape(AUDIO), reel.tape(VIDEO)
    for n in range(100):
        sound.put(1000.0 + n, rtp(n, n, b"sound"))
        picture.put(1000.5 + n, rtp(n, n, b"picture"))
    await reel.stop(2000.0)
    assert kept(tmp_path / "not" / "there") == {
        "host-audio-0": list(range(100)), "client-video-0": list(range(100)),
    }  # fmt: skip
    assert not gaps
    with tapes_in(tmp_path / "not" / "there")[0].open("rb") as file:
        read_label(file)
        assert [at for at, _ in records(file)][:2] == [1_000_000_000, 1_001_000_000]
    await reel.stop(2001.0)
    writer.close()


async def test_a_full_disk_is_a_gap_and_the_rest_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRY_AGAIN_S", 0.0)
    disk, gaps = Disk(), list[Gap]()
    writer = TapeWriter(opener=disk.open)
    reel = Reel(tmp_path, writer, gaps.append)
    picture = reel.tape(VIDEO)
    picture.put(1.0, rtp(1, 0, b"x" * 100))
    await until(lambda: tapes_in(tmp_path) and tapes_in(tmp_path)[0].stat().st_size > 100)
    disk.room = 50
    picture.put(2.0, rtp(2, 0, b"x" * 100))
    await until(lambda: gaps)
    assert gaps == [Gap(2.0, None, "disk_full")]
    picture.put(3.0, rtp(3, 0, b"x" * 100))
    await until(lambda: reel.done == reel.taken)
    disk.room = 1 << 30
    picture.put(4.0, rtp(4, 0, b"x" * 100))
    await until(lambda: len(gaps) == 2)
    assert gaps[1] == Gap(2.0, 4.0, "disk_full")
    await reel.stop(5.0)
    assert kept(tmp_path) == {"client-video-0": [1, 4]}
    writer.close()


async def test_a_disk_that_stays_broken_ends_with_the_recording(tmp_path: Path) -> None:
    disk, gaps = Disk(), list[Gap]()
    disk.room, disk.fault = 0, errno.EIO
    writer = TapeWriter(opener=disk.open)
    reel = Reel(tmp_path, writer, gaps.append)
    reel.tape(AUDIO).put(1.0, rtp(1, 0, b"x"))
    await until(lambda: gaps)
    await reel.stop(5.0)
    assert [(gap.since, gap.reason) for gap in gaps] == [(1.0, "disk_failed")] * 2
    assert gaps[1].until is not None
    assert not tapes_in(tmp_path)
    writer.close()


async def test_room_is_left_for_others(tmp_path: Path) -> None:
    gaps: list[Gap] = []
    writer = TapeWriter(free=lambda folder: module.FREE_BYTES_MIN - 1)
    reel = Reel(tmp_path, writer, gaps.append)
    reel.tape(AUDIO).put(1.0, rtp(1, 0, b"x"))
    await until(lambda: gaps)
    assert gaps[0].reason == "disk_full"
    await reel.stop(2.0)
    writer.close()


async def test_a_disk_that_hangs_costs_no_more_memory_than_agreed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_BYTES_MAX", 10_000)
    gaps: list[Gap] = []
    writer = TapeWriter()
    reel = Reel(tmp_path, writer, gaps.append)
    writer._reels.remove(reel)  # the thread does not come to it
    sound = reel.tape(AUDIO)
    for n in range(100):
        sound.put(float(n), rtp(n, n, b"x" * 988))
    assert reel.taken - reel.done <= 11_000
    assert gaps == [Gap(11.0, None, "too_slow")]
    writer.drain(reel)
    sound.put(100.0, rtp(100, 0, b"x"))
    sound.put(101.0, rtp(101, 0, b"x"))
    assert gaps[1:] == [Gap(11.0, 100.0, "too_slow")]
    writer.add(reel)
    await reel.stop(102.0)
    assert kept(tmp_path) == {"host-audio-0": [*range(11), 101]}
    writer.close()


async def test_putting_costs_the_loop_little(tmp_path: Path) -> None:
    """Twenty microseconds a packet are allowed; a busy machine gets the best of some runs."""
    writer = TapeWriter()
    reel = Reel(tmp_path, writer, lambda gap: None)
    tape, packet = reel.tape(VIDEO), bytearray(rtp(1, 1, b"x" * 1100))
    costs = []
    for _ in range(5):
        began = time.thread_time()
        for _ in range(1000):
            tape.put(1.0, packet)
        costs.append((time.thread_time() - began) * 1000)
        await asyncio.sleep(0.15)
    await reel.stop(2.0)
    writer.close()
    assert min(costs) < 20, f"{costs} us a packet"
