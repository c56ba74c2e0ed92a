"""The first page, and help."""

from aiohttp import web

import metering
from web.faces import face
from web.gather import plan_rate
from web.handlers.demo_login import doors
from web.keys import CLOCK, DB
from web.shapes import Help, Landing
from web.shapes_design import Device


async def show(request: web.Request) -> web.StreamResponse:
    async with request.app[DB].reading() as db:
        rate = await plan_rate(db, "host-pays", request.app[CLOCK]())
        shared = (await metering.current_plan(db, "client-pays")).tariff
    back_bp = metering.BASIS - shared.kept_bp
    value = Landing(rate, shared.provider_bp, back_bp, doors(request))
    return face(request, "landing.html", value)


async def show_device(request: web.Request) -> web.StreamResponse:
    """Microphone and screen tried in the browser; nothing comes here."""
    return face(request, "device.html", Device())


async def show_help(request: web.Request) -> web.StreamResponse:
    async with request.app[DB].reading() as db:
        rate = await plan_rate(db, "host-pays", request.app[CLOCK]())
    return face(request, "help.html", Help(rate))
