"""Sends each side the receipts that it has still to sign."""

from datetime import timedelta

from aiohttp import web

import metering
from broker import sessions
from broker.signalling import cosigning as wire
from web.keys import CLOCK, COSIGNING, DB, HUB, SETTINGS

RECEIPTS_MAX = 60  # in one message; older ones stay unsigned
AGAIN = timedelta(seconds=10)  # a page that has not answered is asked again


async def ask(app: web.Application, number: str) -> None:
    """A minute was charged: its receipt goes out to those who sign."""
    if not app[SETTINGS].cosign:
        return
    async with app[DB].reading() as db:
        signing = (await metering.signing_of_each(db, [number], sessions.SIGNERS))[number]
    await send(app, number, signing)


async def send(app: web.Application, number: str, signing: metering.Signing) -> None:
    """Send receipts to the legs that have a key; the same ones again only after a while."""
    at, asked = app[CLOCK](), app[COSIGNING].asked
    for role in signing.behind:
        peer = app[HUB].peer(number, role)
        if peer is None:
            continue
        async with app[DB].reading() as db:
            found = await metering.unsigned(db, number, role, RECEIPTS_MAX)
        if not found:
            continue
        last, since = asked.get((number, role), (0, at))
        if found[-1].n == last and at < since + AGAIN:
            continue
        asked[(number, role)] = (found[-1].n, at)
        peer.say(wire.Receipts(tuple(_body(one) for one in found)))


def _body(receipt: metering.Receipt) -> wire.ReceiptBody:
    fields = receipt._asdict()
    del fields["signature"]
    return wire.ReceiptBody(v=1, **fields)
