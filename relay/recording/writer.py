"""Tapes to disk: the loop puts packets on a list, one thread takes them off and writes.

On the loop `Tape.put` costs one copy and one append; it never waits and never raises. What a full
or slow disk does not take is dropped and told as a `Gap`, and the recording goes on as soon as it
can. Free room on the disk is left for others: a recording must not stop the database.
"""

import asyncio
import contextlib
import errno
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from relay.recording.tape import RECORD, SUFFIX, Label, head

TICK_S = 0.1
# Of packets that wait in memory, for each recording: half a minute of a busy screen.
WAITING_BYTES_MAX = 8 << 20
FREE_BYTES_MIN = 256 << 20
TRY_AGAIN_S = 2.0
STOP_WITHIN_S = 5.0
DISK_FULL, DISK_FAILED, TOO_SLOW = "disk_full", "disk_failed", "too_slow"
FULL = (errno.ENOSPC, errno.EDQUOT)

logger = logging.getLogger(__name__)
Waiting = tuple["Tape", float, bytes]


class File(Protocol):
    """The part of an unbuffered file that is written to."""

    def write(self, data: bytes, /) -> int | None: ...
    def seek(self, at: int, /) -> int: ...
    def truncate(self, size: int, /) -> int: ...
    def close(self) -> None: ...


def open_tape(path: Path) -> File:
    """A new file; its folder is made, for nobody else's eyes. Raises: OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.open("xb", buffering=0)


def free_bytes(folder: Path) -> int:
    """What others than root may still write there. Raises: OSError."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


@dataclass(frozen=True, slots=True)
class Gap:
    """Packets from `since` on were not kept, until `until` (None: still so); unix seconds.

    `reason`: disk_full, disk_failed, too_slow.
    """

    since: float
    until: float | None
    reason: str


class Tape:
    """One source of a recording; `file`, `size` (of whole records) and `torn` (there is a part of
    one behind them) belong to the writing thread."""

    __slots__ = ("_reel", "file", "label", "number", "size", "torn")

    def __init__(self, reel: "Reel", label: Label, number: int) -> None:
        self._reel, self.label, self.number = reel, label, number
        self.file: File | None = None
        self.size = 0
        self.torn = False

    def put(self, at: float, packet: bytes) -> None:
        """Keep a packet that came at this unix time; the bytes are copied."""
        reel = self._reel
        if reel.taken - reel.done > WAITING_BYTES_MAX or reel.dropping:
            reel.overflow(at)
            return
        data = bytes(packet)
        reel.taken += len(data)
        reel.waiting.append((self, at, data))


