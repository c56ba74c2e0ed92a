"""Files in a session: announced, given in parts, accepted or declined, taken, withdrawn."""

import asyncio
import errno
import re
from urllib.parse import quote

from aiohttp import hdrs, web

from broker import sessions
from broker.signalling import giving as messages
from web import giving
from web.acting import side
from web.errors import BadInput
from web.faces import dumps
from web.forms import fields, see
from web.keys import CLOCK, DB, SETTINGS, VAULT

PART_BYTES_MAX = 8 * 1024 * 1024
READ_BYTES = 64 * 1024
PART_WITHIN_S = 120
RANGE = re.compile(r"bytes (?:(\d{1,12})-(\d{1,12})|\*)/(\d{1,12})")
DIGITS = re.compile(r"[0-9]{1,12}")
ANSWERS = {"accept": True, "decline": False}


async def announce(request: web.Request) -> web.StreamResponse:
    """Offer a file to the other side, who is asked; its bytes may follow at once."""
    given, number = await fields(request), request.match_info["number"]
    if not DIGITS.fullmatch(given.get("size", "")):
        raise BadInput("size")
    id, name, sha256, kind = (given.get(one, "") for one in ("id", "name", "sha256", "type"))
    at, most = request.app[CLOCK](), request.app[SETTINGS].files.bytes_max
    async with request.app[DB].transaction() as db:
        role = await side(db, request)
        offered = await sessions.offer_file(
            db, number, role, id, name, int(given["size"]), sha256, kind, at, most
        )
    told = await giving.tell(request.app, offered)
    return see(request, f"/sessions/{number}", _plain(told))


async def stand(request: web.Request) -> web.StreamResponse:
    """How many bytes are there, in `Upload-Offset`, of how many, in `Upload-Length`."""
    file, _ = await _file(request)
    told = await giving.now(request.app, file)
    return web.Response(headers={"Upload-Offset": str(told.have), "Upload-Length": str(file.size)})


async def give(request: web.Request) -> web.StreamResponse:
    """One part of a file, as `Content-Range` says; the last one makes it whole."""
    file, role = await _file(request)
    sessions.check_giver(file, role)
    if file.state == "offered":
        offset, size = _range(request, file.size)
        try:
            async with asyncio.timeout(PART_WITHIN_S):
                parts = request.content.iter_chunked(READ_BYTES)
                file = await giving.take_part(request.app, file, offset, size, parts)
        except (TimeoutError, ConnectionError, web.RequestPayloadError) as error:
            raise web.HTTPRequestTimeout from error  # what came is kept, the rest may follow
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise web.HTTPInsufficientStorage from error
            raise
    elif not file.kept:
        raise sessions.errors.WrongFileState(file.session, file.id, file.state, "give")
    told = await giving.tell(request.app, file)
    return web.json_response(_plain(told), dumps=dumps)


async def take(request: web.Request) -> web.StreamResponse:
    """The file as it was given, for saving and never for showing."""
    file, role = await _file(request)
    sessions.check_taker(file, role)
    path = request.app[VAULT].path(file.session, file.id)
    headers = {
        hdrs.CONTENT_TYPE: "application/octet-stream",
        hdrs.CONTENT_DISPOSITION: f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return web.FileResponse(path, headers=headers)


async def answer(request: web.Request) -> web.StreamResponse:
    """The word of the side that was asked: accept or decline."""
    given, number = await fields(request), request.match_info["number"]
    if given.get("decision") not in ANSWERS:
        raise BadInput("decision")
    accepts, at = ANSWERS[given["decision"]], request.app[CLOCK]()
    async with request.app[DB].transaction() as db:
        role = await side(db, request)
        file = await sessions.answer_file(db, number, role, request.match_info["id"], accepts, at)
    await (giving.tell if accepts else giving.let_go)(request.app, file)
    return see(request, f"/sessions/{number}")


async def withdraw(request: web.Request) -> web.StreamResponse:
    """Whoever offered it takes it back."""
    number, at = request.match_info["number"], request.app[CLOCK]()
    async with request.app[DB].transaction() as db:
        role = await side(db, request)
        file = await sessions.withdraw_file(db, number, role, request.match_info["id"], at)
    await giving.let_go(request.app, file)
    return see(request, f"/sessions/{number}")


def _plain(told: messages.FileNow) -> dict[str, str | int]:
    """What a script that gives a file needs to know."""
    return {"id": told.id, "name": told.name, "have": told.have, "state": told.state}


async def _file(request: web.Request) -> tuple[sessions.File, sessions.Role]:
    """The file that the address names, and the asker's side. Raises: NotFound to strangers."""
    async with request.app[DB].reading() as db:
        role = await side(db, request)
        number, id = request.match_info["number"], request.match_info["id"]
        return await sessions.file(db, number, id), role


def _range(request: web.Request, total: int) -> tuple[int, int]:
    """Where a part begins, and how long it is; `bytes */total` brings nothing and only asks to
    look whether all is there. Raises: BadInput."""
    found = RANGE.fullmatch(request.headers.get(hdrs.CONTENT_RANGE, ""))
    if found is None or int(found[3]) != total:
        raise BadInput("Content-Range")
    if found[1] is None:
        return total, 0
    first, last = int(found[1]), int(found[2])
    if not first <= last < total or last - first >= PART_BYTES_MAX:
        raise BadInput("Content-Range")
    return first, last - first + 1
