"""Relay processes: real ones, killed, stopped and drained under a running session."""

import asyncio
import os
import signal
import socket
import time
from datetime import UTC, datetime

import pytest

from relay import BadOffer, RelaySettings, RoomFull, RoomLost, RoomMoved
from relay.crew import Crewman
from relay.endpoint import Endpoint
from relay.events import NodeSeen
from relay.fleet import Fleet
from tests.relay.conftest import LOOPBACK, Stage

pytestmark = pytest.mark.slow


def _now() -> datetime:
    return datetime.now(UTC)


def home(stage: Stage) -> Crewman:
    fleet = stage.engine
    assert isinstance(fleet, Fleet)
    found = fleet._members[fleet.home_of("S") or ""]
    assert isinstance(found, Crewman)
    return found


async def hears(stage: Stage, looks: Endpoint, limit_s: float = 10.0) -> bool:
    """Whether new packets arrive."""
    seen = looks.counters.audio_received
    return await stage.until(lambda: looks.counters.audio_received > seen + 5, limit_s)


async def test_a_killed_process_costs_its_sessions_a_moment(workers: Stage) -> None:
    looks = Endpoint(LOOPBACK, video=False)
    shows = await workers.join("client", Endpoint(LOOPBACK, video=False))
    await workers.join("host", looks)
    assert await hears(workers, looks)
    with pytest.raises(BadOffer):
        await workers.engine.publish("S", "client", "v=0", 1)
    await workers.engine.open_room("one", legs_max=0)
    with pytest.raises(RoomFull) as full:
        await workers.engine.publish("one", "host", "v=0", 0)
    assert (full.value.room, full.value.legs_max) == ("one", 0)
    killed = home(workers)
    began = time.monotonic()
    os.kill(killed.pid, signal.SIGKILL)
    assert await workers.until(lambda: workers.of(RoomMoved), 2.0)
    assert [lost.node for lost in workers.of(RoomLost) if lost.room == "S"] == [killed.name]
    assert home(workers) is not killed
    await workers.join("client", shows, 1)
    await workers.join("host", looks, 1)
    assert await hears(workers, looks)
    assert time.monotonic() - began < 5
    assert await workers.until(lambda: workers.engine.stats("S").audio_packets_forwarded > 0)


async def test_a_process_that_cannot_be_forked_leaves_no_socket(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[socket.socket] = []
    pair = socket.socketpair

    def noted() -> tuple[socket.socket, socket.socket]:
        made.extend(ends := pair())
        return ends

    async def forks(*_: object, **__: object) -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(socket, "socketpair", noted)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", forks)
    fleet = Fleet(lambda event: None, _now)
    member = Crewman("worker-1", RelaySettings(), fleet, _now, {})
    for _ in range(10):
        await asyncio.sleep(0)
    await member.close()
    assert caplog.messages == ["relay worker worker-1 failed"]
    assert [end.fileno() for end in made] == [-1, -1]


@pytest.mark.nightly
async def test_a_process_that_hangs_is_killed_and_replaced(workers: Stage) -> None:
    stopped = home(workers)
    pid = stopped.pid
    os.kill(pid, signal.SIGSTOP)
    assert await workers.until(lambda: workers.of(RoomMoved), 10.0)
    assert await workers.until(
        lambda: any(
            seen.node == stopped.name and seen.up and seen.restarts for seen in workers.of(NodeSeen)
        ),
        20.0,
    )
    assert stopped.pid != pid


@pytest.mark.nightly
async def test_a_drained_process_goes_with_its_last_room(workers: Stage) -> None:
    drained = home(workers)
    pid = drained.pid
    os.kill(pid, signal.SIGUSR1)
    assert await workers.until(lambda: drained.report().draining, 3.0)
    for number in range(4):
        await workers.engine.open_room(f"next-{number}")
    assert drained.report().rooms == 1
    await workers.engine.close_room("S")
    assert await workers.until(lambda: drained.pid != pid and drained.report().up, 20.0)
    assert not workers.of(RoomLost)


@pytest.mark.nightly
async def test_no_process_outlives_its_server(workers: Stage) -> None:
    member = home(workers)
    assert member._writer is not None
    pid = member.pid
    member._life.cancel()
    await asyncio.gather(member._life, return_exceptions=True)
    member._writer.close()
    assert member._process is not None
    assert await asyncio.wait_for(member._process.wait(), 10) == 0
    assert member.pid == pid
