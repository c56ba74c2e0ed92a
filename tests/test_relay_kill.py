"""kill -9 of a relay process under running sessions: all are back in seconds, the audit is clean.

A real server with two relay processes, real media through the product's own signalling. First one
process dies, then the other, which has all the sessions by then.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.relay.conftest import LOOPBACK, outer_address
from tests.test_kill import faults_of, hang_up, patiently, press_start
from web.actors import Place
from web.house import House, free_port
from web.robot import Robot, come_true

BACK_WITHIN_S = 5.0
# A busy machine of two cores carries server, relay and all endpoints: patience, not the bar.
PATIENCE_S = 40.0


@dataclass(slots=True)
class Pair:
    """A session with both its sides."""

    number: str
    places: tuple[Place, Place]
    before: list[tuple[int, int]] = field(default_factory=list)

    def received(self) -> list[tuple[int, int]]:
        """Voice and picture that arrived at each side."""
        found = [place.media.counters for place in self.places]
        return [(one.audio_received, one.video_received) for one in found]

    def is_on(self) -> bool:
        """Whether both sides hear and see more than they did `before`."""
        return all(
            audio > heard + 5 and video > seen + 2
            for (audio, video), (heard, seen) in zip(self.received(), self.before, strict=True)
        )


@asynccontextmanager
async def session(house: House, addresses: tuple[str, ...]) -> AsyncIterator[Pair]:
    """A running session of two light endpoints."""
    async with Robot(house.base, "host") as host, Robot(house.base, "client") as client:
        await patiently(lambda: host.enter("consultant"))
        made = await patiently(
            lambda: host.post("/sessions", topic="Обрыв", plan="host-pays", rate="20")
        )
        number, path = made["number"], "/i/" + made["link"].rpartition("/")[2]
        client.token = (await patiently(lambda: client.post(path, name="Анна")))["token"]
        places = Place(host, number, addresses), Place(client, number, addresses)
        try:
            await press_start(places)
            yield Pair(number, places)
            await hang_up(places)
        finally:
            await asyncio.gather(*(place.close() for place in places))


def nodes_of(house: House, kind: bytes) -> dict[int, int]:
    """Relay processes of the server with how many sockets each has open, the busiest first."""
    assert house.process is not None
    pid = house.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = {
        int(child): len(list(Path(f"/proc/{child}/fd").iterdir()))
        for child in children
        if kind in Path(f"/proc/{child}/cmdline").read_bytes()
    }
    return dict(sorted(found.items(), key=lambda one: -one[1]))


async def back_after(pairs: list[Pair], kill: int) -> list[float]:
    """Kill the process; for each session how long until both sides hear and see again.

    Of sessions that were at another process that is as long as it takes to notice.
    """
    os.kill(kill, signal.SIGKILL)
    began = time.monotonic()
    await asyncio.sleep(0.1)  # what was under way at the kill is no return
    for pair in pairs:
        pair.before = pair.received()

    async def back(pair: Pair) -> float:
        await come_true(pair.is_on, PATIENCE_S)
        return time.monotonic() - began

    return await asyncio.gather(*(back(pair) for pair in pairs))


WORKERS, JANUS = b"relay.worker", b"janus\0-F"


async def kills(folder: Path, count: int, deaths: int, kind: bytes = WORKERS) -> list[list[float]]:
    """Sessions of two, one relay process killed after another; times to be back, for each."""
    url = f"sqlite+aiosqlite:///{folder}/minuta.db"
    extra, addresses = {"MINUTA_RELAY_WORKERS": "2"}, LOOPBACK
    if kind == JANUS:
        addresses = outer_address()
        extra |= {"MINUTA_RELAY": "janus", "MINUTA_MEDIA_ADDRESSES": addresses[0]}
    house = House(folder, free_port(), url, extra)
    await house.start()
    told: list[list[float]] = []
    try:
        async with AsyncExitStack() as stack:
            opened = (stack.enter_async_context(session(house, addresses)) for _ in range(count))
            pairs = list(await asyncio.gather(*opened))
            for pair in pairs:
                pair.before = pair.received()
                await come_true(pair.is_on, PATIENCE_S)
            for _ in range(deaths):
                told.append(await back_after(pairs, next(iter(nodes_of(house, kind)))))
                await come_true(lambda: len(nodes_of(house, kind)) == 2, PATIENCE_S)
                await asyncio.sleep(2)
        assert await faults_of(url) == []
    finally:
        await house.stop()
    return told


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", [WORKERS, JANUS], ids=["worker", "janus"])
async def test_crash_of_relay_nodes_with_twenty_sessions(tmp_path: Path, kind: bytes) -> None:
    """`make nightly T=crash`. The quick version, without the web, is tests/relay/test_crew.py."""
    for times in await kills(tmp_path, 20, 2, kind):
        shown = ", ".join(f"{one:.2f}" for one in sorted(times))
        print(f"\n20 sessions, {kind!r} killed; back after, s: {shown}")
        assert max(times) <= BACK_WITHIN_S
