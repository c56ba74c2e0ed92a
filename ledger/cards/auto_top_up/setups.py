"""Saving a card: the page is planned, opened under a stored key, and looked at until it ends."""

from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.cards.auto_top_up import store
from ledger.cards.auto_top_up.cards import SETUP_LIFE, CardSetup, SetupState
from ledger.cards.auto_top_up.errors import SetupUnknown
from ledger.cards.auto_top_up.verbs import remember_card
from ledger.cards.customers import customer_of, note_customer, plan_customer
from ledger.cards.doing import Clock, Transactions
from ledger.control import Actor, Switch, rail_of, require_open, require_rail
from ledger.errors import GatewayError
from ledger.saved_cards import CardKeeper, SetupFact

SETUPS_MAX = 20

log = structlog.get_logger("cards")


async def plan_setup(
    db: AsyncConnection,
    id: str,
    party: str,
    gateway: str,
    currency: str,
    return_url: str,
    at: datetime,
) -> CardSetup:
    """Write the page and its key down; the acquirer is not asked yet. Planned again, answers it as
    it stands. Raises: SetupUnknown (the id is another party's), SwitchedOff, WrongRail."""
    known = await store.setup_by_id(db, id)
    if known is None:
        await require_open(db, Switch.AUTO_TOP_UPS)
        rail = rail_of(gateway)
        if rail is not None:
            await require_rail(db, party, rail)
        made = CardSetup(id, party, gateway, currency, return_url, SetupState.PLANNED, at)
        await store.add_setup(db, made)
        known = await store.setup_by_id(db, id)
    if known is None or known.party != party:
        raise SetupUnknown(id)
    return known


async def setup_of(db: AsyncConnection, id: str, party: str) -> CardSetup:
    """Raises: SetupUnknown (also for another party's)."""
    found = await store.setup_by_id(db, id)
    if found is None or found.party != party:
        raise SetupUnknown(id)
    return found


async def open_setup(
    transaction: Transactions, keeper: CardKeeper, clock: Clock, setup: CardSetup
) -> CardSetup:
    """Make the payer and open the page, both under stored keys; an acquirer that is silent, or
    will not, leaves it planned."""
    if setup.state is not SetupState.PLANNED:
        return setup
    try:
        customer = await _customer(transaction, keeper, clock, setup)
        page = await keeper.open_setup(replace(setup, customer=customer).request)
    except GatewayError as error:
        log.warning("a card page was not opened", setup=setup.id, why=str(error))
        return setup
    async with transaction() as db:
        found = await store.setup_by_id(db, setup.id, lock=True)
        if found is None or found.state is not SetupState.PLANNED:
            return found or setup
        opened = replace(
            found, state=SetupState.OPEN, customer=customer, ref=page.ref, url=page.url
        )
        await store.save_setup(db, opened)
        return opened


async def _customer(
    transaction: Transactions, keeper: CardKeeper, clock: Clock, setup: CardSetup
) -> str:
    """The acquirer's name of the payer, one for all of a party's cards. Raises: GatewayError."""
    async with transaction() as db:
        key = await plan_customer(db, keeper.name, setup.party, clock())
        known = await customer_of(db, keeper.name, setup.party)
    if known:
        return known
    made = await keeper.make_customer(setup.party, key)
    async with transaction() as db:
        return await note_customer(db, keeper.name, setup.party, made)


async def finish_setup(
    transaction: Transactions, keeper: CardKeeper, clock: Clock, setup: CardSetup
) -> CardSetup:
    """See whether the card was given; keep it then. A silent acquirer changes nothing."""
    if setup.state is not SetupState.OPEN:
        return setup
    try:
        fact = await keeper.setup(setup.ref)
    except GatewayError as error:
        log.warning("a card page cannot be seen", setup=setup.id, why=str(error))
        return setup
    if fact.open and clock() - setup.created_at < SETUP_LIFE:
        return setup
    async with transaction() as db:
        return await _note(db, setup.id, fact, clock())


async def _note(db: AsyncConnection, id: str, fact: SetupFact, at: datetime) -> CardSetup:
    found = await store.setup_by_id(db, id, lock=True)
    if found is None:
        raise SetupUnknown(id)
    if found.state is not SetupState.OPEN:
        return found
    if fact.card is None:
        ended = replace(found, state=SetupState.ENDED)
    else:
        ended = replace(found, state=SetupState.SAVED)
        card = replace(fact.card, customer=found.customer)
        await remember_card(db, found.party, found.gateway, card, Actor(found.party, "self"), at)
    await store.save_setup(db, ended)
    return ended


async def work_setups(transaction: Transactions, keeper: CardKeeper, clock: Clock) -> int:
    """One round over pages that nobody came back from; how many were looked at."""
    async with transaction() as db:
        states = (SetupState.PLANNED, SetupState.OPEN)
        found = await store.setups_in(db, keeper.name, states, SETUPS_MAX)
    for setup in found:
        try:
            opened = await open_setup(transaction, keeper, clock, setup)
            await finish_setup(transaction, keeper, clock, opened)
        except Exception:
            log.exception("card page failed", setup=setup.id)
    return len(found)
