"""The transparency log, to anybody: checkpoints, and proofs of what is asked."""

from aiohttp import web

from web.faces import dumps, face
from web.keys import DB, SEALER, SETTINGS
from web.log_page import checkpoints_of, consistency_of, inclusion_of, latest_of, log_page_of


async def show(request: web.Request) -> web.StreamResponse:
    """What the log is, its latest checkpoint, and how to check it."""
    async with request.app[DB].reading() as db:
        value = await log_page_of(db, request.app[SEALER].log, request.app[SETTINGS].origin)
    return face(request, "log.html", value)


async def show_checkpoint(request: web.Request) -> web.StreamResponse:
    """The latest checkpoint as a signed note."""
    async with request.app[DB].reading() as db:
        made = await latest_of(db, request.app[SEALER].log)
    return web.Response(text=made.note)


async def show_key(request: web.Request) -> web.StreamResponse:
    """The key that signs checkpoints: name+id+key."""
    return web.Response(text=request.app[SEALER].log.public.text + "\n")


async def list_checkpoints(request: web.Request) -> web.StreamResponse:
    """Every checkpoint, newest first, a hundred at a time: `below` is where to go on."""
    async with request.app[DB].reading() as db:
        value = await checkpoints_of(db, request.app[SEALER].log, request.query)
    return web.json_response(value, dumps=dumps)


async def prove(request: web.Request) -> web.StreamResponse:
    """That a leaf is in the log: `leaf` (hash) or `index`, and `size` of the log if not all."""
    async with request.app[DB].reading() as db:
        value = await inclusion_of(db, request.app[SEALER].log, request.query)
    return web.json_response(value, dumps=dumps)


async def compare(request: web.Request) -> web.StreamResponse:
    """That nothing was changed or taken out between two sizes, `from` and `to`."""
    async with request.app[DB].reading() as db:
        value = await consistency_of(db, request.app[SEALER].log, request.query)
    return web.json_response(value, dumps=dumps)
