"""A server process of one's own: for `minuta demo`, `minuta load` and the crash tests."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from web.settings import environment_without_ours

READY_WITHIN_S = 40
STOP_WITHIN_S = 20


@dataclass(slots=True)
class House:
    """Where it listens, where it keeps things; `start`, `stop` and `kill` as often as wanted."""

    folder: Path
    port: int
    database_url: str
    extra: Mapping[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    async def start(self) -> None:
        """Start and wait until it is ready. Raises: RuntimeError with the end of its log."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "web",
                "serve",
                "--demo",
                env=dict(self._environment()),
                stdout=log,
                stderr=log,
            )
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                while True:
                    if await self._ready():
                        return
                    await asyncio.sleep(0.1)
        except TimeoutError:
            await self.kill()
            raise RuntimeError(f"the server did not start: {self.last_words()}") from None

    async def stop(self) -> int:
        """SIGTERM and wait; the exit code."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> int:
        """SIGKILL and wait."""
        return await self._end(signal.SIGKILL)

    def last_words(self) -> str:
        return self.log.read_text("utf-8", "replace")[-3000:] if self.log.exists() else ""

    async def _end(self, number: int) -> int:
        if self.process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                return await self.process.wait()
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()

    async def _ready(self) -> bool:
        if self.process is not None and self.process.returncode is not None:
            raise RuntimeError(f"the server ended: {self.last_words()}")
        try:
            async with aiohttp.ClientSession() as http, http.get(f"{self.base}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def _environment(self) -> Mapping[str, str]:
        own = {
            "MINUTA_HOST": "127.0.0.1",
            "MINUTA_PORT": str(self.port),
            "MINUTA_ORIGIN": self.base,
            "MINUTA_DATABASE_URL": self.database_url,
            "MINUTA_FOLDER": str(self.folder),
            "MINUTA_MEDIA_ADDRESSES": "127.0.0.1",
        }
        return environment_without_ours() | own | dict(self.extra)


@asynccontextmanager
async def own_server(folder: Path, database_url: str = "") -> AsyncIterator[House]:
    """A running server with demo accounts, stopped at the end."""
    url = database_url or f"sqlite+aiosqlite:///{folder}/minuta.db"
    house = House(folder, free_port(), url)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
