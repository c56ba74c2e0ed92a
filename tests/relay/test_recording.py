"""A room records: light endpoints through the real engine, tapes on a real disk, a film of them."""

import asyncio
import errno
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest

from relay import NoRoom, RecordingGap, RelaySettings, SecondWitnessed, embedded_engine
from relay.embedded.service import EmbeddedEngine
from relay.recording import TapeWriter
from relay.recording.film import make
from relay.recording.tape import read_label, records, tapes_in
from tests.relay.conftest import LOOPBACK, Stage, client, host, janus, staged

pytestmark = pytest.mark.slow
ENGINES = [
    pytest.param(embedded_engine, id="embedded"),
    pytest.param(janus, id="janus", marks=pytest.mark.nightly),
]


@pytest.fixture(params=ENGINES)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with staged(request.param) as made:
        yield made


def taped(folder: Path) -> dict[str, int]:
    """Packets by source."""
    found: dict[str, int] = {}
    for path in tapes_in(folder):
        with path.open("rb") as file:
            source = read_label(file).source
            found[source] = found.get(source, 0) + sum(1 for _ in records(file))
    return found


async def test_both_sides_are_recorded_and_play(stage: Stage, tmp_path: Path) -> None:
    shows = await stage.join("client", client(stage))
    looks = await stage.join("host", host(stage))
    assert await stage.until(lambda: looks.counters.video_received > 5)
    await stage.engine.record_start("S", tmp_path)
    await stage.engine.record_start("S", tmp_path)
    sent = shows.counters.audio_sent
    assert await stage.until(lambda: shows.counters.audio_sent >= sent + 100)
    await stage.engine.record_stop("S")
    before = taped(tmp_path)
    await asyncio.sleep(0.3)
    assert taped(tmp_path) == before, "nothing is kept after the end"
    assert before["client-audio-0"] == pytest.approx(100, abs=15)
    film = make(tmp_path)
    assert set(film.sources) == {"client-audio-0", "client-video-0", "host-audio-0"}
    assert film.duration_ms == pytest.approx(2000, abs=400)
    with av.open(str(tmp_path / film.name)) as opened:
        frames = sum(1 for _ in opened.decode(video=0))
    assert frames == pytest.approx(30, abs=8)
    assert stage.engine.stats("S").keyframes_asked >= 1
    assert not stage.of(RecordingGap)


async def test_who_comes_later_or_again_is_on_the_same_film(stage: Stage, tmp_path: Path) -> None:
    await stage.engine.record_start("S", tmp_path)
    shows = await stage.join("client", client(stage))
    assert await stage.until(lambda: shows.counters.video_sent > 20)
    await shows.vanish()
    again = await stage.join("client", client(stage), generation=2)
    assert await stage.until(lambda: again.counters.video_sent > 20)
    await stage.engine.close_room("S")
    assert len(tapes_in(tmp_path)) == 2
    film = make(tmp_path)
    with av.open(str(tmp_path / film.name)) as opened:
        times = [frame.time or 0.0 for frame in opened.decode(video=0)]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(film.duration_ms / 1000, abs=0.3)


async def test_a_room_that_is_not_there_records_nothing(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(NoRoom):
        await stage.engine.record_start("other", tmp_path)
    await stage.engine.record_stop("other")


class FullDisk(TapeWriter):
    """A disk without room for anything."""

    def __init__(self) -> None:
        super().__init__(opener=self._refuse)

    def _refuse(self, path: Path) -> None:  # type: ignore[override]
        raise OSError(errno.ENOSPC, "full", str(path))


@pytest.fixture
async def full() -> AsyncIterator[Stage]:
    made = Stage()
    made.engine = EmbeddedEngine(
        RelaySettings(addresses=LOOPBACK), made.events.append, lambda: datetime.now(UTC), FullDisk()
    )
    await made.engine.open_room("S")
    yield made
    for endpoint in made.endpoints:
        await endpoint.close()
    await made.engine.close()


async def test_a_full_disk_does_not_disturb_the_room(full: Stage, tmp_path: Path) -> None:
    looks = await full.join("host", host(full))
    await full.join("client", client(full))
    await full.engine.record_start("S", tmp_path)
    assert await full.until(lambda: full.of(RecordingGap))
    assert full.of(RecordingGap)[0].reason == "disk_full"
    seen, seconds = looks.counters.video_received, len(full.of(SecondWitnessed))
    assert await full.until(lambda: looks.counters.video_received > seen + 20)
    assert await full.until(lambda: len(full.of(SecondWitnessed)) > seconds)
    assert looks.missing == 0
    await full.engine.close_room("S")
    begun, over = full.of(RecordingGap)
    assert (begun.until, over.since) == (None, begun.since)
    assert over.until is not None


async def killed(codec: str, folder: Path) -> None:
    """SIGKILL in the middle: all but the last second is on the disk, and plays in its codec."""
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.relay.recording.victim", str(folder), codec,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert victim.stdout is not None
    assert await asyncio.wait_for(victim.stdout.readline(), 40) == b"recording\n"
    await asyncio.sleep(2)
    at = time.time()
    victim.kill()
    await victim.wait()
    film = make(folder)
    assert set(film.sources) == {"client-audio-0", "client-video-0", "host-audio-0"}
    assert film.began_us / 1e6 + film.duration_ms / 1000 > at - 1
    with av.open(str(folder / film.name)) as opened:
        stream = opened.streams.video[0]
        times = [frame.time or 0.0 for frame in opened.decode(stream)]
        assert stream.codec_context.codec.canonical_name == codec
    assert times[-1] > film.duration_ms / 1000 - 1
    assert len(times) > 15


@pytest.mark.parametrize(
    "codec", ["h264", *(pytest.param(c, marks=pytest.mark.nightly) for c in ("vp8", "vp9", "av1"))]
)
async def test_a_killed_process_leaves_a_film_to_its_last_second(
    tmp_path: Path, codec: str
) -> None:
    await killed(codec, tmp_path)
