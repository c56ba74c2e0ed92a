"""Two people in real browsers while the process that carries their media is killed under them."""

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.web.browsers import Server, until
from tests.web.test_room_browser import same_clock, together

pytestmark = [pytest.mark.browser, pytest.mark.nightly, pytest.mark.timeout(240)]

BACK_WITHIN_S = 5.0


def children(pid: int, kind: bytes) -> list[int]:
    """Processes of the server whose command line says so, those with most sockets first."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    mine = [c for c in found if kind in Path(f"/proc/{c}/cmdline").read_bytes()]
    return sorted((int(c) for c in mine), key=lambda c: -len(os.listdir(f"/proc/{c}/fd")))


def voice(told: dict[str, dict[str, Any]]) -> int:
    """Packets of voice; a connection that is just being made has not heard any."""
    return int(told.get("audio", {"packets": 0})["packets"])


@pytest.mark.parametrize(("engine", "kind"), [("embedded", b"relay.worker"), ("janus", b"janus")])
async def test_the_picture_comes_back_by_itself(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch, engine: str, kind: bytes
) -> None:
    monkeypatch.setenv("MINUTA_RELAY", engine)
    monkeypatch.setenv("MINUTA_RELAY_WORKERS", "2")
    running = Server(tmp_path)
    await running.start()
    try:
        host, client = await together(running, browser)
        await until(host.clock, lambda now: now >= 3)
        assert running.process is not None
        os.kill(children(running.process.pid, kind)[0], signal.SIGKILL)
        began = time.monotonic()
        await asyncio.sleep(0.3)
        heard = voice(await client.incoming())
        seen = await host.frames()
        await until(host.frames, lambda n: 5 < n != seen)
        await until(client.incoming, lambda told: voice(told) not in (heard, 0))
        assert time.monotonic() - began < BACK_WITHIN_S
        stood = await host.clock()
        await until(host.clock, lambda now: now >= stood + 3)
        await same_clock(host, client)
        assert host.problems + client.problems == []
    finally:
        await running.stop()
