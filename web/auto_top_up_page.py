"""Gathers the page of automatic top-ups: what was agreed, the card, and what was charged."""

from collections.abc import Mapping

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from broker.parties import Party
from ledger import Account, AccountKind, Money
from ledger.cards import auto_top_up
from ledger.control import (
    Rail,
    Switch,
    SwitchedOff,
    WrongRail,
    limit_of,
    rail_of,
    require_open,
    require_rail,
)
from web.forms import money_of
from web.keys import CARDS, DB
from web.settings import new_token
from web.shapes import NO_ERRORS, Errors
from web.shapes_money import AutoRunRow, AutoTopUp, CardView
from web.words import field_text

CURRENCY = "RUB"
RUNS_SHOWN = 20
USUAL = {"threshold": "200", "amount": "500", "day_count": "3", "day_amount": "1500"}


async def auto_top_up_of(
    request: web.Request,
    party: Party,
    typed: Mapping[str, str] = NO_ERRORS,
    errors: Errors = NO_ERRORS,
) -> AutoTopUp:
    """The page as it is now, with what was typed and what is wrong with it."""
    async with request.app[DB].reading() as db:
        setting = await auto_top_up.setting_of(db, party.id)
        card = await auto_top_up.card_of(db, party.id)
        runs = await auto_top_up.runs_of(db, party.id, RUNS_SHOWN)
        wallet = await ledger.balance(db, Account(AccountKind.PREPAID, party.id, CURRENCY))
        most = await limit_of(db, "auto_top_up.most_a_day", CURRENCY)
        closed = await _closed(db, request, party)
    shown = USUAL | _shown(setting) | {k: v for k, v in typed.items() if k in USUAL}
    return AutoTopUp(
        state=_state(setting),
        balance=wallet.available,
        **shown,
        card=_card(card) if card else None,
        key=new_token(),
        why_off=setting.why_off if setting and not setting.enabled else "",
        closed=closed,
        most=most,
        runs=tuple(_row(run) for run in runs),
        errors=errors,
    )


def setting_from(party: Party, given: Mapping[str, str]) -> tuple[auto_top_up.Setting | None, str]:
    """What a form wants; None and the name of the field that is no number."""
    sums: dict[str, Money] = {}
    for name in ("threshold", "amount", "day_amount"):
        found = money_of(given.get(name, ""), CURRENCY)
        if found is None:
            return None, name
        sums[name] = found
    count = given.get("day_count", "").strip()
    if not (count.isascii() and count.isdigit() and len(count) < 4):
        return None, "day_count"
    wanted = auto_top_up.Setting(
        party=party.id,
        enabled=True,
        threshold=sums["threshold"],
        amount=sums["amount"],
        day_count=int(count),
        day_amount=sums["day_amount"],
    )
    return wanted, ""


async def _closed(db: AsyncConnection, request: web.Request, party: Party) -> str:
    try:
        await require_open(db, Switch.AUTO_TOP_UPS)
        await require_rail(db, party.id, rail_of(request.app[CARDS].name) or Rail.CARD)
    except SwitchedOff:
        return "switched_off"
    except WrongRail as error:
        return "wrong_rail" if error.country else "no_residence"
    return ""


def _state(setting: auto_top_up.Setting | None) -> str:
    if setting is None:
        return "off"
    if setting.enabled:
        return "on"
    return "no_card" if setting.why_off == "no_card" else "off"


def _shown(setting: auto_top_up.Setting | None) -> dict[str, str]:
    if setting is None:
        return {}
    return {
        "threshold": field_text(setting.threshold),
        "amount": field_text(setting.amount),
        "day_count": str(setting.day_count),
        "day_amount": field_text(setting.day_amount),
    }


def _card(card: auto_top_up.SavedCard) -> CardView:
    expires = f"{card.exp_month:02d}/{card.exp_year % 100:02d}" if card.exp_year else ""
    return CardView(card.brand, card.last4, expires)


def _row(run: auto_top_up.Run) -> AutoRunRow:
    return AutoRunRow(run.id, run.created_at, run.amount, run.state.value, run.due_at, run.reason)
