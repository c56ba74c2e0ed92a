"""What must be locked and read before some drafts can be judged. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.accounts import Account
from ledger.journals import Ask, Draft, HoldDraft, Status, fault_in

AccountKey = tuple[int, str, str]


@dataclass(slots=True)
class Needs:
    """`accounts` are those of sound drafts, by key; `pairs` name the journals asked for."""

    asks: Sequence[Ask]
    faults: list[Status | None]
    accounts: dict[AccountKey, Account] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    holds: set[str] = field(default_factory=set)
    reversals: set[str] = field(default_factory=set)
    dated: bool = False

    @property
    def keys(self) -> list[AccountKey]:
        """The accounts in the order in which everybody locks them."""
        return sorted(self.accounts)


def needs_of(asks: Sequence[Ask]) -> Needs:
    """One pass over the drafts."""
    needs = Needs(asks, [fault_in(ask) for ask in asks])
    for ask, fault in zip(asks, needs.faults, strict=True):
        if isinstance(ask, HoldDraft):
            needs.holds.add(ask.key)
            if fault is None:
                needs.accounts[ask.payer.key] = ask.payer
        else:
            _add_draft(needs, ask, fault)
    return needs


def _add_draft(needs: Needs, draft: Draft, fault: Status | None) -> None:
    needs.pairs.append((draft.scope, draft.key))
    if fault is None:
        accounts = needs.accounts
        for leg in draft.legs:
            account = leg.account
            accounts[account.kind.code, account.owner, account.currency] = account
    if draft.posts_hold is not None:
        needs.holds.add(draft.posts_hold)
    if draft.reverses is not None:
        needs.reversals.add(draft.reverses)
    if draft.effective_on is not None:
        needs.dated = True
