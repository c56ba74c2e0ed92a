"""The servers that `bench.signalling` measures ours against: each gives every text back.

`python -m bench._signalling_echo aiohttp|websockets PORT`
"""

import asyncio
import contextlib
import gc
import sys

import uvloop
from aiohttp import WSMsgType, web
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_websockets
from websockets.exceptions import ConnectionClosed

BACKLOG = 4096


async def echo_aiohttp(port: int) -> None:
    async def talk(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await socket.send_str(frame.data)
        return socket

    app = web.Application()
    app.router.add_get("/{any:.*}", talk)
    await _listen(app, port)


async def _listen(app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=BACKLOG).start()


async def echo_websockets(port: int) -> None:
    async def talk(socket: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                await socket.send(text)

    await serve_websockets(
        talk, "127.0.0.1", port, compression=None, ping_interval=None, backlog=BACKLOG
    )


async def main(kind: str, port: int) -> None:
    await {"aiohttp": echo_aiohttp, "websockets": echo_websockets}[kind](port)
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2])))
