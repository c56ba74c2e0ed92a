"""What payouts by card refuse, as one tree; each error carries its facts as fields.

ConnectError             (a CashierError)
├── NoAccount            the party has no account at the acquirer yet
├── NotByHand            a person decides only about payouts whose outcome cannot be looked up
└── NothingToReverse     less was transferred to this payee than is to come back
"""

from ledger.errors import CashierError
from ledger.money import Money


class ConnectError(CashierError):
    """The root."""


class NoAccount(ConnectError):
    def __init__(self, party: str) -> None:
        super().__init__(f"{party} has no account at the acquirer")
        self.party = party


class NotByHand(ConnectError):
    def __init__(self, id: str, why: str) -> None:
        super().__init__(f"payout {id} needs no person: {why}")
        self.id, self.why = id, why


class NothingToReverse(ConnectError):
    def __init__(self, party: str, asked: Money, left: Money) -> None:
        super().__init__(f"{asked.minor} cannot come back from {party}: {left.minor} is there")
        self.party, self.asked, self.left = party, asked, left
