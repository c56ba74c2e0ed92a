"""The JSON faces described for machines: /api/openapi.json."""

from aiohttp import web

from web.openapi import document


async def show(request: web.Request) -> web.StreamResponse:
    """This very document."""
    served = request.app.router.routes()
    found = [
        web.RouteDef(route.method, route.resource.canonical, route.handler, {})
        for route in served
        if route.resource is not None and route.method in ("GET", "POST")
    ]
    return web.json_response(document(found))
