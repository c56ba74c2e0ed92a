"""A Janus of our own: its whole configuration in one folder, started, and started again.

Debian's package brings the program and its libraries; nothing of /etc/janus is read.
"""

import asyncio
import contextlib
import logging
import shutil
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from relay.embedded.addresses import host_addresses

LIBRARIES = ("/usr/lib/x86_64-linux-gnu/janus", "/usr/lib/aarch64-linux-gnu/janus",
             "/usr/local/lib/janus", "/opt/janus/lib/janus")  # fmt: skip
# Of util-linux: a server that is killed leaves no Janus behind.
DIE_WITH_US = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
WAIT_S = 0.2
WAIT_MAX_S = 30.0
# A process that lived so long did not die of its configuration.
STEADY_S = 60.0
PORTS = (20_000, 40_000)
STOP_WITHIN_S = 5.0
# As many loops as cores cost less than a thread for each handle, with many handles.
EVENT_LOOPS = 1
# How long a packet is kept for repair: a busy viewer asks later than the round trip and its 100 ms.
KEPT_MS = 800
MAIN = """
general: {{ configs_folder = "{folder}"; plugins_folder = "{library}/plugins"
  transports_folder = "{library}/transports"; events_folder = "{library}/events"
  debug_level = 3; log_to_stdout = true; event_loops = {loops}; session_timeout = 30 }}
media: {{ rtp_port_range = "{low}-{high}"; no_media_timer = 2; slowlink_threshold = 0
  min_nack_queue = {kept_ms} }}
nat: {{ ice_enforce_list = "{addresses}" }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
events: {{ broadcast = true; stats_period = 1; combine_media_stats = false
  disable = "{events}" }}
"""
SOCKETS = 'general: {{ ws = true; ws_port = {port}; ws_ip = "127.0.0.1" }}\n'
EVENTS = """
general: {{ enabled = true; events = "media"; grouping = true; json = "compact"
  backend = "{backend}"; subprotocol = "janus-events" }}
"""
UNUSED_PLUGINS = (
    "audiobridge", "echotest", "recordplay", "sip", "nosip", "streaming", "textroom", "videocall",
    "voicemail", "lua", "duktape",
)  # fmt: skip
UNUSED_EVENTS = ("sampleevh", "gelfevh", "mqttevh", "nanomsgevh", "rabbitmqevh")
UNUSED_TRANSPORTS = ("http", "mqtt", "nanomsg", "pfunix", "rabbitmq")

logger = logging.getLogger(__name__)


class NoJanus(Exception):
    """Janus is not installed on this machine."""


def library() -> Path:
    """Where its plugins are. Raises: NoJanus."""
    found = [Path(one) for one in LIBRARIES if Path(one, "plugins").is_dir()]
    if shutil.which("janus") is None or not found:
        raise NoJanus("MINUTA_RELAY=janus needs Debian's package janus, or MINUTA_JANUS_URLS")
    return found[0]


def configure(
    folder: Path, port: int, backend: str, addresses: Sequence[str], ports: tuple[int, int]
) -> None:
    """Write the files of one Janus that listens on `port` and reports events to `backend`.

    Addresses are those of interfaces: Janus never offers a loopback one. `ports`: its first and
    last for media, UDP. Raises: NoJanus.
    """
    folder.mkdir(parents=True, exist_ok=True)
    outer = [one for one in host_addresses(addresses) if not one.startswith("127.")]
    files = {
        "janus.jcfg": MAIN.format(
            folder=folder, library=library(), low=ports[0], high=ports[1],
            addresses=",".join(outer), loops=EVENT_LOOPS, kept_ms=KEPT_MS,
            plugins=_libraries(UNUSED_PLUGINS), transports=_libraries(UNUSED_TRANSPORTS),
            events=_libraries(UNUSED_EVENTS),
        ),
        "janus.transport.websockets.jcfg": SOCKETS.format(port=port),
        "janus.eventhandler.wsevh.jcfg": EVENTS.format(backend=backend),
        "janus.plugin.videoroom.jcfg": "general: { }\n",
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).write_text(text)


def _libraries(names: Sequence[str]) -> str:
    return ",".join(f"libjanus_{name}.so" for name in names)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class JanusProcess:
    """Runs until it is closed; a process that ends is started again, later each time."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, dict(environment)
        self.process: asyncio.subprocess.Process | None = None
        self._life = asyncio.get_running_loop().create_task(self._live(), name="janus")

    async def _live(self) -> None:
        wait = WAIT_S
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._run()
            except OSError:
                logger.exception("Janus could not be started")
            lived_s = asyncio.get_running_loop().time() - began
            wait = WAIT_S if lived_s > STEADY_S else min(wait * 2, WAIT_MAX_S)
            await asyncio.sleep(wait)

    async def _run(self) -> None:
        told = self._folder / "janus.log"
        with contextlib.suppress(FileNotFoundError):
            told.replace(self._folder / "janus.log.1")  # of the life before; older ones go
        with told.open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                *DIE_WITH_US, "janus", "-F", str(self._folder), env=self._environment, stdout=log,
                stderr=log, stdin=asyncio.subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        code = await self.process.wait()
        logger.warning("Janus ended: %s", code)

    async def close(self) -> None:
        self._life.cancel()
        await asyncio.gather(self._life, return_exceptions=True)
        process = self.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()
