"""A payee's account at the acquirer, as a value; what its news makes of it.

    planned ──made──► open ──all questions answered──► active ⇄ restricted ──► closed

Its state follows from the last fact that was looked up, so the order of news does not matter.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ledger.connected import AccountFact, AccountRequest


class AccountState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    ACTIVE = "active"
    RESTRICTED = "restricted"
    CLOSED = "closed"


_S = AccountState
NEXT: dict[AccountState, frozenset[AccountState]] = {
    _S.PLANNED: frozenset({_S.OPEN, _S.ACTIVE, _S.RESTRICTED, _S.CLOSED}),
    _S.OPEN: frozenset({_S.ACTIVE, _S.RESTRICTED, _S.CLOSED}),
    _S.ACTIVE: frozenset({_S.RESTRICTED, _S.CLOSED}),
    _S.RESTRICTED: frozenset({_S.ACTIVE, _S.CLOSED}),
    _S.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Connected:
    """`ref` is the acquirer's name of the account; `due` what it still wants to know."""

    party: str
    gateway: str
    country: str
    email: str
    state: AccountState
    created_at: datetime
    ref: str = ""
    due: tuple[str, ...] = ()
    disabled: str = ""
    payouts_enabled: bool = False

    @property
    def idempotency_key(self) -> str:
        return f"account:{self.party}:1"

    @property
    def request(self) -> AccountRequest:
        return AccountRequest(self.party, self.country, self.email, self.idempotency_key)


def seen(known: Connected, fact: AccountFact) -> Connected:
    """The account after a look at it. A closed one stays closed."""
    if known.state is AccountState.CLOSED:
        return known
    return replace(
        known,
        ref=fact.ref,
        state=_state(known, fact),
        due=fact.due,
        disabled=fact.disabled,
        payouts_enabled=fact.payouts_enabled,
    )


def _state(known: Connected, fact: AccountFact) -> AccountState:
    if fact.closed:
        return AccountState.CLOSED
    if fact.transfers_active:
        return AccountState.ACTIVE
    fresh = known.state in (AccountState.PLANNED, AccountState.OPEN)
    return AccountState.OPEN if fresh else AccountState.RESTRICTED
