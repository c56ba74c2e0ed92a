"""What the card rail's rows must agree on with the books; a part of `minuta check`."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AccountKind
from ledger.audit import Fault

# Each query answers (where, fact) for every row that contradicts the sentence.
_QUERIES: tuple[tuple[str, str, str], ...] = (
    (
        "call_without_money",
        "{fact} was to be refunded, nothing of it is on its way or was",
        "SELECT c.id, c.amount FROM ledger_cards_refund_call c"
        " LEFT JOIN ledger_outgoing o ON o.id = c.id AND o.kind = 'refund'"
        " WHERE o.id IS NULL OR o.amount <> c.amount OR o.currency <> c.currency",
    ),
    (
        "refund_parts",
        "its parts sum to {fact}",
        "SELECT r.id, coalesce(sum(c.amount), 0) FROM ledger_cards_refund r"
        " LEFT JOIN ledger_cards_refund_call c ON c.refund = r.id"
        " WHERE r.state IN ('going','done','partly') GROUP BY r.id, r.amount"
        " HAVING coalesce(sum(c.amount), 0) <> r.amount",
    ),
    (
        "refund_state",
        "it is {fact}, its parts say otherwise",
        "SELECT r.id, r.state FROM ledger_cards_refund r WHERE r.state IN ('done','partly')"
        " AND EXISTS (SELECT 1 FROM ledger_cards_refund_call c JOIN ledger_outgoing o"
        "  ON o.id = c.id WHERE c.refund = r.id AND o.state = 'pending')",
    ),
    (
        "dispute_left",
        "it has ended, {fact} are still on its account",
        "SELECT d.id, a.balance FROM ledger_cards_dispute d JOIN ledger_account a"
        " ON a.kind = :disputed AND a.owner = d.gateway || ':' || d.id"
        " WHERE d.status = 'lost' AND a.balance <> 0",
    ),
    (
        "frozen_without_reason",
        "the wallet is frozen, nobody says why",
        "SELECT a.owner, a.currency FROM ledger_account a WHERE a.kind = :wallet"
        " AND a.status = 'frozen' AND NOT EXISTS (SELECT 1 FROM ledger_cards_freeze f"
        "  WHERE f.party = a.owner AND f.currency = a.currency AND f.lifted_us IS NULL)",
    ),
    (
        "not_frozen",
        "the wallet should be frozen: {fact}",
        "SELECT f.party, f.key FROM ledger_cards_freeze f JOIN ledger_account a"
        " ON a.kind = :wallet AND a.owner = f.party AND a.currency = f.currency"
        " WHERE f.lifted_us IS NULL AND a.status = 'open'",
    ),
    (
        "fee_without_journal",
        "a fee of {fact} was told and not booked",
        "SELECT f.payment, f.amount FROM ledger_cards_fee f WHERE f.amount > 0"
        " AND NOT EXISTS (SELECT 1 FROM ledger_journal j"
        "  WHERE j.scope = 'txn' AND j.key = f.line)",
    ),
)


async def check_cards(db: AsyncConnection) -> list[Fault]:
    """Every contradiction found; an empty list is a sound rail."""
    kinds: dict[str, Any] = {
        "disputed": AccountKind.DISPUTED.code,
        "wallet": AccountKind.PREPAID.code,
    }
    faults = []
    for kind, sentence, query in _QUERIES:
        named = {name: code for name, code in kinds.items() if f":{name}" in query}
        for where, fact in await db.execute(text(query), named):
            faults.append(Fault(kind, str(where), sentence.format(fact=fact)))
    return faults
