"""Grants as values."""

from dataclasses import dataclass
from datetime import datetime

from ledger.accounts import Account
from ledger.credit import grant_id, purse_of
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Grant:
    """`amount` (above zero) that a campaign lets a party spend before `expires_at` (UTC)."""

    campaign: str
    party: str
    amount: Money
    granted_at: datetime
    expires_at: datetime

    def __post_init__(self) -> None:
        if self.amount.minor <= 0 or self.expires_at <= self.granted_at:
            raise ValueError(f"{self.amount} until {self.expires_at} is no grant")

    @property
    def id(self) -> str:
        return grant_id(self.campaign, self.party)

    @property
    def purse(self) -> Account:
        return purse_of(self.id, self.amount.currency)

    def same_promise(self, other: "Grant") -> bool:
        return (self.amount, self.expires_at) == (other.amount, other.expires_at)
