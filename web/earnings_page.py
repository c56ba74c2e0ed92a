"""Gathers the page of earnings: what may leave, where to, and what has left."""

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties import Party
from ledger import payouts
from ledger.cards import connect
from ledger.control import Rail, Switch, SwitchedOff, limit_of, rails_of, require_open
from ledger.payouts import BankPlace, PayeeDetails, PayOut, PayOutState
from web.control_page import currencies_of
from web.keys import CLOCK, DB, PAYEES
from web.settings import new_token
from web.shapes import NO_ERRORS, Errors
from web.shapes_money import AccountView, ArrivalRow, Earnings, PayeeView, PayOutRow, Pot

PAY_OUTS_SHOWN = 30
ARRIVALS_SHOWN = 10
MAY_CALL_OFF = (PayOutState.REQUESTED, PayOutState.WAITING_APPROVAL, PayOutState.READY)


async def earnings_of(
    request: web.Request,
    party: Party,
    typed: Mapping[str, str] = NO_ERRORS,
    errors: Errors = NO_ERRORS,
) -> Earnings:
    """The page as it is now, with what was typed and what is wrong with it."""
    at, gateway = request.app[CLOCK](), request.app[PAYEES].name
    async with request.app[DB].reading() as db:
        pots = [await _pot(db, party.id, one, at) for one in await currencies_of(db, party.id)]
        terms = await payouts.ripening_of(db, party.id)
        _, weekly = await payouts.standing_of(db, party.id)
        details = await payouts.payee_details(db, party.id)
        account = await connect.account_of(db, party.id, gateway)
        arrivals = await connect.arrivals_of(db, party.id, ARRIVALS_SHOWN)
        found = await payouts.pay_outs_of(db, party.id, PAY_OUTS_SHOWN)
        return Earnings(
            pots=tuple(pots),
            clearing_days=terms.clearing.days,
            reserve_bp=terms.reserve_bp,
            reserve_days=terms.reserve.days,
            weekly=weekly,
            key=new_token(),
            ways=await ways_of(db, party, gateway),
            closed=await _closed(db, details, at),
            payee=_payee(details, at) if details else None,
            account=AccountView(account.state.value, len(account.due)) if account else None,
            pay_outs=tuple(_row(one) for one in found),
            arrivals=tuple(
                ArrivalRow(heard, fact.amount, fact.status.value, fact.reason)
                for fact, heard in arrivals
            ),
            typed=typed,
            errors=errors,
        )


async def _pot(db: AsyncConnection, party: str, currency: str, at: datetime) -> Pot:
    found = await payouts.cleared(db, party, currency, at)
    least = await limit_of(db, "payout.least", currency) or payouts.least_of(currency)
    return Pot(
        pending=found.pending,
        cleared=found.cleared,
        reserved=found.reserved,
        on_the_way=found.on_the_way,
        blocked=found.blocked,
        least=least,
    )


async def ways_of(db: AsyncConnection, party: Party, gateway: str) -> tuple[str, ...]:
    """The rails by which this party may be paid on this server."""
    found = {rail.value for rail in await rails_of(db, party.id)}
    if gateway == "demo":
        found = (found & {Rail.BANK.value}) | {Rail.DEMO.value}
    return tuple(sorted(found))


async def _closed(db: AsyncConnection, details: PayeeDetails | None, at: datetime) -> str:
    try:
        await require_open(db, Switch.PAYOUTS)
    except SwitchedOff:
        return "switched_off"
    return "" if details else "no_payee"


def _payee(details: PayeeDetails, at: datetime) -> PayeeView:
    place = details.destination
    return PayeeView(
        rail=details.rail.value,
        hint=details.hint,
        since=details.effective_from if details.cooling(at) else None,
        bank=place.bik if isinstance(place, BankPlace) else "",
        name=place.name if isinstance(place, BankPlace) else "",
    )


def _row(one: PayOut) -> PayOutRow:
    may_call_off = one.state in MAY_CALL_OFF
    return PayOutRow(one.id, one.requested_at, one.amount, one.state.value, one.why, may_call_off)
