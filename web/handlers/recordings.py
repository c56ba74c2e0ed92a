"""The file of a recorded session."""

from aiohttp import hdrs, web

from web.keys import DB
from web.login import require_party
from web.recording_page import file_of

TYPES = {".webm": "video/webm", ".mkv": "video/x-matroska"}


async def download(request: web.Request) -> web.StreamResponse:
    """The whole file or, by Range, a part. Raises: NotFound to whoever has no right to it."""
    party = require_party(request)
    number, n = request.match_info["number"], int(request.match_info["n"])
    async with request.app[DB].reading() as db:
        path, name = await file_of(db, request.app, party, number, n)
    headers = {
        hdrs.CONTENT_TYPE: TYPES[path.suffix],
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
    }
    return web.FileResponse(path, headers=headers)
