"""What the card rail refuses, as one tree; each error carries its facts as fields.

CardsError                (a CashierError)
├── NewsUnknown           no such news in the inbox
├── NewsNotDead           only dead news is replayed or skipped
├── NotYet                news of something that we do not know yet: it waits
├── RefundUnknown         no such refund, or not this party's
├── NothingToRefund       less unspent card money than was asked for
├── RefundConflict        the id was used for another party or amount
├── CallNotByHand         a person decides only about calls whose outcome cannot be looked up
├── NothingFrozen         the wallet is not frozen for that reason
└── DisputeUnknown        no such dispute
    └── EvidenceClosed    it takes no evidence now: none is staged, or it goes to the bank
"""

from ledger.errors import CashierError
from ledger.money import Money


class CardsError(CashierError):
    """The root of the room."""


class NewsUnknown(CardsError):
    def __init__(self, id: str) -> None:
        super().__init__(f"no news {id}")
        self.id = id


class NewsNotDead(CardsError):
    def __init__(self, id: str, state: str) -> None:
        super().__init__(f"news {id} is {state}, not dead")
        self.id, self.state = id, state


class NotYet(CardsError):
    """`what` is a word: "payment_unknown", "refund_unknown"."""

    def __init__(self, what: str, ref: str) -> None:
        super().__init__(f"{what}: {ref}")
        self.what, self.ref = what, ref


class RefundUnknown(CardsError):
    def __init__(self, id: str) -> None:
        super().__init__(f"no refund {id}")
        self.id = id


class NothingToRefund(CardsError):
    """`available` is what could be asked for now."""

    def __init__(self, asked: Money, available: Money) -> None:
        super().__init__(f"asked for {asked.minor}, {available.minor} {asked.currency} can go back")
        self.asked, self.available = asked, available


class RefundConflict(CardsError):
    def __init__(self, id: str) -> None:
        super().__init__(f"refund {id} was asked by another party or for another amount")
        self.id = id


class CallNotByHand(CardsError):
    def __init__(self, id: str, state: str) -> None:
        super().__init__(f"call {id} is {state}: it needs no person")
        self.id, self.state = id, state


class NothingFrozen(CardsError):
    def __init__(self, party: str, key: str) -> None:
        super().__init__(f"{party} is not frozen for {key}")
        self.party, self.key = party, key


class DisputeUnknown(CardsError):
    def __init__(self, id: str) -> None:
        super().__init__(f"no dispute {id}")
        self.id = id


class EvidenceClosed(DisputeUnknown):
    """`state` is where the evidence stands."""

    def __init__(self, id: str, state: str) -> None:
        super().__init__(id)
        self.args, self.state = (f"dispute {id} takes no evidence: it is {state}",), state
