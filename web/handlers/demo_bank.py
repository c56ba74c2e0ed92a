"""The demo bank's page: no card, three answers, sent to us as any bank sends its news."""

from datetime import datetime
from typing import Protocol, runtime_checkable

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from ledger import Money, PaymentState, TopUp, cards
from ledger.cards import CardGateway
from ledger.control import record_once
from web import wiring
from web.acting import own
from web.errors import BadInput, NotFound
from web.faces import face
from web.forms import fields, see
from web.keys import CLOCK, DB, GATEWAY, SETTINGS
from web.login import require_party
from web.shapes import DemoBank


@runtime_checkable
class DemoGateway(CardGateway, Protocol):
    """An acquirer that makes its own news up, signed like a real one's."""

    def event(
        self, ref: str, amount: Money, state: PaymentState, at: datetime
    ) -> tuple[bytes, dict[str, str]]: ...


DECISIONS = {
    "pay": PaymentState.PAID,
    "refuse": PaymentState.REFUSED,
    "cancel": PaymentState.CANCELLED,
}


async def show(request: web.Request) -> web.StreamResponse:
    async with request.app[DB].reading() as db:
        top_up = await _own(db, request)
    if top_up.state.value != "pending":
        return see(request, f"/wallet/top-up/{top_up.id}")
    value = DemoBank(top_up.ref, top_up.amount, request.app[SETTINGS].platform)
    return face(request, "demo_bank.html", value)


async def decide(request: web.Request) -> web.StreamResponse:
    """The bank's answer, signed and read back through the same door as a real bank's."""
    decision = DECISIONS.get((await fields(request)).get("decision", ""))
    if decision is None:
        raise BadInput("decision")
    gateway, at = _bank(request), request.app[CLOCK]()
    async with request.app[DB].transaction() as db:
        top_up = await _own(db, request)
        body, headers = gateway.event(top_up.ref, top_up.amount, decision, at)
        notice = gateway.read_notice(body, headers, at)
        fact = await gateway.look(notice)
        if fact is not None:
            await cards.take_now(db, notice, fact, at)
        paid = await ledger.top_up(db, top_up.id)
        action, subject = f"demo_bank.{decision.value}", f"top_up:{top_up.id}"
        await record_once(db, own(request), action, subject, "", at)
    if paid.state is ledger.TopUpState.PAID:
        wiring.topped_up(request.app, paid)
    return see(request, f"/wallet/top-up/{top_up.id}", paid)


def _bank(request: web.Request) -> DemoGateway:
    """The acquirer of a demonstration. Raises: NotFound where a real one is."""
    gateway = request.app[GATEWAY]
    if not isinstance(gateway, DemoGateway):
        raise NotFound()
    return gateway


async def _own(db: AsyncConnection, request: web.Request) -> TopUp:
    """The asker's own top-up at the demo bank. Raises: NotFound."""
    party, _gateway = require_party(request), _bank(request)
    try:
        found = await ledger.top_up(db, request.match_info["ref"])
    except ledger.LedgerError as error:
        raise NotFound() from error
    if found.party != party.id:
        raise NotFound()
    return found
