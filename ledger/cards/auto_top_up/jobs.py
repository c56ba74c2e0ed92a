"""Charging saved cards: the key is committed, the acquirer asked outside of any transaction, the
answer noted in another one. A crash anywhere leaves a run that the next round takes up."""

import structlog

from ledger.cards.auto_top_up.runs import Run, RunState, key_lives
from ledger.cards.auto_top_up.verbs import claim, give_up, note, settle_by_news
from ledger.cards.doing import Clock, Transactions
from ledger.errors import GatewayError, GatewayRefused, GatewayUnreachable
from ledger.saved_cards import CardKeeper, Charged, Outcome

# A no to the way we asked, not to the charge: the same key will find out.
NO_ANSWER = frozenset({"idempotency_key_in_use", "idempotency_error", "IdempotencyError"})

log = structlog.get_logger("cards")


async def work_auto_top_ups(
    transaction: Transactions, keeper: CardKeeper, clock: Clock
) -> list[Run]:
    """One round: what was due, as it stands now. Errors of one run stay with it."""
    async with transaction() as db:
        settled = await settle_by_news(db, clock())
    async with transaction() as db:
        claimed = await claim(db, keeper.name, clock())
    done = []
    for run in claimed:
        try:
            done.append(await charge(transaction, keeper, clock, run))
        except Exception:  # in doubt until its lease ends; the others go on
            log.exception("automatic top-up failed", run=run.id)
    return [*settled, *done]


async def charge(transaction: Transactions, keeper: CardKeeper, clock: Clock, run: Run) -> Run:
    """Ask about one claimed run and note the answer; silence leaves it in doubt."""
    answer = None
    try:
        answer = await keeper.find_charge(run.request) if run.asks > 1 else None
        young = key_lives(run, clock())
        if answer is None and young:
            answer = await _ask(keeper, run)
    except GatewayError as error:
        log.warning("automatic top-up is in doubt", run=run.id, why=str(error))
        return run
    async with transaction() as db:
        at = clock()
        if answer is None:
            return await give_up(db, run.id, run.try_no, at)
        return await note(db, run.id, run.try_no, answer, at)


async def _ask(keeper: CardKeeper, run: Run) -> Charged:
    """A refusal to charge at all means that this card will not do."""
    try:
        return await keeper.charge(run.request)
    except GatewayRefused as refused:
        if refused.reason in NO_ANSWER:
            raise GatewayUnreachable(refused.reason) from refused
        return Charged(Outcome.CARD_DEAD, "", run.amount, refused.reason)


async def look(transaction: Transactions, keeper: CardKeeper, clock: Clock, run: Run) -> Run:
    """The owner comes back from the bank: see what became of the payment; money is credited only by
    what the acquirer itself says. A silent acquirer changes nothing."""
    if run.state is not RunState.OWNER_NEEDED:
        return run
    try:
        answer = await keeper.find_charge(run.request)
    except GatewayError as error:
        log.warning("a confirmed payment is not seen yet", run=run.id, why=str(error))
        return run
    if answer is None or answer.outcome is not Outcome.PAID:
        return run
    async with transaction() as db:
        return await note(db, run.id, run.try_no, answer, clock())
