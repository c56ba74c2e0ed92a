"""The tax of a settled session goes on the books in the transaction that drafts its papers.

So the act's tax is the books' tax, or neither is made. After a crash before the papers are kept
they are still due, and the tax is booked once. A ruling makes papers due again, and with them the
correction.
"""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.sessions import State
from ledger import tax
from ledger.tax import VatRegime
from reports import Issuer


def service_day(issuer: Issuer, ended_at: datetime) -> date:
    """The day whose rate applies: the session's last, by the clock that paper is written by."""
    return ended_at.astimezone(issuer.zone).date()


async def book(
    db: AsyncConnection, number: str, regime: VatRegime, issuer: Issuer, at: datetime
) -> None:
    """Nothing before the settlement, and nothing for a day without VAT."""
    try:
        found = await sessions.session(db, number)
    except sessions.errors.SessionUnknown:
        return
    if found.state is not State.SETTLED or found.ended_at is None:
        return
    rate = regime.on(service_day(issuer, found.ended_at))
    if rate is not None:
        currency = found.tariff.currency
        await tax.book_session(db, number, regime.mode, rate, at, currency)
