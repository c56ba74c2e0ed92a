"""Tells owners what happened to their money without them: the ledger's facts become letters."""

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import notices, parties
from ledger import Money, payouts
from ledger.payouts import Told
from web.keys import CLOCK, DB, SETTINGS
from web.reasons import reason_text
from web.words import moment_text, money_text

TOLD_MAX = 50


async def tell_owners(app: web.Application) -> int:
    """One round: a letter for each fact, in the transaction that marks it as told."""
    async with app[DB].reading() as db:
        waiting = await payouts.untold(db, TOLD_MAX)
    for one in waiting:
        async with app[DB].transaction() as db:
            await _tell(app, db, one)
            await payouts.mark_told(db, one.id, app[CLOCK]())
    return len(waiting)


async def _tell(app: web.Application, db: AsyncConnection, one: Told) -> None:
    try:
        owner = await parties.party(db, one.party)
    except parties.PartyUnknown:
        return  # a party of another house, or one that is gone
    kind = one.kind
    if kind == "payee_account":
        kind = f"payee_account_{one.facts['state']}"
    page = "/wallet/auto-top-up" if kind.startswith("auto_top_up") else "/earnings"
    facts = facts_of(one.facts, owner.locale) | {"url": f"{app[SETTINGS].origin}{page}"}
    await notices.money_told(db, one.key, owner.id, kind, one.at, **facts)


def facts_of(facts: Mapping[str, str], locale: str) -> dict[str, str]:
    """Sums, moments and reasons as people read them; what is not known is a dash."""
    told = {
        "was": facts.get("was", "") or "\u2014",
        "now": facts.get("now", ""),
        "hint": facts.get("hint", ""),
        "sum": "",
        "since": "",
        "why": reason_text(facts.get("why") or facts.get("reason") or "", locale),
    }
    if "minor" in facts:
        told["sum"] = money_text(Money(int(facts["minor"]), facts["currency"]), locale)
    since = facts.get("from") or facts.get("due")
    if since:
        told["since"] = moment_text(datetime.fromisoformat(since), locale)
    return told
