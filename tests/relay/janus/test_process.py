"""Debian's Janus, started by us: its configuration, and one session through it, live."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from relay import OfferWanted, RoomLost, RoomMoved
from relay.endpoint import Endpoint
from relay.janus.node import JanusEngine
from relay.janus.process import JanusProcess, configure
from tests.relay.conftest import janus, staged


def test_its_whole_configuration_is_in_one_folder(tmp_path: Path) -> None:
    configure(tmp_path, 8188, "ws://127.0.0.1:9", ("192.0.2.7", "127.0.0.1"), (5000, 5999))
    main = (tmp_path / "janus.jcfg").read_text()
    assert 'rtp_port_range = "5000-5999"' in main
    assert 'ice_enforce_list = "192.0.2.7"' in main
    assert "stats_period = 1;" in main
    assert (
        'backend = "ws://127.0.0.1:9"' in (tmp_path / "janus.eventhandler.wsevh.jcfg").read_text()
    )
    assert 'ws_ip = "127.0.0.1"' in (tmp_path / "janus.transport.websockets.jcfg").read_text()


async def test_the_log_of_two_lives_is_kept(tmp_path: Path) -> None:
    program, log = tmp_path / "janus", tmp_path / "janus.log"
    program.write_text("#!/bin/sh\necho second\nexec sleep 60\n")
    program.chmod(0o755)
    log.write_text("first\n")
    (tmp_path / "janus.log.1").write_text("long ago\n")
    process = JanusProcess(tmp_path, {"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    try:
        for _ in range(1000):
            await asyncio.sleep(0.01)
            if "second" in log.read_text():
                break
    finally:
        await process.close()
    assert log.read_text() == "second\n"
    assert (tmp_path / "janus.log.1").read_text() == "first\n"


@pytest.mark.slow
async def test_a_session_and_the_death_of_its_node() -> None:
    async with staged(janus) as stage:
        speaks = await stage.join("client", Endpoint(stage.addresses, video=False))
        hears = await stage.join("host", Endpoint(stage.addresses, video=False))
        assert await stage.until(lambda: speaks.counters.audio_received > 5)
        assert await stage.until(lambda: hears.counters.audio_received > 5)
        assert stage.of(OfferWanted)  # the client looked before there was anything
        engine = stage.engine
        assert isinstance(engine, JanusEngine)
        home = int((engine.home_of("S") or "").rpartition("-")[2]) - 1
        killed = engine.own[home].process
        assert killed is not None
        began = time.monotonic()
        os.kill(killed.pid, signal.SIGKILL)
        assert await stage.until(lambda: stage.of(RoomMoved), 2.0)
        assert [lost.node for lost in stage.of(RoomLost)] == [f"janus-{home + 1}"]
        await stage.join("client", speaks, 5)
        await stage.join("host", hears, 5)
        heard = hears.counters.audio_received
        assert await stage.until(lambda: hears.counters.audio_received > heard + 5, 5.0)
        assert time.monotonic() - began < 5
