"""Every part of the pages in every state, light and dark; for whoever builds pages."""

from aiohttp import web

from web.errors import NotFound
from web.faces import face
from web.keys import SETTINGS
from web.shapes_design import Design


async def show(request: web.Request) -> web.StreamResponse:
    """Raises: NotFound where there are no demo accounts, which is everywhere in production."""
    if not request.app[SETTINGS].demo:
        raise NotFound()
    return face(request, "design.html", Design())
