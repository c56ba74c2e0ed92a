"""A node that others run: another configuration than ours, another address than the loopback."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relay import Engine, RecordingGap, RelaySettings, SecondWitnessed, janus_engine
from relay.endpoint import Endpoint
from relay.janus.node import JanusEngine
from relay.janus.process import JanusProcess, free_port, library
from relay.recording.film import make
from tests.relay.conftest import Listener, Stage, outer_address

pytestmark = [pytest.mark.nightly, pytest.mark.slow]

# As an operator would write it, with docs/operations.md beside: everything else as Janus has it.
FILES = {
    "janus.jcfg": """
general: {{ configs_folder = "{folder}"; plugins_folder = "{library}/plugins"
  transports_folder = "{library}/transports"; events_folder = "{library}/events"
  server_name = "media-7"; session_timeout = 60; reclaim_session_timeout = 10; debug_level = 4 }}
media: {{ rtp_port_range = "40100-40400"; dtls_mtu = 1200; min_nack_queue = 500 }}
nat: {{ nice_debug = false; full_trickle = true; ice_enforce_list = "{address}" }}
plugins: {{ disable = "libjanus_sip.so,libjanus_nosip.so" }}
transports: {{ disable = "{transports}" }}
events: {{ broadcast = true; stats_period = 1; disable = "{handlers}" }}
""",
    "janus.transport.websockets.jcfg": """
general: {{ json = "indented"; ws = true; ws_port = {port}; ws_ip = "{address}"; wss = false }}
admin: {{ admin_ws = false }}
""",
    "janus.eventhandler.wsevh.jcfg": """
general: {{ enabled = true; events = "all"; grouping = false; json = "indented"
  backend = "ws://{address}:{reports}"; subprotocol = "janus-events" }}
""",
    "janus.plugin.videoroom.jcfg": """
general: {{ events = true }}
room-1234: {{ description = "Demo Room"; publishers = 6; bitrate = 128000; record = false }}
""",
}


def disabled(*names: str) -> str:
    return ",".join(f"libjanus_{name}.so" for name in names)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    (address,), port, reports = outer_address(), free_port(), free_port()
    for name, text in FILES.items():
        (tmp_path / name).write_text(
            text.format(
                folder=tmp_path, library=library(), address=address, port=port, reports=reports,
                transports=disabled("http", "rabbitmq", "mqtt", "nanomsg", "pfunix"),
                handlers=disabled("sampleevh", "gelfevh", "mqttevh", "nanomsgevh", "rabbitmqevh"),
            )
        )  # fmt: skip

    def engine(
        settings: RelaySettings, on_event: Listener, clock: Callable[[], datetime]
    ) -> Engine:
        return janus_engine(on_event, clock, [f"ws://{address}:{port}"], (address, reports))

    node = JanusProcess(tmp_path, os.environ)
    made = Stage(engine, (address,))
    await made.engine.open_room("S")
    yield made
    for endpoint in made.endpoints:
        await endpoint.close()
    await made.engine.close()
    await node.close()


async def test_a_session_is_witnessed_and_recorded(stage: Stage, tmp_path: Path) -> None:
    shows = await stage.join("client", Endpoint(stage.addresses))
    looks = await stage.join("host", Endpoint(stage.addresses, video=False))
    assert await stage.until(lambda: looks.counters.video_received > 20)
    await stage.engine.record_start("S", tmp_path / "tapes")
    assert await stage.until(lambda: len(stage.mutual()) >= 3, 15.0)
    engine = stage.engine
    assert isinstance(engine, JanusEngine)
    streams = list(engine._studio.streams.values())
    assert len(streams) == 3
    assert all(stream.opener is not None for stream in streams), "over a wire only sealed"
    await asyncio.sleep(1)
    before = datetime.now(UTC).timestamp()
    await stage.engine.record_stop("S")
    film = make(tmp_path / "tapes")
    assert set(film.sources) == {"client-audio-0", "client-video-0", "host-audio-0"}
    assert film.began_us / 1e6 + film.duration_ms / 1000 == pytest.approx(before, abs=0.5)
    assert not stage.of(RecordingGap)
    assert stage.mutual()[-1] - stage.of(SecondWitnessed)[0].second < 30
    assert shows.counters.video_sent > 20