class Reel:
    """A recording while it runs. `on_gap` is called on the loop that made the reel."""

    def __init__(self, folder: Path, writer: "TapeWriter", on_gap: Callable[[Gap], None]) -> None:
        self.folder, self._writer, self._on_gap = folder, writer, on_gap
        self._loop = asyncio.get_running_loop()
        self.stopped = self._loop.create_future()
        self.waiting: deque[Waiting | None] = deque()
        self.tapes: list[Tape] = []
        # Bytes put on the list and taken off it: each is written by one thread only.
        self.taken = self.done = 0
        self.dropping: Gap | None = None
        self.broken: Gap | None = None
        self.try_at = 0.0
        writer.add(self)

    def tape(self, label: Label) -> Tape:
        """A tape more. Nothing is written before its first packet."""
        made = Tape(self, label, len(self.tapes))
        self.tapes.append(made)
        return made

    def overflow(self, at: float) -> None:
        """A packet found no room in memory; half of it must be free before the next is taken."""
        if self.dropping is None:
            self.dropping = Gap(at, None, TOO_SLOW)
            self._on_gap(self.dropping)
        elif self.taken - self.done < WAITING_BYTES_MAX // 2:
            self._close_overflow(at)

    def _close_overflow(self, at: float) -> None:
        gap, self.dropping = self.dropping, None
        if gap is not None:
            self._on_gap(Gap(gap.since, at, gap.reason))

    async def stop(self, at: float) -> None:
        """Write what waits and close the files; a disk that hangs is left behind after a while."""
        if not self.stopped.done():
            self._close_overflow(at)
            self.waiting.append(None)
            self._writer.hurry()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self.stopped), STOP_WITHIN_S)

    # -- called by the writing thread ----------------------------------------------------

    def tell(self, gap: Gap) -> None:
        """Tell the loop; when it is gone there is nobody to tell."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._on_gap, gap)

    def tell_stopped(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stopped)

    def _stopped(self) -> None:
        if not self.stopped.done():
            self.stopped.set_result(None)


class TapeWriter:
    """The thread. `opener` and `free` are the disk, `clock` is monotonic."""

    def __init__(
        self,
        opener: Callable[[Path], File] = open_tape,
        free: Callable[[Path], int] = free_bytes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opener, self._free, self._clock = opener, free, clock
        self._reels: list[Reel] = []
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._over = False

    def add(self, reel: Reel) -> None:
        self._reels.append(reel)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="tapes", daemon=True)
            self._thread.start()

    def hurry(self) -> None:
        """Do not wait for the next turn."""
        self._wake.set()

    def close(self) -> None:
        """End the thread, after what waits is written."""
        self._over = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(STOP_WITHIN_S)

    def _run(self) -> None:
        while not self._over or self._reels:
            self._wake.wait(TICK_S)
            self._wake.clear()
            for reel in list(self._reels):
                try:
                    over = self.drain(reel)
                except Exception:
                    logger.exception("a recording could not be written on")
                    over = True
                if over or self._over:
                    self._end(reel)

    def drain(self, reel: Reel) -> bool:
        """Write what waits; whether the reel was told to stop."""
        batches: dict[Tape, list[tuple[float, bytes]]] = {}
        size, over = 0, False
        for _ in range(len(reel.waiting)):
            one = reel.waiting.popleft()
            if one is None:
                over = True
                continue
            tape, at, packet = one
            size += len(packet)
            batches.setdefault(tape, []).append((at, packet))
        if batches:
            self._write(reel, batches)
        reel.done += size
        return over

    def _write(self, reel: Reel, batches: dict[Tape, list[tuple[float, bytes]]]) -> None:
        """All tapes or none from the first failure on, so that a gap is one of all sources."""
        if reel.broken is not None and self._clock() < reel.try_at:
            return
        first = min(batch[0][0] for batch in batches.values())
        try:
            if self._free(reel.folder) < FREE_BYTES_MIN:
                raise OSError(errno.ENOSPC, "too little room is left")
            for tape, batch in batches.items():
                self._append(reel, tape, batch)
        except OSError as error:
            self._failed(reel, first, DISK_FULL if error.errno in FULL else DISK_FAILED)
        else:
            if reel.broken is not None:
                gap, reel.broken = reel.broken, None
                reel.tell(Gap(gap.since, first, gap.reason))

    def _append(self, reel: Reel, tape: Tape, batch: list[tuple[float, bytes]]) -> None:
        """Whole records behind the last whole one. Raises: OSError."""
        parts = []
        if tape.file is None:
            name = f"{int(batch[0][0] * 1e6):016}-{tape.number:03}{SUFFIX}"
            tape.file = self._opener(reel.folder / name)
        if not tape.size:
            parts.append(head(tape.label))
        for at, packet in batch:
            parts.append(RECORD.pack(int(at * 1e6), len(packet)))
            parts.append(packet)
        if tape.torn:
            tape.file.seek(tape.size)
            tape.file.truncate(tape.size)
        data = b"".join(parts)
        tape.torn = True
        left = data
        while left:
            count = tape.file.write(left)
            if not count:
                raise OSError(errno.EIO, "nothing was written")
            left = left[count:]
        tape.torn = False
        tape.size += len(data)

    def _failed(self, reel: Reel, at: float, reason: str) -> None:
        reel.try_at = self._clock() + TRY_AGAIN_S
        if reel.broken is None:
            logger.warning("a recording stands still: %s", reason)
            reel.broken = Gap(at, None, reason)
            reel.tell(reel.broken)

    def _end(self, reel: Reel) -> None:
        """Close the files; a gap that is still open ends where the recording does."""
        self._reels.remove(reel)
        if reel.broken is not None:
            reel.tell(Gap(reel.broken.since, time.time(), reel.broken.reason))
        for tape in reel.tapes:
            if tape.file is not None:
                with contextlib.suppress(OSError):
                    tape.file.close()
        reel.tell_stopped()
