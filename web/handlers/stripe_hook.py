"""Payment news from the acquirer: signed, repeated, out of order; acknowledged after the commit."""

import structlog
from aiohttp import web

from ledger import LedgerError, accept_payment
from web.keys import CLOCK, DB, GATEWAY
from web.wiring import topped_up

BODY_BYTES_MAX = 256 * 1024

log = structlog.get_logger("hooks")


async def receive(request: web.Request) -> web.Response:
    """Book what the event says; a repeat is harmless, a forgery is refused without a reason."""
    body = await request.read()
    gateway, at = request.app[GATEWAY], request.app[CLOCK]()
    if len(body) > BODY_BYTES_MAX:
        raise web.HTTPRequestEntityTooLarge(BODY_BYTES_MAX, len(body))
    try:
        event = gateway.read_event(body, request.headers, at)
    except LedgerError as error:
        log.warning("payment event refused", reason=str(error))
        raise web.HTTPBadRequest from error
    async with request.app[DB].transaction() as db:
        top_up = await accept_payment(db, event, at)
    if top_up is not None:
        topped_up(request.app, top_up)
    return web.Response(status=204)
