"""What the ledger may refuse, as one tree; each error carries its facts as fields.

CurrencyMismatch            two currencies met in one sum: our bug, hence beside the tree
LedgerError
├── DraftRefused            a draft was judged and not posted
│   ├── InsufficientFunds   an account would fall below its floor
│   │   └── AccountFrozen   a dispute or a suspicion: nothing may leave it
│   └── KeyConflict         the key was used before for another draft
├── HoldUnknown · HoldEnded · HoldConflict
├── SettledOtherwise        the session was settled with another outcome
├── RuledOtherwise          the ruling's id was used for another ruling
├── CostsTooHigh            costs passed on exceed what was charged
├── PenaltyTooHigh          a penalty exceeds the pay of its errand
├── NoVatRate               no row of the VAT table covers the day
├── TryAgain                another transaction took the key first: roll back, then repeat
├── Unanswered · WriterClosed   the writer could not post; ask again under the same key
├── RoleUnknown             the database has no such role to grant anything to
├── LedgerBroken            what was written does not add up: the transaction must roll back
└── CashierError
    ├── TopUpUnknown · TopUpConflict · RefundRefused · PayOutRefused
    └── GatewayError
        ├── GatewayRefused      the acquirer answered no, and why
        ├── GatewayUnreachable  no answer: the outcome is unknown, ask again with the same key
        ├── UnknownAnswer       a value that this code does not know yet: wait, and tell a person
        └── EventRefused        a webhook that is not what it claims to be
"""

from datetime import date

from ledger.accounts import Account
from ledger.money import CurrencyMismatch as CurrencyMismatch
from ledger.money import Money


class LedgerError(Exception):
    """The root."""


class DraftRefused(LedgerError):
    """`status` is the value of the result's `Status`."""

    def __init__(self, status: str, text: str = "") -> None:
        super().__init__(text or f"draft refused: {status}")
        self.status = status


class InsufficientFunds(DraftRefused):
    def __init__(self, account: Account, needed: Money, available: Money) -> None:
        text = f"{account}: needed {needed.minor}, available {available.minor}"
        super().__init__("insufficient", text)
        self.account, self.needed, self.available = account, needed, available


class AccountFrozen(InsufficientFunds):
    """To whoever wants to be paid from it, a frozen account is an empty one."""

    def __init__(self, account: Account) -> None:
        nothing = Money(0, account.currency)
        super().__init__(account, nothing, nothing)
        self.args, self.status = (f"{account} is frozen",), "frozen"


class KeyConflict(DraftRefused):
    def __init__(self, journal_id: str) -> None:
        super().__init__("conflict", f"another draft was posted as {journal_id}")
        self.journal_id = journal_id


class HoldUnknown(LedgerError):
    def __init__(self, key: str) -> None:
        super().__init__(f"no hold {key}")
        self.key = key


class HoldEnded(LedgerError):
    def __init__(self, key: str, how: str) -> None:
        super().__init__(f"hold {key} has ended: {how}")
        self.key, self.how = key, how


class HoldConflict(LedgerError):
    def __init__(self, key: str) -> None:
        super().__init__(f"hold {key} was made for another account or amount")
        self.key = key


class SettledOtherwise(LedgerError):
    def __init__(self, session: str, settled_as: str) -> None:
        super().__init__(f"{session} is settled already: {settled_as}")
        self.session, self.settled_as = session, settled_as


class RuledOtherwise(LedgerError):
    def __init__(self, ruling: str, ruled_as: str) -> None:
        super().__init__(f"ruling {ruling} was made already: {ruled_as}")
        self.ruling, self.ruled_as = ruling, ruled_as


class CostsTooHigh(LedgerError):
    def __init__(self, costs: Money, total: Money) -> None:
        super().__init__(f"costs of {costs.minor} exceed the {total.minor} charged")
        self.costs, self.total = costs, total


class PenaltyTooHigh(LedgerError):
    def __init__(self, errand: str, penalty: Money, pay: Money) -> None:
        super().__init__(f"penalty {penalty.minor} exceeds the pay {pay.minor} of {errand}")
        self.errand, self.penalty, self.pay = errand, penalty, pay


class NoVatRate(LedgerError):
    def __init__(self, country: str, name: str, day: date) -> None:
        super().__init__(f"no {name} VAT rate of {country} on {day}")
        self.country, self.name, self.day = country, name, day


class TryAgain(LedgerError):
    def __init__(self, key: str) -> None:
        super().__init__(f"{key} was taken meanwhile: roll back and try again")
        self.key = key


class Unanswered(LedgerError):
    """The database does not answer: the draft may be on the books or not."""

    def __init__(self, tries: int) -> None:
        super().__init__(f"the database did not answer, {tries} tries: ask again, same key")
        self.tries = tries


class WriterClosed(LedgerError):
    """The writer takes no more drafts."""


class RoleUnknown(LedgerError):
    def __init__(self, role: str) -> None:
        super().__init__(f"no role {role} in this database")
        self.role = role


class LedgerBroken(LedgerError):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class CashierError(LedgerError):
    """The border with the world."""


class TopUpUnknown(CashierError):
    def __init__(self, id: str) -> None:
        super().__init__(f"no top-up {id}")
        self.id = id


class TopUpConflict(CashierError):
    def __init__(self, id: str) -> None:
        super().__init__(f"top-up {id} was begun for another party or amount")
        self.id = id


class RefundRefused(CashierError):
    def __init__(self, id: str, reason: str) -> None:
        super().__init__(f"refund {id} refused: {reason}")
        self.id, self.reason = id, reason


class PayOutRefused(CashierError):
    def __init__(self, id: str, reason: str) -> None:
        super().__init__(f"payout {id} refused: {reason}")
        self.id, self.reason = id, reason


class GatewayError(CashierError):
    """Something about the acquirer."""


class GatewayRefused(GatewayError):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GatewayUnreachable(GatewayError):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class UnknownAnswer(GatewayError):
    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{field} is {str(value)[:100]!r}, which we do not know")
        self.field, self.value = field, str(value)[:100]


class EventRefused(GatewayError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"payment event refused: {reason}")
        self.reason = reason
