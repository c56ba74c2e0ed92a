"""A payee's account: planned, made under a stored key, and seen again whenever its news comes.

The first time that it can take transfers it becomes the payee's details, which then cool off like
any others.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payouts
from ledger.acquirer import Fact, Notice
from ledger.cards.connect import store
from ledger.cards.connect.accounts import AccountState, Connected, seen
from ledger.cards.connect.errors import NoAccount
from ledger.cards.doing import Clock, Transactions
from ledger.cards.errors import NotYet
from ledger.connected import AccountFact, ArrivalFact, ArrivalStatus, PayeeKeeper
from ledger.control import SYSTEM, Actor, rail_of, record, require_rail
from ledger.errors import GatewayError

ACCOUNTS_MAX = 20

Look = Callable[[Notice], Awaitable[Any]]
Apply = Callable[[AsyncConnection, Notice, Any, datetime], Awaitable[str]]

log = structlog.get_logger("cards")


async def plan_account(
    db: AsyncConnection,
    party: str,
    gateway: str,
    country: str,
    email: str,
    actor: Actor,
    at: datetime,
) -> Connected:
    """Write the account and its key down; planned again, answers it as it stands.

    Raises: WrongRail.
    """
    known = await store.account_of(db, party, gateway)
    if known is not None:
        return known
    rail = rail_of(gateway)
    if rail is not None:
        await require_rail(db, party, rail)
    made = Connected(party, gateway, country, email, AccountState.PLANNED, at)
    if await store.add_account(db, made):
        facts = {"gateway": gateway, "country": country}
        await record(db, actor, "payee.account", f"party:{party}", "", at, **facts)
    return await store.account_of(db, party, gateway) or made


async def open_account(
    transaction: Transactions, keeper: PayeeKeeper, clock: Clock, account: Connected
) -> Connected:
    """Make it at the acquirer; a silent one leaves it planned, to be made under the same key.

    Raises: GatewayRefused when the acquirer will not have this payee.
    """
    if account.state is not AccountState.PLANNED:
        return account
    try:
        fact = await keeper.open_account(account.request)
    except GatewayError as error:
        log.warning("a payee's account was not made", party=account.party, why=str(error))
        return account
    async with transaction() as db:
        return await note_account(db, account.party, account.gateway, fact, clock())


async def onboarding_url(
    keeper: PayeeKeeper, account: Connected, return_url: str, refresh_url: str
) -> str:
    """Where the payee answers the acquirer's questions. Raises: NoAccount, GatewayRefused,
    GatewayUnreachable."""
    if not account.ref or account.state is AccountState.CLOSED:
        raise NoAccount(account.party)
    return await keeper.onboarding(account.ref, return_url, refresh_url)


async def see_account(
    transaction: Transactions, keeper: PayeeKeeper, clock: Clock, account: Connected
) -> Connected:
    """Look at it now: the payee comes back from the acquirer. Silence changes nothing."""
    if not account.ref:
        return account
    try:
        fact = await keeper.account(account.ref)
    except GatewayError as error:
        log.warning("a payee's account cannot be seen", party=account.party, why=str(error))
        return account
    async with transaction() as db:
        return await note_account(db, account.party, account.gateway, fact, clock())


async def account_of(db: AsyncConnection, party: str, gateway: str) -> Connected | None:
    """None when the party has none there."""
    return await store.account_of(db, party, gateway)


async def arrivals_of(
    db: AsyncConnection, party: str, limit: int = 20
) -> list[tuple[ArrivalFact, datetime]]:
    """What went on from the payee's account to the bank, newest first."""
    return await store.arrivals_of(db, party, limit)


async def note_account(
    db: AsyncConnection, party: str, gateway: str, fact: AccountFact, at: datetime
) -> Connected:
    """What a look at the account has shown. Raises: NoAccount, WrongRail."""
    known = await store.account_of(db, party, gateway, lock=True)
    if known is None:
        raise NoAccount(party)
    after = seen(known, fact)
    if after == known:
        return known
    await store.save_account(db, after)
    if after.state is not known.state:
        facts = {"was": known.state.value, "now": after.state.value, "ref": after.ref}
        await record(db, SYSTEM, "payee.account_state", f"party:{party}", "", at, **facts)
        told = {"state": after.state.value, "why": after.disabled}
        key = f"payee_account:{party}:{after.state.value}:{at.date()}"
        if after.state is not AccountState.OPEN:
            await payouts.tell(db, key, party, "payee_account", at, **told)
    if after.state is AccountState.ACTIVE and known.state is not AccountState.RESTRICTED:
        rail = rail_of(gateway)
        if rail is not None:
            await payouts.change_details(db, party, rail, after.ref, Actor(party, "self"), at)
    return after


async def work_accounts(transaction: Transactions, keeper: PayeeKeeper, clock: Clock) -> int:
    """One round over accounts that were planned and never made; how many there were."""
    async with transaction() as db:
        found = await store.accounts_in(db, keeper.name, AccountState.PLANNED, ACCOUNTS_MAX)
    for account in found:
        try:
            await open_account(transaction, keeper, clock, account)
        except Exception:
            log.exception("a payee's account failed", party=account.party)
    return len(found)


# --- news of connected accounts, for the inbox


def ways(
    keeper: PayeeKeeper, look: Look, apply_own: Callable[..., Awaitable[str]]
) -> Mapping[str, tuple[Look, Apply]]:
    """What the inbox does with news of connected accounts: a kind's beginning → look, apply.

    `look` and `apply_own` take the news of our own account that begins with the same words.
    """

    async def look_account(notice: Notice) -> AccountFact:
        return await keeper.account(notice.account or notice.subject)

    async def apply_account(
        db: AsyncConnection, notice: Notice, fact: AccountFact, at: datetime
    ) -> str:
        known = await store.account_by_ref(db, keeper.name, fact.ref)
        if known is None:
            raise NotYet("account_unknown", fact.ref)
        return (await note_account(db, known.party, keeper.name, fact, at)).state.value

    async def look_payout(notice: Notice) -> ArrivalFact | Fact | None:
        return await keeper.arrival(notice) if notice.account else await look(notice)

    async def apply_payout(db: AsyncConnection, notice: Notice, fact: Any, at: datetime) -> str:
        if not isinstance(fact, ArrivalFact):
            return await apply_own(db, keeper.name, notice.id, fact, at)
        return await apply_arrival(db, keeper.name, fact, at)

    return {
        "account.": (look_account, apply_account),
        "capability.": (look_account, apply_account),
        "payout.": (look_payout, apply_payout),
    }


async def apply_arrival(db: AsyncConnection, gateway: str, fact: ArrivalFact, at: datetime) -> str:
    """A payee's money is on its way to the bank, there, or back. It is the payee's own, so no
    journal is written. Raises: NotYet."""
    known = await store.account_by_ref(db, gateway, fact.account)
    if known is None:
        raise NotYet("account_unknown", fact.account)
    fresh = await store.save_arrival(db, gateway, known.party, fact, at)
    if fresh and fact.status is ArrivalStatus.FAILED:
        told = {
            "minor": str(fact.amount.minor),
            "currency": fact.amount.currency,
            "why": fact.reason,
        }
        key = f"arrival_failed:{gateway}:{fact.ref}"
        await payouts.tell(db, key, known.party, "arrival_failed", at, **told)
    return fact.status.value
