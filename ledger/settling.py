"""Settling and ruling: a session's money is divided once, and anew when an arbiter says so.

Both verbs work in the caller's transaction, lock all their accounts at once, and may be asked
again: the same question gets the same answer.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import settling_store, store, views
from ledger.accounts import Account, AccountKind
from ledger.collection import recourse_of
from ledger.credit import Drawn, issuer_of, promo_cost
from ledger.errors import RuledOtherwise, SettledOtherwise, TryAgain
from ledger.journals import Draft, JournalView, Leg, fingerprint
from ledger.money import Money
from ledger.posting import lock_free, post_all
from ledger.rulings import (
    KINDS,
    Ruling,
    divided_by,
    legs_between,
    ruling_drafts,
    total_of,
    wanted_by,
    words_of,
)
from ledger.settlement import (
    Outcome,
    Settlement,
    Terms,
    commission,
    escrow_of,
    parts,
    settlement_draft,
    settlement_of,
    with_credit,
)
from ledger.split import Share


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

    Raises: SettledOtherwise when the session was settled with another outcome or other shares;
    CostsTooHigh; TryAgain when a charge came in meanwhile.
    """
    drawn = await settling_store.drawn_for(db, session, payer.currency)
    escrow = escrow_of(session, payer.currency)
    standings = await store.lock(db, _touched(payer, terms, shares, drawn) | {escrow})
    if await settling_store.drawn_for(db, session, payer.currency) != drawn:
        raise TryAgain(f"settle:{session}")
    settled = await views.journal_by_id(db, f"settle:{session}")
    if settled is not None:
        settlement = settlement_of(settled.entries, payer, terms)
        draft = _draft(session, settlement.total, payer, terms, outcome, shares, drawn)
        if fingerprint(draft) != await views.fingerprint_of(db, settled.id):
            raise SettledOtherwise(session, settled.memo)
        return settlement
    total = Money(standings[escrow].balance, payer.currency)
    draft = _draft(session, total, payer, terms, outcome, shares, drawn)
    if total.minor:
        await post_all(db, [draft], at)
    return settlement_of(draft.legs, payer, terms)


def _draft(
    session: str,
    total: Money,
    payer: Account,
    terms: Terms,
    outcome: Outcome,
    shares: Sequence[Share],
    drawn: Sequence[Drawn],
) -> Draft:
    if not total.minor:
        return settlement_draft(session, total, [], outcome)
    divided = parts(total, payer, terms, outcome, shares)
    divided, costs = with_credit(divided, payer, drawn)
    return settlement_draft(session, total, divided, outcome, costs)


async def rule(
    db: AsyncConnection,
    session: str,
    ruling: str,
    payer: Account,
    terms: Terms,
    outcome: Outcome,
    at: datetime,
    shares: Sequence[Share] = (),
) -> Ruling:
    """Divide a session's money by an arbiter's finding, whether it was settled before or not.

    `ruling` is the finding's own id. The division found replaces whatever stood: RESOLVED and
    UNRESOLVED by the terms, RULED by `shares` (the payer has the rest). A later ruling goes on
    from this one.

    Raises: RuledOtherwise when the id was used for another finding; TryAgain; CostsTooHigh.
    """
    memo = words_of(outcome, shares, terms.cap_minor)
    journals = await views.journals_of(db, session)
    if not any(journal.kind == "settlement" for journal in journals):
        return await _first_ruling(db, session, payer, terms, outcome, at, shares)
    drawn = await settling_store.drawn_for(db, session, payer.currency)
    total = total_of(session, payer.currency, journals)
    divided, _ = with_credit(parts(total, payer, terms, outcome, shares), payer, drawn)
    wanted = wanted_by(divided)
    earlier = _until(journals, f"rule:{session}:{ruling}")
    if earlier is not None:
        if earlier[-1].memo != memo:
            raise RuledOtherwise(ruling, earlier[-1].memo)
        return _ruling(earlier, wanted, payer, terms)
    now = divided_by(journals)
    accounts = {*now, *wanted} | _touched(payer, terms, shares, drawn)
    accounts |= {beside for a in now if a.kind is AccountKind.EARNINGS for beside in recourse_of(a)}
    free = await lock_free(db, accounts, at)
    if await views.journals_of(db, session) != journals:
        raise TryAgain(f"rule:{session}:{ruling}")
    legs, _ = legs_between(now, wanted, free)
    if legs:
        await post_all(db, ruling_drafts(session, ruling, legs, memo, free), at)
        journals = await views.journals_of(db, session)
    return _ruling(journals, wanted, payer, terms)


