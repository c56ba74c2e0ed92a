"""Gathers the page of a consultant's own rate."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker.parties import Party
from ledger import Money
from metering import Published, price_tag
from web.shapes_tariffs import RatePage, VersionView
from web.tariff_tables import rate_lines


async def rate_page_of(db: AsyncConnection, party: Party, at: datetime) -> RatePage:
    """The rate in force with what it comes to, and every version."""
    tariff = await metering.tariff_for(db, metering.RATES_WITHIN, party.id)
    history = await metering.tariff_versions(db, metering.RATES_WITHIN, party.id)
    last = history[0].version if history else 0
    return RatePage(
        rate=price_tag(tariff, at),
        version=last,
        next_version=last + 1,
        lines=rate_lines(tariff, at),
        provider_bp=tariff.provider_bp,
        history=tuple(version_of(one) for one in history),
    )


async def looked_at(
    db: AsyncConnection, page: RatePage, typed: str, wanted: Money, at: datetime
) -> RatePage:
    """The page with what sessions at the wanted rate would come to. Raises: BadTariff."""
    draft = await metering.look_at_rate(db, wanted.minor, page.next_version)
    return replace(page, typed=typed, wanted=wanted, wanted_lines=rate_lines(draft, at))


def version_of(one: Published, by: str = "") -> VersionView:
    return VersionView(
        version=one.version,
        rate=Money(one.tariff.minute_minor, one.tariff.currency),
        tariff=one.tariff.to_json(),
        at=one.published_at,
        by=by,
        why=one.why,
    )
