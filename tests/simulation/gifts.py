"""What payers were given before the day begins: promo credit, and seconds in advance."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Money, promo
from metering import grant_allowance
from tests.simulation.script import Script


async def give(db: AsyncConnection, script: Script, at: datetime) -> None:
    for payer, (minor, lasts_s) in script.gifts.items():
        gift = promo.Grant("gift", payer, Money(minor), at, at + timedelta(seconds=lasts_s))
        await promo.grant(db, gift, at)
    for payer, grants in script.seconds.items():
        for number, one in enumerate(grants):
            until = at + timedelta(seconds=one.lasts_s) if one.lasts_s else None
            await grant_allowance(
                db, payer, one.seconds, at, f"gift {number}", step_s=one.step_s, expires_at=until
            )
