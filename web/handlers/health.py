"""For machines that watch: alive, ready, and numbers for Prometheus."""

import asyncio

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from web.keys import DB, LOOP

READY_WITHIN_S = 2


async def alive(_request: web.Request) -> web.Response:
    return web.json_response({"alive": True})


async def ready(request: web.Request) -> web.Response:
    """Whether sessions can be taken: the database answers and the meters turn."""
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            await request.app[DB].ping()
        database = True
    except Exception:
        database = False
    meters = request.app[LOOP].lease is not None
    good = database and meters
    return web.json_response(
        {"ready": good, "database": database, "meters": meters}, status=200 if good else 503
    )


async def metrics(_request: web.Request) -> web.Response:
    return web.Response(
        body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )
