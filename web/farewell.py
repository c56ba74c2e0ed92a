"""Whether somebody may leave for good, and the leaving.

What the law wants kept stays: journals, sessions with their records, issued papers, the audit
journal. They name an id; papers that were issued, and records of sessions, also the name that was
true then. The person behind the id is forgotten.
"""

from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from broker import notices, parties, sessions
from broker.parties import Party
from broker.sessions import Session, State
from ledger import Account, AccountKind, cards, payouts
from ledger.cards import RequestState, auto_top_up
from ledger.payouts import PayOutState
from web import export_rows
from web.control_page import currencies_of
from web.shapes_account import Obstacle

PAGE = 200
OWN_MONEY = (
    (AccountKind.PREPAID, "money", "/wallet/refund"),
    (AccountKind.EARNINGS, "earnings", "/earnings"),
    (AccountKind.RESERVE, "earnings", "/earnings"),
)
PAID_OUT = frozenset({PayOutState.ARRIVED, PayOutState.RETURNED, PayOutState.REFUSED})
ON_THE_WAY = frozenset({RequestState.WAITING, RequestState.GOING})
OVER = frozenset({State.SETTLED, State.CANCELLED})
STAFF = frozenset({"curator", "accountant"})
ROWS_LOOKED_AT = 1000


async def leave(db: AsyncConnection, party: Party, at: datetime) -> tuple[Obstacle, ...]:
    """Forget the person, unless something is in the way: then that, and nothing was done."""
    found = [Account(kind, party.id, one) for kind, one in await _pots(db, party)]
    await ledger.lock_accounts(db, found)
    obstacles = await obstacles_of(db, party)
    if not obstacles:
        await notices.forget(db, party.email or "", at)
        await parties.erase(db, party, at)
        await export_rows.expire(db, party.id, at)
    return obstacles


async def obstacles_of(db: AsyncConnection, party: Party) -> tuple[Obstacle, ...]:
    """What is still open, in the order in which it is best closed."""
    found = [Obstacle("staff", "/help")] if party.roles & STAFF else []
    found += await _sessions_open(db, party)
    found += await _money_moving(db, party)
    found += await _money_left(db, party)
    return tuple(found)


async def every_session(db: AsyncConnection, party: Party) -> AsyncIterator[Session]:
    """All of a party's, the newest first, a page at a time."""
    before = None
    while page := await sessions.of_party(db, party.id, PAGE, before):
        for one in page:
            yield one
        before = page[-1].number


async def _sessions_open(db: AsyncConnection, party: Party) -> list[Obstacle]:
    found, contested = [], await _contested(db)
    async for one in every_session(db, party):
        path = f"/sessions/{one.number}"
        if one.state not in OVER:
            code = "outcome" if one.state is State.ENDED else "session"
            found.append(Obstacle(code, path, one.number))
        elif one.number in contested:
            found.append(Obstacle("dispute", f"{path}/dispute", one.number))
    return found


async def _contested(db: AsyncConnection) -> set[str]:
    """Sessions that wait for a curator, of everybody: there are never many."""
    found: set[str] = set()
    after = ""
    while page := await sessions.open_disputes(db, after):
        found |= {one.session for one in page}
        after = page[-1].session
    return found


async def _money_moving(db: AsyncConnection, party: Party) -> list[Obstacle]:
    found = []
    if await cards.freezes_of(db, party.id):
        found.append(Obstacle("bank_dispute", "/wallet"))
    if any(one.state in ON_THE_WAY for one in await cards.refunds_of(db, party.id)):
        found.append(Obstacle("refund", "/wallet/refund"))
    paid = await payouts.pay_outs_of(db, party.id, ROWS_LOOKED_AT)
    if any(one.state not in PAID_OUT for one in paid):
        found.append(Obstacle("payout", "/earnings"))
    if await auto_top_up.card_of(db, party.id) is not None:
        found.append(Obstacle("card", "/wallet/auto-top-up"))
    return found


async def _money_left(db: AsyncConnection, party: Party) -> list[Obstacle]:
    paths = {kind: (code, path) for kind, code, path in OWN_MONEY}
    found = []
    for kind, currency in await _pots(db, party):
        held = await ledger.balance(db, Account(kind, party.id, currency))
        if held.posted.minor:
            code, path = paths[kind]
            found.append(Obstacle(code, path, sum=held.posted))
    return found


async def _pots(db: AsyncConnection, party: Party) -> list[tuple[AccountKind, str]]:
    used = await currencies_of(db, party.id)
    return [(kind, currency) for kind, _, _ in OWN_MONEY for currency in used]
