"""Gathers the page of refunds. Only reads."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties import Party
from ledger import Account, AccountKind, Money, balance, cards
from ledger.cards import Refund, RequestState
from ledger.control import (
    Switch,
    SwitchedOff,
    WrongRail,
    limit_of,
    require_gateway,
    require_open,
)
from web.settings import new_token
from web.shapes_refunds import RefundRow, Refunds

CURRENCY = "RUB"


async def page_of(
    db: AsyncConnection,
    party: Party,
    gateway: str,
    typed: str = "",
    errors: Mapping[str, str] | None = None,
) -> Refunds:
    """`typed` and `errors` are of a form that came back."""
    can = await cards.refundable(db, party.id, CURRENCY)
    return Refunds(
        balance=(await balance(db, Account(AccountKind.PREPAID, party.id))).available,
        most=can.most,
        second=await limit_of(db, "refund.two_persons", CURRENCY),
        key=new_token(),
        closed=await _closed(db, party, gateway),
        rows=tuple(row_of(one) for one in await cards.refunds_of(db, party.id)),
        typed=typed,
        errors=errors or {},
    )


async def _closed(db: AsyncConnection, party: Party, gateway: str) -> str:
    """Why nothing can be asked for now; "" when it can."""
    if await cards.is_frozen(db, party.id, CURRENCY):
        return "frozen"
    try:
        await require_open(db, Switch.REFUNDS)
        await require_gateway(db, party.id, gateway)
    except SwitchedOff:
        return "switched_off"
    except WrongRail:
        return "wrong_rail"
    return ""


def row_of(one: Refund) -> RefundRow:
    """What has arrived is summed; the client need not know the acquirer's names of the parts."""
    done = [part.amount for part in one.parts if part.money.value == "done"]
    return RefundRow(
        at=one.created_at,
        amount=one.amount,
        state=one.state.value,
        parts=len(one.parts),
        returned=sum(done, Money(0, one.amount.currency)),
        note=one.note if one.state is RequestState.DECLINED else "",
    )
