"""Foreign servers as processes of their own, each in its own environment, on loopback only."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.stripe.oracles import LOCALSTRIPE, SEAHAVEN

_TRIES, _PAUSE_S = 200, 0.05

_SEAHAVEN = """
import sys
import seahaven.http
from seahaven_stripe_world import world
from seahaven_stripe_world.http_api import handle
options = '{"startup": {"livemode": false}}'
seahaven.http.main(world, handle, ["--port", sys.argv[1], "--reset-options", options])
"""

# Its own start command binds every interface and keeps what it knows under /tmp.
_LOCALSTRIPE = """
import sys
from aiohttp import web
from localstripe import server
server.store.dump_to_disk = lambda: None
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


@asynccontextmanager
async def _running(python: Path, program: str) -> AsyncIterator[str]:
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        python, "-I", "-c", program, str(port),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(_TRIES):
            if await _answers(port):
                break
            assert process.returncode is None, f"{python} ended"
            await asyncio.sleep(_PAUSE_S)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def seahaven() -> AsyncIterator[str]:
    """A Stripe account that starts empty; the address takes the place of Stripe's."""
    async with _running(SEAHAVEN, _SEAHAVEN) as url:
        yield f"{url}/worlds/minuta"


@asynccontextmanager
async def localstripe() -> AsyncIterator[str]:
    async with _running(LOCALSTRIPE, _LOCALSTRIPE) as url:
        yield url
