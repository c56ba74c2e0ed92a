"""The demo bank's page for giving a card: four of them, each with a nature of its own."""

from typing import Protocol, runtime_checkable

from aiohttp import web

from ledger.cards import CardKeeper, auto_top_up
from web.errors import BadInput, NotFound
from web.faces import face
from web.forms import fields, see
from web.handlers.auto_top_up import HOME, finish
from web.keys import CARDS, DB, SETTINGS
from web.login import require_party
from web.shapes_money import DemoCards

KINDS = ("pays", "asks", "empty", "stolen")


@runtime_checkable
class DemoKeeper(CardKeeper, Protocol):
    """An acquirer whose cards are chosen, not typed."""

    def choose(self, setup: str, kind: str) -> None: ...


async def show(request: web.Request) -> web.StreamResponse:
    setup = await _own(request)
    value = DemoCards(setup.id, request.app[SETTINGS].platform, KINDS)
    return face(request, "demo_cards.html", value)


async def choose(request: web.Request) -> web.StreamResponse:
    """The card is given, or ("none") the owner goes back without."""
    setup, keeper = await _own(request), _keeper(request)
    kind = (await fields(request)).get("card", "")
    if kind == "none":
        return see(request, HOME)
    if kind not in KINDS:
        raise BadInput("card")
    keeper.choose(setup.ref, kind)
    await finish(request, setup)
    return see(request, HOME)


def _keeper(request: web.Request) -> DemoKeeper:
    """Raises: NotFound where a real acquirer is."""
    keeper = request.app[CARDS]
    if not isinstance(keeper, DemoKeeper):
        raise NotFound()
    return keeper


async def _own(request: web.Request) -> auto_top_up.CardSetup:
    """The asker's own page. Raises: NotFound."""
    party, _keep = require_party(request), _keeper(request)
    async with request.app[DB].reading() as db:
        try:
            return await auto_top_up.setup_of(db, request.match_info["id"], party.id)
        except auto_top_up.SetupUnknown as error:
            raise NotFound() from error
