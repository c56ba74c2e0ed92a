"""A page where a card is given, and its way: planned, open at the acquirer, saved or ended.

Nothing is charged by it. The customer's name and the page are made under stored keys, so that a
crash makes neither twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ledger.saved_cards import SetupRequest

SETUP_LIFE = timedelta(hours=24)  # acquirers close the page then


class SetupState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    SAVED = "saved"
    ENDED = "ended"


NEXT: dict[SetupState, frozenset[SetupState]] = {
    SetupState.PLANNED: frozenset({SetupState.OPEN, SetupState.ENDED}),
    SetupState.OPEN: frozenset({SetupState.SAVED, SetupState.ENDED}),
    SetupState.SAVED: frozenset(),
    SetupState.ENDED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class CardSetup:
    """`url` is where the owner gives the card."""

    id: str
    party: str
    gateway: str
    currency: str
    return_url: str
    state: SetupState
    created_at: datetime
    customer: str = ""
    ref: str = ""
    url: str = ""

    @property
    def idempotency_key(self) -> str:
        return f"card_setup:{self.id}:1"

    @property
    def request(self) -> SetupRequest:
        return SetupRequest(
            self.id, self.customer, self.currency, self.return_url, self.idempotency_key
        )
