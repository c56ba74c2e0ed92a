"""News from the acquirer: signed, repeated, out of order. Stored and acknowledged, nothing more.

What it means is found out by the worker (web/card_work.py); here there is no outgoing call, and
whatever takes longer than two seconds is left for the acquirer to send again.
"""

import asyncio

import structlog
from aiohttp import web

from ledger import LedgerError
from ledger.cards import receive as store_news
from web import metrics
from web.keys import CARD_NEWS, CLOCK, DB, GATEWAY

BODY_BYTES_MAX = 256 * 1024
ANSWER_S_MAX = 2

log = structlog.get_logger("hooks")


async def receive(request: web.Request) -> web.Response:
    """Store what our own account tells; a repeat is harmless, a forgery is told no reason."""
    return await _received(request, connect=False)


async def receive_connect(request: web.Request) -> web.Response:
    """The same for news of connected accounts, which has secrets of its own."""
    return await _received(request, connect=True)


async def _received(request: web.Request, connect: bool) -> web.Response:
    body = await request.read()
    if len(body) > BODY_BYTES_MAX:
        raise web.HTTPRequestEntityTooLarge(BODY_BYTES_MAX, len(body))
    gateway, at = request.app[GATEWAY], request.app[CLOCK]()
    try:
        notice = gateway.read_notice(body, request.headers, at, connect)
    except LedgerError as error:
        metrics.NEWS_REFUSED.labels(getattr(error, "reason", "other")).inc()
        log.warning("news refused", reason=str(error), connect=connect)
        raise web.HTTPBadRequest from error
    try:
        async with asyncio.timeout(ANSWER_S_MAX), request.app[DB].transaction() as db:
            fresh = await store_news(db, notice, at)
    except TimeoutError as error:
        raise web.HTTPServiceUnavailable from error
    metrics.NEWS_STORED.labels("fresh" if fresh else "repeated").inc()
    request.app[CARD_NEWS].set()
    return web.Response(status=204)
