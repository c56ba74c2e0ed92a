"""Our engine alone in a process, spoken to over HTTP: the side that `bench.relay` measures."""

import asyncio
import sys
from datetime import UTC, datetime

import uvloop
from aiohttp import web

from relay import RelaySettings, embedded_engine


async def serve(port: int, address: str) -> None:
    """POST /{pub|sub}/{room}: an offer in, an answer out."""
    engine = embedded_engine(
        RelaySettings(addresses=(address,)), lambda event: None, lambda: datetime.now(UTC)
    )

    async def offer(request: web.Request) -> web.Response:
        room, text = request.match_info["room"], await request.text()
        await engine.open_room(room)
        if request.match_info["role"] == "pub":
            answer = await engine.publish(room, "client", text, 0)
        else:
            answer = await engine.subscribe(room, "host", text, 0)
        return web.Response(text=answer.sdp)

    app = web.Application()
    app.router.add_post("/{role:pub|sub}/{room}", offer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), sys.argv[2]))
