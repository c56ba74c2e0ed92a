"""The first page, and help."""

from aiohttp import web

from ledger import Money
from web.faces import face
from web.handlers.demo_login import doors
from web.keys import SETTINGS
from web.shapes import Help, Landing


async def show(request: web.Request) -> web.StreamResponse:
    rate = Money(request.app[SETTINGS].hosts_pay_rate_minor)
    return face(request, "landing.html", Landing(rate, doors(request)))


async def show_help(request: web.Request) -> web.StreamResponse:
    return face(request, "help.html", Help(Money(request.app[SETTINGS].hosts_pay_rate_minor)))
