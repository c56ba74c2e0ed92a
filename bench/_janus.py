"""Debian's Janus in a temporary folder, spoken to over its WebSocket: only benches do this."""

import asyncio
import contextlib
import json
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import websockets

from relay.janus.process import UNUSED_PLUGINS, UNUSED_TRANSPORTS, NoJanus, library

MAIN = """
general: {{ configs_folder = "{home}"; plugins_folder = "{lib}/plugins"
  transports_folder = "{lib}/transports"; events_folder = "{lib}/events"
  debug_level = 2; {threads} }}
media: {{ rtp_port_range = "20000-40000" }}
nat: {{ ice_enforce_list = "{address}" }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
"""


def version() -> str:
    """As the program says it: "1.1.2"."""
    said = subprocess.run(["janus", "--version"], capture_output=True, text=True, check=False)
    return said.stdout.partition("(")[2].partition(")")[0] or "unknown"


class JanusProcess:
    """A running Janus. Without `event_loops` it starts a thread for each handle; a fixed number
    of loops is its own advice for many handles on few cores.
    """

    def __init__(
        self, port: int, address: str, prefix: list[str], event_loops: int | None = None
    ) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="minuta-janus-"))
        self._write("janus.jcfg", MAIN.format(
            home=self._home, lib=library(), address=address,
            threads=f"event_loops = {event_loops}" if event_loops else "",
            plugins=",".join(f"libjanus_{n}.so" for n in UNUSED_PLUGINS),
            transports=",".join(f"libjanus_{n}.so" for n in UNUSED_TRANSPORTS),
        ))  # fmt: skip
        self._write(
            "janus.transport.websockets.jcfg",
            f'general: {{ ws = true; ws_port = {port}; ws_ip = "127.0.0.1" }}\n',
        )
        self._write("janus.plugin.videoroom.jcfg", "general: { }\n")
        self._log = (self._home / "log").open("w")
        self.process = subprocess.Popen(
            [*prefix, "janus", "-F", str(self._home)], stdout=self._log, stderr=self._log
        )

    def _write(self, name: str, text: str) -> None:
        (self._home / name).write_text(text)

    def stop(self) -> None:
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()
        self._log.close()
        shutil.rmtree(self._home, ignore_errors=True)


class Janus:
    """A client session with the video room plugin."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._pending: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.ensure_future(self._read())
        self._session = 0

    @classmethod
    async def connect(cls, port: int) -> "Janus":
        address = f"ws://127.0.0.1:{port}/"
        made = cls(await websockets.connect(address, subprotocols=["janus-protocol"]))  # type: ignore[list-item]
        made._session = (await made._call(janus="create"))["data"]["id"]
        return made

    async def _read(self) -> None:
        async for text in self._socket:
            said = json.loads(text)
            if said["janus"] != "ack" and said.get("transaction") in self._pending:
                self._pending.pop(said["transaction"]).set_result(said)

    async def _call(self, **message: Any) -> dict[str, Any]:
        transaction = secrets.token_hex(6)
        answer = self._pending[transaction] = asyncio.get_running_loop().create_future()
        if self._session:
            message["session_id"] = self._session
        await self._socket.send(json.dumps({**message, "transaction": transaction}))
        return await asyncio.wait_for(answer, 10)

    async def attach(self) -> int:
        attached = await self._call(janus="attach", plugin="janus.plugin.videoroom")
        return int(attached["data"]["id"])

    async def say(
        self, handle: int, body: dict[str, Any], jsep: dict[str, str] | None = None
    ) -> dict[str, Any]:
        more = {"jsep": jsep} if jsep else {}
        return await self._call(janus="message", handle_id=handle, body=body, **more)

    async def keep_alive(self) -> None:
        await self._call(janus="keepalive")

    async def publish(self, room: int, offer: str) -> tuple[str, int]:
        """The answer, and the feed to subscribe to."""
        handle = await self.attach()
        make = {"request": "create", "room": room, "publishers": 2, "videocodec": "vp8"}
        await self.say(handle, make)
        join = {"request": "join", "ptype": "publisher", "room": room}
        joined = await self.say(handle, join)
        feed = int(joined["plugindata"]["data"]["id"])
        said = await self.say(handle, {"request": "configure"}, {"type": "offer", "sdp": offer})
        return str(said["jsep"]["sdp"]), feed

    async def subscribe(self, room: int, feed: int) -> tuple[int, str]:
        """Janus offers: the handle to answer on, and its offer."""
        handle = await self.attach()
        join = {
            "request": "join", "ptype": "subscriber", "room": room, "streams": [{"feed": feed}],
        }  # fmt: skip
        said = await self.say(handle, join)
        return handle, str(said["jsep"]["sdp"])

    async def start(self, handle: int, answer: str) -> None:
        await self.say(handle, {"request": "start"}, {"type": "answer", "sdp": answer})

    async def close(self) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._socket.close()


def installed() -> bool:
    with contextlib.suppress(NoJanus):
        return library().is_dir()
    return False
