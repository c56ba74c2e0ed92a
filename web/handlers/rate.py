"""A consultant's own rate: look what it comes to, publish it for later sessions."""

from dataclasses import replace

from aiohttp import web

from broker.sessions import RATE_MINOR_MAX
from ledger import Money
from metering import BadTariff, TariffConflict, publish_rate
from web.acting import own
from web.faces import face, texts
from web.forms import fields, money_of, see
from web.keys import CLOCK, DB
from web.login import require_party
from web.rate_page import looked_at, rate_page_of


async def show(request: web.Request) -> web.StreamResponse:
    """The rate in force; with `rate` also what another one would come to."""
    return await _page(request, request.query.get("rate", ""))


async def publish(request: web.Request) -> web.StreamResponse:
    """Publish a rate under the number that the form brings; the same again changes nothing."""
    party, given, _ = require_party(request, "consultant"), await fields(request), texts(request)
    typed, at = given.get("rate", ""), request.app[CLOCK]()
    wanted, version = _rate(typed), given.get("version", "")
    if wanted is None or not version.isdecimal() or len(version) > 9:
        return await _page(request, typed, 422)
    try:
        async with request.app[DB].transaction() as db:
            await publish_rate(db, party.id, wanted.minor, int(version), own(request), at)
    except TariffConflict:
        again = _("You have published another rate meanwhile. Look at the table once more")
        return await _page(request, typed, 409, again)
    except BadTariff:
        return await _page(request, typed, 422)
    return see(request, "/rate?published=1")


def _rate(typed: str) -> Money | None:
    found = money_of(typed)
    return found if found and found.minor <= RATE_MINOR_MAX else None


async def _page(
    request: web.Request, typed: str = "", status: int = 200, wrong: str = ""
) -> web.StreamResponse:
    party, at, _ = require_party(request, "consultant"), request.app[CLOCK](), texts(request)
    async with request.app[DB].reading() as db:
        value = await rate_page_of(db, party, at)
        wanted = _rate(typed)
        try:
            if wanted is not None:
                value = await looked_at(db, value, typed, wanted, at)
            elif typed or status != 200:
                wrong = _("Write the rate in figures, for example 20")
        except BadTariff:
            wrong = _("The platform's plan cannot be charged at this rate")
    if wrong:
        value = replace(value, typed=typed, errors={"rate": wrong})
        status = 422 if status == 200 else status
    value = replace(value, published=request.query.get("published") == "1")
    return face(request, "rate.html", value, status)
