"""A room at a node of Janus records what the node sends to us."""

import asyncio
import base64
import os
import signal
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pytest

from relay import RecordingGap, RoomMoved
from relay.clips import clip
from relay.endpoint import Endpoint
from relay.engine import Answer, Source
from relay.errors import NodeLost
from relay.events import RelayEvent
from relay.janus.node import JanusEngine
from relay.janus.recorder import Recorder
from relay.janus.seats import Handle
from relay.janus.studio import Studio
from relay.recording.film import make
from relay.recording.tape import read_label, records, tapes_in
from tests.relay.conftest import janus, staged
from tests.relay.janus.test_studio import packet


class Room:
    """Answers as a node would; `refuses`: it forwards nothing."""

    name = "S"

    def __init__(self) -> None:
        self.there: list[Handle] = []
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.refuses = False

    def publishing(self) -> list[Handle]:
        return self.there

    async def ask(self, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(body)
        if self.refuses:
            raise NodeLost("j")
        return {"plugindata": {"data": {"forwarders": [{"stream_id": len(self.asked)}]}}}

    async def keyframe(self, source_id: str) -> None:
        self.keys.append(source_id)

    def of(self, request: str) -> list[dict[str, Any]]:
        return [body for body in self.asked if body["request"] == request]


def publisher(number: int, codec: str = "vp8") -> Handle:
    sources = {
        "0": Source("client-audio-0", "client", "audio", "0"),
        "1": Source("client-video-0", "client", "video", "1"),
    }
    return Handle(
        number, "client", "pub", 0, "", Answer("", ()), sources,
        {"0": "opus", "1": codec}, feed=100 + number, up=True,
    )  # fmt: skip


class Set:
    """A recording of a room that is made up, with a real socket and a real disk."""

    def __init__(self, folder: Path, here: str = "127.0.0.1") -> None:
        self.folder, self.room, self.told = folder, Room(), list[RelayEvent]()
        self.studio = Studio()
        self.studio.open("127.0.0.1", 0)
        self.studio._host = here
        self.recorder = Recorder(self.room, folder, self.studio, here, self.told.append)
        self.node = socket.socket(type=socket.SOCK_DGRAM)

    async def follow(self, *there: Handle, at: float = 100.0) -> list[int]:
        """The numbers of the streams that are being recorded."""
        self.room.there = list(there)
        self.recorder.turn(at)
        for _ in range(8):
            await asyncio.sleep(0)
        return list(self.studio.streams)

    def send(self, number: int) -> None:
        self.node.sendto(packet(number), ("127.0.0.1", self.studio.port))

    def gaps(self) -> list[tuple[float, float | None, str]]:
        return [
            (g.since.timestamp(), g.until and g.until.timestamp(), g.reason)
            for g in self.told
            if isinstance(g, RecordingGap)
        ]

    async def taped(self) -> dict[tuple[str, str], int]:
        """Packets by source and codec, when the recording is over."""
        await asyncio.sleep(0.05)
        await self.recorder.stop(200.0)
        found = {}
        for path in tapes_in(self.folder):
            with path.open("rb") as file:
                label = read_label(file)
                found[label.source, label.codec] = sum(1 for _ in records(file))
        return found


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[Set]:
    made = Set(tmp_path)
    yield made
    await made.recorder.stop(200.0)
    made.studio.close()
    made.node.close()


async def test_each_source_on_a_tape_of_its_own(made: Set) -> None:
    voice, picture = await made.follow(publisher(1))
    assert made.room.of("rtp_forward")[1] == {
        "request": "rtp_forward", "publisher_id": 101, "host": "127.0.0.1",
        "streams": [{"mid": "1", "port": made.studio.port, "ssrc": picture}],
    }  # fmt: skip
    assert set(made.room.keys) == {"client-video-0"}
    for number in (voice, picture, picture):
        made.send(number)
    assert await made.taped() == {("client-audio-0", "opus"): 1, ("client-video-0", "vp8"): 2}
    assert not made.gaps()


async def test_who_comes_again_goes_on_and_the_old_way_is_closed(made: Set) -> None:
    old, _ = await made.follow(publisher(1))
    voice, picture = await made.follow(publisher(2, "av1"))
    assert {body["publisher_id"] for body in made.room.of("stop_rtp_forward")} == {101}
    for number in (old, voice, picture):
        made.send(number)
    assert await made.taped() == {("client-audio-0", "opus"): 1, ("client-video-0", "av1"): 1}


async def test_nothing_is_kept_from_the_moment_of_the_end(made: Set) -> None:
    voice, _ = await made.follow(publisher(1))
    made.send(voice)
    await asyncio.sleep(0.05)
    ending = asyncio.create_task(made.recorder.stop(200.0))
    await asyncio.sleep(0)
    made.send(voice)
    await ending
    assert not made.studio.streams
    assert await made.taped() == {("client-audio-0", "opus"): 1}
    assert len(made.room.of("stop_rtp_forward")) == 2


async def test_what_comes_to_the_node_and_not_to_us_is_a_gap(made: Set) -> None:
    made.room.refuses = True
    handle = publisher(1)
    await made.follow(handle)
    made.recorder.turn(104.0)
    assert not made.gaps(), "nothing came to the node either"
    handle.moved_at["0"] = 103.5
    made.recorder.turn(104.0)
    made.recorder.turn(105.0)
    await made.recorder.stop(109.0)
    assert made.gaps() == [(100.0, None, "not_here"), (100.0, 109.0, "not_here")]


async def test_a_socket_that_was_too_full_is_a_gap(made: Set) -> None:
    await made.follow(publisher(1))
    made.room.keys.clear()
    made.studio._read_at = 101.0
    made.studio._count(5, 102.0)
    await asyncio.sleep(0)
    assert made.gaps() == [(101.0, None, "too_slow"), (101.0, 102.0, "too_slow")]
    assert made.room.keys


async def test_a_node_elsewhere_is_given_a_key_a_stream(tmp_path: Path) -> None:
    made = Set(tmp_path, "10.0.0.5")
    await made.follow(publisher(1))
    keys = [base64.b64decode(body["srtp_crypto"]) for body in made.room.of("rtp_forward")]
    assert [len(key) for key in keys] == [30, 30]
    assert keys[0] != keys[1]
    assert all(stream.opener is not None for stream in made.studio.streams.values())
    await made.recorder.stop(200.0)
    made.studio.close()
    made.node.close()


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("codec", ["vp8", "vp9", "h264", "av1"])
async def test_every_codec_makes_a_film(tmp_path: Path, codec: str) -> None:
    clip(codec)
    async with staged(janus) as stage:
        shows = await stage.join("client", Endpoint(stage.addresses, codec=codec))
        looks = await stage.join("host", Endpoint(stage.addresses, video=False))
        assert await stage.until(lambda: looks.counters.frames_received > 3)
        began = datetime.now(UTC).timestamp()
        await stage.engine.record_start("S", tmp_path)
        sent = shows.counters.audio_sent
        assert await stage.until(lambda: shows.counters.audio_sent >= sent + 150)
        await stage.engine.record_stop("S")
        assert not stage.of(RecordingGap)
        lasted = datetime.now(UTC).timestamp() - began
    film = make(tmp_path)
    assert film.name == ("recording.mkv" if codec == "h264" else "recording.webm")
    assert film.duration_ms == pytest.approx(lasted * 1000, abs=700)
    with av.open(str(tmp_path / film.name)) as opened:
        stream = opened.streams.video[0]
        frames = sum(1 for _ in opened.decode(stream))
        assert stream.codec_context.codec.canonical_name == codec
    assert frames == pytest.approx(15 * lasted, abs=10)


@pytest.mark.nightly
@pytest.mark.slow
async def test_a_recording_goes_on_at_the_next_node(tmp_path: Path) -> None:
    async with staged(janus) as stage:
        ends = {
            "client": await stage.join("client", Endpoint(stage.addresses)),
            "host": await stage.join("host", Endpoint(stage.addresses, video=False)),
        }
        looks, engine = ends["host"], stage.engine
        assert isinstance(engine, JanusEngine)
        assert await stage.until(lambda: looks.counters.frames_received > 3)
        await engine.record_start("S", tmp_path)
        seen = looks.counters.frames_received
        assert await stage.until(lambda: looks.counters.frames_received > seen + 20)
        home = int((engine.home_of("S") or "").rpartition("-")[2]) - 1
        node = engine.own[home].process
        assert node is not None
        os.kill(node.pid, signal.SIGKILL)
        assert await stage.until(lambda: stage.of(RoomMoved), 3.0)
        for leg, end in ends.items():
            await stage.join(leg, end, 5)
        seen = looks.counters.frames_received
        assert await stage.until(lambda: looks.counters.frames_received > seen + 20)
        await engine.record_stop("S")
        assert [gap.reason for gap in stage.of(RecordingGap)] == ["relay_lost"] * 2
    assert len(tapes_in(tmp_path)) == 6
    assert set(make(tmp_path).sources) == {"client-audio-0", "client-video-0", "host-audio-0"}
