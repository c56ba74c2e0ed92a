"""A disputed payment as values: how it stands, what it bought, and what its money does.

      inquiry ──► inquiry_closed            an answer is wanted, no money moves
         ▼
       open ──► under_review ──► won        the money comes back
                      └────────► lost       the money is collected from those who have it

Entries: every line of the acquirer's account, under the line's own id, DISPUTED against CASH and
its fee; lost, DISPUTED is emptied in this order: the client's wallet, the reserves of those whom
the payment paid, their earnings where the policy says so, our own cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.accounts import Account, AccountKind
from ledger.acquirer import BalanceLine, DisputeStatus
from ledger.cards.states import EvidenceState
from ledger.collection import collect
from ledger.journals import Draft, JournalView, Leg, StatementLine
from ledger.money import Money

_RANK = {
    DisputeStatus.INQUIRY: 0,
    DisputeStatus.OPEN: 1,
    DisputeStatus.UNDER_REVIEW: 2,
    DisputeStatus.INQUIRY_CLOSED: 3,
    DisputeStatus.WON: 3,
    DisputeStatus.LOST: 3,
}
QUIET = frozenset({DisputeStatus.INQUIRY, DisputeStatus.INQUIRY_CLOSED})
ENDED = frozenset({DisputeStatus.INQUIRY_CLOSED, DisputeStatus.WON, DisputeStatus.LOST})


@dataclass(frozen=True, slots=True)
class Dispute:
    """`held` is what of the client's wallet is kept for it; `evidence` is JSON, "" for none yet."""

    gateway: str
    id: str
    payment: str
    top_up: str
    party: str
    amount: Money
    status: DisputeStatus
    reason: str
    created_at: datetime
    held: Money
    evidence: str = ""
    evidence_state: EvidenceState = EvidenceState.NONE
    tries: int = 0
    answer_by: datetime | None = None
    due_at: datetime | None = None  # when its evidence has a next step

    @property
    def key(self) -> str:
        """Of the freeze, the hold and the blocks that it causes."""
        return f"dispute:{self.gateway}:{self.id}"

    @property
    def account(self) -> Account:
        """Where its money waits: zero when it is over."""
        return Account(AccountKind.DISPUTED, f"{self.gateway}:{self.id}", self.amount.currency)


def climbs(before: DisputeStatus, after: DisputeStatus) -> bool:
    """Whether news moves a dispute on; an end is final.

    >>> climbs(DisputeStatus.OPEN, DisputeStatus.WON)
    True
    >>> climbs(DisputeStatus.LOST, DisputeStatus.OPEN)
    False
    """
    return before not in ENDED and _RANK[after] > _RANK[before]


def line_draft(dispute: Dispute, line: BalanceLine) -> Draft:
    """A movement that the dispute caused at the acquirer: withdrawn, reinstated, its fee."""
    currency = line.amount.currency
    cost = Account(AccountKind.DISPUTE_COST, "", currency)
    cash = Account(AccountKind.CASH, dispute.gateway, currency)
    wanted = [
        Leg(dispute.account, line.amount.minor),
        Leg(cost, -line.fee.minor),
        Leg(cash, -line.net.minor),
    ]
    legs = tuple(leg for leg in wanted if leg.minor)
    kind = "dispute_withdrawn" if line.amount.minor < 0 else "dispute_reinstated"
    return Draft("txn", line.id, kind, legs, ref=dispute.top_up)


def collection_draft(
    dispute: Dispute, owed: Money, there: Sequence[tuple[Account, Money]]
) -> Draft:
    """Empty DISPUTED from what is there, in order; what nobody has is our cost.

    `owed` is more than zero; amounts of `there` are zero or more.
    """
    free = {account: amount.minor for account, amount in there}
    taken = collect(owed.minor, list(free), free)
    legs = [Leg(dispute.account, owed.minor), *taken]
    left = sum(leg.minor for leg in legs)
    if left:
        legs.append(Leg(Account(AccountKind.DISPUTE_COST, "", owed.currency), -left))
    key = f"{dispute.gateway}:{dispute.id}:lost"
    return Draft("dispute", key, "dispute_lost", tuple(legs), ref=dispute.top_up)


def bought(lines: Sequence[StatementLine], top_up_journal: str) -> dict[str, int]:
    """What the money of one top-up was spent on: reference → minor units.

    Money leaves a wallet in the order in which it came. `lines` is the wallet's statement from the
    top-up on, oldest first.
    """
    start = next((n for n, one in enumerate(lines) if one.journal_id == top_up_journal), None)
    if start is None:
        return {}
    credit = lines[start]
    ahead = max(0, credit.balance_after.minor - credit.amount.minor)
    left, spent = credit.amount.minor, dict[str, int]()
    for one in lines[start + 1 :]:
        going = max(0, -one.amount.minor)
        first = min(ahead, going)
        ours = min(left, going - first)
        ahead, left = ahead - first, left - ours
        if ours:
            spent[one.ref] = spent.get(one.ref, 0) + ours
    return spent


def paid_on(journals: Sequence[JournalView], spent_minor: int) -> Mapping[str, int]:
    """Whom a session's settlement paid, and how much of it came from `spent_minor` of its money:
    party → minor units, rounded down."""
    total, earned = 0, dict[str, int]()
    for journal in journals:
        out = [e.amount.minor for e in journal.entries if e.account.kind is AccountKind.ESCROW]
        total -= sum(minor for minor in out if minor < 0)
        for entry in journal.entries if out else ():
            if entry.account.kind is AccountKind.EARNINGS:
                owner = entry.account.owner
                earned[owner] = earned.get(owner, 0) + entry.amount.minor
    if total <= 0:
        return {}
    ours = min(spent_minor, total)
    return {party: minor * ours // total for party, minor in earned.items() if minor > 0}
