"""Moving money: post, settle, and the doors to holds, reads and the audit.

Every verb works inside the caller's transaction and never commits. A transaction that calls
several verbs over shared accounts should `lock_accounts` first: everybody who locks once, in the
common order, can wait for others but never for ever.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import store, views
from ledger.accounts import Account
from ledger.errors import SettledOtherwise
from ledger.journals import Ask, Result, fingerprint
from ledger.money import Money
from ledger.settlement import (
    Outcome,
    Settlement,
    Terms,
    commission,
    escrow_of,
    parts,
    settlement_draft,
    settlement_of,
)
from ledger.split import Share


async def post_many(db: AsyncConnection, drafts: Sequence[Ask], at: datetime) -> list[Result]:
    """Judge drafts one by one, in order, and write those that pass; a result for each.

    A draft whose key is on the books already is answered DUPLICATE (the same draft) or CONFLICT
    (another) before anything else is looked at. Refused drafts are not stored.

    Raises: TryAgain when another transaction took a key meanwhile: roll back and repeat.
    """
    return await store.post(db, drafts, at) if drafts else []


async def lock_accounts(db: AsyncConnection, accounts: Collection[Account]) -> None:
    """Take the locks of a whole transaction at once, in the common order."""
    await store.lock(db, accounts)


async def settle(
    db: AsyncConnection,
    session: str,
    payer: Account,
    terms: Terms,
    outcome: Outcome,
    at: datetime,
    shares: Sequence[Share] = (),
) -> Settlement:
    """Empty the session's escrow as the outcome says; asked again, answer the same settlement.

    `shares` are for RULED only. An empty escrow settles to zeros and leaves no journal.

    Raises: SettledOtherwise when the session was settled with another outcome or other shares.
    """
    escrow, platform = escrow_of(session, payer.currency), commission(payer.currency)
    accounts = {escrow, platform, payer, terms.provider, *(share.payee for share in shares)}
    standings = await store.lock(db, accounts)
    settled = await views.journal_by_id(db, f"settle:{session}")
    if settled is not None:
        settlement = settlement_of(settled.entries, payer, terms)
        divided = parts(settlement.total, payer, terms, outcome, shares)
        draft = settlement_draft(session, settlement.total, divided, outcome)
        if fingerprint(draft) != await views.fingerprint_of(db, settled.id):
            raise SettledOtherwise(session, settled.memo)
        return settlement
    total = Money(standings[escrow].balance, payer.currency)
    divided = parts(total, payer, terms, outcome, shares)
    draft = settlement_draft(session, total, divided, outcome)
    if total.minor:
        for result in await post_many(db, [draft], at):
            result.raise_for_status()
    return settlement_of(draft.legs, payer, terms)
