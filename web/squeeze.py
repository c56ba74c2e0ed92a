"""Pages and JSON go out as gzip to whoever reads it; a page is a third of its size then.

How well a page packs tells something about it: next to what a stranger put in, a secret could be
guessed letter by letter (BREACH). So the packed size varies by a random name in gzip's own header,
which every reader skips. (RFC 1952, FNAME; "Heal the Breach", 2022.)
"""

import gzip
import io
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TYPES = frozenset({"text/html", "application/json"})
WORTH_BYTES = 1000
LEVEL = 5
NAME_CHARS_MAX = 100


@web.middleware
async def squeeze(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Pack the body of an answer that is text, whole and worth it."""
    response = await handler(request)
    if not isinstance(response, web.Response) or response.content_type not in TYPES:
        return response
    body = response.body
    if not isinstance(body, bytes) or len(body) < WORTH_BYTES:
        return response
    vary = response.headers.get(hdrs.VARY)
    response.headers[hdrs.VARY] = f"{vary}, {hdrs.ACCEPT_ENCODING}" if vary else "Accept-Encoding"
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        response.body = packed(body)
        response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    return response


def packed(body: bytes) -> bytes:
    """The body as gzip, some 1 to 100 bytes longer than it need be."""
    found, name = io.BytesIO(), "x" * (1 + secrets.randbelow(NAME_CHARS_MAX))
    with gzip.GzipFile(name, "wb", LEVEL, found, mtime=0) as file:
        file.write(body)
    return found.getvalue()
