"""What the bank rail refuses, as one tree; each error carries its facts as fields.

BankError                    (a LedgerError)
├── StatementRefused         a file that is not booked, with the fault named by `code`
├── BankAccountUnknown       an account that is not ours
├── InvoiceUnknown · InvoiceEnded
├── PayerFaulty              requisites whose form or check digits are wrong
├── LineUnknown · LineDecided
├── ProposalUnknown · ProposalFaulty
└── OrderFileUnknown · NothingDue
"""

from collections.abc import Mapping

from ledger.errors import LedgerError

# Every reason for which a statement is refused; web/templates/bank_words.html says each in words.
CODES = (
    "already_imported", "bad_value", "balance_differs", "before_beginning", "contradiction",
    "doctype", "empty", "foreign_line", "gap", "lines_differ", "look_alikes", "malformed",
    "mixed_encodings", "no_account", "no_balance", "opening_differs", "outside", "too_hungry",
    "too_large", "too_slow", "totals_differ", "truncated", "unknown_account", "unknown_format",
    "wrong_currency", "wrong_encoding", "wrong_version",
)  # fmt: skip


class BankError(LedgerError):
    """The root of the room."""


class StatementRefused(BankError):
    """`code` is one of CODES, `where` the place in the file (a line's number, an account, a day),
    `detail` what was found there. Nothing of a refused file is booked."""

    def __init__(self, code: str, where: str = "", detail: str = "") -> None:
        super().__init__(": ".join(part for part in (code, where, detail) if part))
        self.code, self.where, self.detail = code, where, detail


class BankAccountUnknown(BankError):
    def __init__(self, account: str) -> None:
        super().__init__(f"account {account} is not ours")
        self.account = account


class InvoiceUnknown(BankError):
    def __init__(self, number: str) -> None:
        super().__init__(f"no invoice {number}")
        self.number = number


class InvoiceEnded(BankError):
    """`state` is where the invoice stands; what was asked is not possible from there."""

    def __init__(self, number: str, state: str) -> None:
        super().__init__(f"invoice {number} is {state}")
        self.number, self.state = number, state


class PayerFaulty(BankError):
    """`faults`: field → "form" (not such a number at all) or "check" (wrong check digit)."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {why}" for field, why in faults.items()))
        self.faults = dict(faults)


class LineUnknown(BankError):
    def __init__(self, line: str) -> None:
        super().__init__(f"no line {line}")
        self.line = line


class LineDecided(BankError):
    """The line does not wait (any more)."""

    def __init__(self, line: str, state: str) -> None:
        super().__init__(f"line {line} is {state}")
        self.line, self.state = line, state


class ProposalUnknown(BankError):
    def __init__(self, line: str) -> None:
        super().__init__(f"nothing is proposed for line {line}")
        self.line = line


class ProposalFaulty(BankError):
    """`field` is what cannot be so."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


class OrderFileUnknown(BankError):
    def __init__(self, number: str) -> None:
        super().__init__(f"no file of payment orders {number}")
        self.number = number


class NothingDue(BankError):
    """No payout waits for the bank."""

    def __init__(self) -> None:
        super().__init__("no payout is due")
