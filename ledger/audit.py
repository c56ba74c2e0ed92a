"""The audit: does every figure on the books follow from the entries? Read-only, any time.

Set-wise queries, each over the entries at most once, then one pass over the sealed journals. What
stands in the tables of the rooms at the border the rooms check themselves.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.seals import Watch, broken_seals

FAULTS_MAX = 100  # of one kind in one report


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong (`kind`), where (an account, a journal, a hold), and in words."""

    kind: str
    where: str
    text: str


# Each query answers (where, fact) for every row that contradicts the text.
_CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "journal_unbalanced",
        "its entries sum to {}",
        "SELECT 'journal ' || journal_id, sum(amount) FROM ledger_entry"
        " GROUP BY journal_id, currency HAVING sum(amount) <> 0",
    ),
    (
        "journal_short",
        "it has {} entries",
        "SELECT 'journal ' || j.id, count(e.version) FROM ledger_journal j"
        " LEFT JOIN ledger_entry e ON e.journal_id = j.id"
        " GROUP BY j.id HAVING count(e.version) < 2",
    ),
    (
        "entry_orphaned",
        "its account or journal {} does not exist",
        "SELECT 'entry ' || e.account_id || '/' || e.version, e.journal_id FROM ledger_entry e"
        " LEFT JOIN ledger_journal j ON j.id = e.journal_id"
        " LEFT JOIN ledger_account a ON a.id = e.account_id WHERE j.id IS NULL OR a.id IS NULL",
    ),
    (
        "entry_currency",
        "entered in {}",
        "SELECT 'entry ' || e.account_id || '/' || e.version, e.currency FROM ledger_entry e"
        " JOIN ledger_account a ON a.id = e.account_id WHERE a.currency <> e.currency",
    ),
    (
        "account_adrift",
        "its balance differs from its entries by {}",
        "SELECT 'account ' || a.id, a.balance - coalesce(sum(e.amount), 0) FROM ledger_account a"
        " LEFT JOIN ledger_entry e ON e.account_id = a.id GROUP BY a.id, a.balance"
        " HAVING a.balance <> coalesce(sum(e.amount), 0)",
    ),
    (
        "account_version",
        "it counts {} entries, but has others",
        "SELECT 'account ' || a.id, a.version FROM ledger_account a"
        " LEFT JOIN ledger_entry e ON e.account_id = a.id GROUP BY a.id, a.version"
        " HAVING a.version <> count(e.version) OR a.version <> coalesce(max(e.version), 0)",
    ),
    (
        "chain_broken",
        "its balance does not follow from the one before (version {})",
        "SELECT 'account ' || account_id, version FROM (SELECT account_id, version, amount,"
        " balance_after, lag(balance_after, 1, 0) OVER w AS before, row_number() OVER w AS n"
        " FROM ledger_entry WINDOW w AS (PARTITION BY account_id ORDER BY version)) c"
        " WHERE balance_after <> before + amount OR version <> n",
    ),
    (
        "below_floor",
        "available is {}",
        "SELECT 'account ' || id, balance - held FROM ledger_account"
        " WHERE balance - held < floor OR balance > ceiling OR held < 0",
    ),
    (
        "held_adrift",
        "held differs from its open holds by {}",
        "SELECT 'account ' || a.id, a.held - coalesce(sum(h.amount), 0) FROM ledger_account a"
        " LEFT JOIN ledger_hold h ON h.account_id = a.id AND NOT EXISTS"
        "  (SELECT 1 FROM ledger_hold_end x WHERE x.hold_key = h.key)"
        " GROUP BY a.id, a.held HAVING a.held <> coalesce(sum(h.amount), 0)",
    ),
    (
        "hold_end_orphaned",
        "its hold or journal is missing ({})",
        "SELECT 'hold ' || x.hold_key, x.kind FROM ledger_hold_end x"
        " LEFT JOIN ledger_hold h ON h.key = x.hold_key"
        " LEFT JOIN ledger_journal j ON j.id = x.journal_id"
        " WHERE h.key IS NULL OR (x.kind = 'post' AND j.id IS NULL)",
    ),
    (
        "hold_orphaned",
        "its account {} does not exist",
        "SELECT 'hold ' || h.key, h.account_id FROM ledger_hold h"
        " LEFT JOIN ledger_account a ON a.id = h.account_id WHERE a.id IS NULL",
    ),
    (
        "books_unbalanced",
        "balances sum to {}",
        "SELECT 'currency ' || currency, sum(balance) FROM ledger_account"
        " GROUP BY currency HAVING sum(balance) <> 0",
    ),
    (
        "reversal_orphaned",
        "it reverses {}, which does not exist",
        "SELECT 'journal ' || j.id, j.reverses FROM ledger_journal j"
        " LEFT JOIN ledger_journal r ON r.id = j.reverses"
        " WHERE j.reverses IS NOT NULL AND r.id IS NULL",
    ),
    (
        "top_up_unbooked",
        "it is paid ({}), but no journal says so",
        "SELECT 'top-up ' || t.id, t.payment FROM ledger_top_up t LEFT JOIN ledger_journal j"
        " ON j.scope = 'psp' AND j.key = t.gateway || ':' || t.payment"
        " WHERE t.state = 'paid' AND j.id IS NULL",
    ),
    (
        "top_up_orphaned",
        "it credits the top-up {}, which is not paid or does not exist",
        "SELECT 'journal ' || j.id, j.ref FROM ledger_journal j"
        " LEFT JOIN ledger_top_up t ON t.id = j.ref AND t.state = 'paid'"
        " WHERE j.scope = 'psp' AND j.kind = 'top_up' AND t.id IS NULL",
    ),
    (
        "outgoing_unbooked",
        "it is done ({}), but no journal says so",
        "SELECT o.kind || ' ' || o.id, o.ref FROM ledger_outgoing o"
        " LEFT JOIN ledger_journal j ON j.scope = o.kind AND j.key = o.id"
        " WHERE o.state = 'done' AND j.id IS NULL",
    ),
    (
        "outgoing_unheld",
        "it is under way ({}), but its money is neither held nor sent",
        "SELECT o.kind || ' ' || o.id, o.ref FROM ledger_outgoing o"
        " LEFT JOIN ledger_hold h ON h.key = o.kind || ':' || o.id"
        " LEFT JOIN ledger_journal j ON j.scope = o.kind AND j.key = o.id"
        " WHERE o.state = 'pending' AND h.key IS NULL AND j.id IS NULL",
    ),
    (
        "outgoing_still_held",
        "it has ended ({}), but its hold has not",
        "SELECT o.kind || ' ' || o.id, o.state FROM ledger_outgoing o"
        " JOIN ledger_hold h ON h.key = o.kind || ':' || o.id"
        " LEFT JOIN ledger_hold_end e ON e.hold_key = h.key"
        " WHERE o.state <> 'pending' AND e.hold_key IS NULL",
    ),
)


async def check(db: AsyncConnection, watch: Watch | None = None) -> list[Fault]:
    """Every fault on the books, at most FAULTS_MAX of a kind; an empty list is a clean audit.

    `watch` is shown every sealed journal on the way, so that others need not read them again.
    """
    faults = []
    for kind, words, query in _CHECKS:
        for row in await db.execute(text(f"{query} LIMIT {FAULTS_MAX}")):
            faults.append(Fault(kind, str(row[0]), words.format(row[1])))
    async for batch in broken_seals(db, watch):
        words = f"its {batch.journals} journals are not those that were sealed"
        faults.append(Fault("seal_broken", f"batch {batch.id}", words))
    return faults
