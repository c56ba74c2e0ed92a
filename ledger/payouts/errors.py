"""What the room of payouts refuses, as one tree; each error carries its facts as fields.

PayOutsError                 (a LedgerError)
├── PayeeUnknown             nobody said where the money of this party goes
├── BadPayee                 a field of the details is wrong, and how
├── NotCleared               more than has cleared
├── OutOfBounds              less than the least or more than the most of one payout
├── PayOutUnknown
├── PayOutConflict           the id belongs to another payout
├── WrongPayOutState         its state does not allow the step
└── MustWait                 it may not leave yet: cooling off, or kept by a dispute
"""

from ledger.errors import LedgerError
from ledger.money import Money


class PayOutsError(LedgerError):
    """The root of the room."""


class PayeeUnknown(PayOutsError):
    def __init__(self, party: str) -> None:
        super().__init__(f"{party} has not said where to")
        self.party = party


class BadPayee(PayOutsError):
    """`field` names the field of the form, `why` is "shape", "check_digit", "empty" or "long"."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


class NotCleared(PayOutsError):
    def __init__(self, party: str, asked: Money, cleared: Money) -> None:
        super().__init__(f"{party} asked for {asked.minor}, cleared {cleared.minor}")
        self.party, self.asked, self.cleared = party, asked, cleared


class OutOfBounds(PayOutsError):
    """`least` and `most` of one payout; `most` is None where there is no limit."""

    def __init__(self, asked: Money, least: Money, most: Money | None) -> None:
        super().__init__(f"{asked.minor} is not between {least.minor} and {most and most.minor}")
        self.asked, self.least, self.most = asked, least, most


class PayOutUnknown(PayOutsError):
    def __init__(self, id: str) -> None:
        super().__init__(f"no payout {id}")
        self.id = id


class PayOutConflict(PayOutsError):
    def __init__(self, id: str) -> None:
        super().__init__(f"payout {id} was asked for by another party or for another sum")
        self.id = id


class WrongPayOutState(PayOutsError):
    def __init__(self, id: str, state: str, wanted: str) -> None:
        super().__init__(f"payout {id} is {state}: it cannot become {wanted}")
        self.id, self.state, self.wanted = id, state, wanted


class MustWait(PayOutsError):
    """`why` is "cooling_off" or "blocked"."""

    def __init__(self, id: str, why: str) -> None:
        super().__init__(f"payout {id} has to wait: {why}")
        self.id, self.why = id, why
