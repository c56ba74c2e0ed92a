"""The form that begins a session: what is wrong with it before anything is tried."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from web.forms import money_of
from web.shapes import NewSession
from web.words import tag_text

Fault = tuple[str, str]  # a field of the form, and what is wrong with it


async def fault_of(
    db: AsyncConnection,
    host: str,
    form: NewSession,
    at: datetime,
    locale: str,
    _: Callable[..., str],
) -> Fault | None:
    """Clients pay what is published: where they pay, the rate may be left out, not made up.

    The hour may have changed since the form was opened: a price of another hour is no fault.
    """
    rate = money_of(form.rate)
    if rate is None and (form.rate or form.plan != "client-pays"):
        return "rate", _("Write the rate in figures, for example 20")
    if form.plan != "client-pays" or rate is None:
        return None
    tariff = await metering.tariff_for(db, form.plan, host)
    if rate.currency == tariff.currency and rate.minor in metering.minute_prices(tariff):
        return None
    said = tag_text(metering.price_tag(tariff, at), locale)
    return "rate", _("Your published rate is {rate}. Publish another one first", rate=said)


def agreed_minor(form: NewSession) -> int | None:
    """What the form says of the price: for one's own invoice, or nothing where clients pay."""
    rate = money_of(form.rate)
    return rate.minor if rate and form.plan != "client-pays" else None