async def foresee(
    db: AsyncConnection,
    session: str,
    payer: Account,
    terms: Terms,
    outcome: Outcome,
    shares: Sequence[Share] = (),
) -> Ruling:
    """How `rule` would divide the session's money now. Nothing is locked, nothing is written.

    Raises: CostsTooHigh.
    """
    journals = await views.journals_of(db, session)
    drawn = await settling_store.drawn_for(db, session, payer.currency)
    if not any(journal.kind == "settlement" for journal in journals):
        total = (await views.balance(db, escrow_of(session, payer.currency))).posted
        draft = _draft(session, total, payer, terms, outcome, shares, drawn)
        return Ruling(settlement_of(draft.legs, payer, terms), Money(0, payer.currency))
    total = total_of(session, payer.currency, journals)
    divided, _ = with_credit(parts(total, payer, terms, outcome, shares), payer, drawn)
    now, wanted = divided_by(journals), wanted_by(divided)
    free = {account: await settling_store.free_of(db, account) for account in {*now, *wanted}}
    legs, short = legs_between(now, wanted, free)
    was = [Leg(e.account, e.amount.minor) for j in journals if j.kind in KINDS for e in j.entries]
    legs = list(ruling_drafts(session, "", legs, "", free)[-1].legs) if legs else []
    settlement = settlement_of([*was, *legs], payer, terms)
    return Ruling(settlement, Money(short, payer.currency))


async def _first_ruling(
    db: AsyncConnection,
    session: str,
    payer: Account,
    terms: Terms,
    outcome: Outcome,
    at: datetime,
    shares: Sequence[Share],
) -> Ruling:
    """Nothing is divided yet: the finding is the settlement."""
    try:
        settled = await settle(db, session, payer, terms, outcome, at, shares)
    except SettledOtherwise as meanwhile:
        raise TryAgain(f"settle:{session}") from meanwhile
    return Ruling(settled, Money(0, payer.currency))


def _until(journals: Sequence[JournalView], ruling: str) -> list[JournalView] | None:
    """The session's journals up to this ruling; None when it has not been made."""
    for place, journal in enumerate(journals, 1):
        if journal.id == ruling:
            return list(journals[:place])
    return None


def _ruling(
    journals: Sequence[JournalView], wanted: dict[Account, int], payer: Account, terms: Terms
) -> Ruling:
    """How the journals divide the session, beside what was wanted."""
    now = divided_by(journals)
    short = sum(max(minor - now.get(account, 0), 0) for account, minor in wanted.items())
    entries = [entry for journal in journals if journal.kind in KINDS for entry in journal.entries]
    return Ruling(settlement_of(entries, payer, terms), Money(short, payer.currency))


def _touched(
    payer: Account, terms: Terms, shares: Sequence[Share], drawn: Collection[Drawn]
) -> set[Account]:
    """Every account that a division may touch."""
    currency = payer.currency
    accounts = {commission(currency), payer, *terms.providers}
    accounts |= {share.payee for share in shares} | {cost.supplier for cost in terms.costs}
    accounts |= {one.purse for one in drawn} | {issuer_of(one.purse) for one in drawn}
    return accounts | ({promo_cost(currency)} if drawn else set())
