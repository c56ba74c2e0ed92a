"""The chart of accounts: one table that says what an account is for and how low it may go.

Sign: credit is positive. A wallet (what we owe its owner) is zero or more, cash is zero or less;
reports turn the sign by the account's class.

Two pairs stand off the balance: they say whose a sum is, or what it was promised for, and each
sums to zero by itself. `PROMO` (what a party may still spend of a grant) against `PROMO_ISSUED`
(what a campaign gave); `MEMBER` (what a firm owes one of its own) against `FIRM_DIVIDED`.
`BONUS` is a budget: set aside from the platform's income, never spent below zero.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

CLASSES = {"A": "asset", "L": "liability", "Q": "equity", "I": "income", "E": "expense"}


class KindFacts(NamedTuple):
    """A line of the chart; `floor_minor` None means that the balance is not limited from below."""

    code: int
    account_class: str
    floor_minor: int | None
    external_code: str  # the account in the 1C chart
    owner: str  # what an owner of such an account is


class AccountKind(Enum):
    """Member = line of the chart."""

    BANK = KindFacts(1010, "A", None, "51", "bank account")
    CASH = KindFacts(1020, "A", None, "57.03", "payment processor")
    BANK_TRANSIT = KindFacts(1030, "A", None, "57.22", "processor's payout")
    PAYOUT = KindFacts(1031, "A", None, "57.22", "consultant's payout")
    DISPUTED = KindFacts(1100, "A", None, "76.02", "dispute")
    RECOURSE = KindFacts(1210, "A", None, "76.09", "consultant")
    PREPAID = KindFacts(2010, "L", 0, "62.02", "party")
    PROMO = KindFacts(2011, "L", 0, "", "grant")
    PROMO_ISSUED = KindFacts(2012, "L", None, "", "campaign")
    ESCROW = KindFacts(2020, "L", 0, "76.05", "session")
    EARNINGS = KindFacts(2040, "L", 0, "60.01", "consultant or firm")
    MEMBER = KindFacts(2041, "L", 0, "", "member of a firm")
    FIRM_DIVIDED = KindFacts(2042, "L", None, "", "firm")
    RESERVE = KindFacts(2045, "L", 0, "76.09", "consultant")
    VAT = KindFacts(2050, "L", None, "68.02", "")
    VAT_ADVANCES = KindFacts(2051, "A", None, "76.AB", "")
    DEFERRED = KindFacts(2060, "L", 0, "62.02", "subscription")
    SUPPLIER = KindFacts(2070, "L", 0, "60.01", "supplier")
    SUSPENSE = KindFacts(2099, "L", 0, "76.09", "party or bank account")
    RETAINED = KindFacts(3010, "Q", None, "84", "")
    EXCHANGE = KindFacts(3900, "Q", None, "57.22", "currency")
    COMMISSION = KindFacts(4010, "I", None, "90.01", "")
    MINUTE_FEE = KindFacts(4020, "I", None, "90.01", "")
    SUBSCRIPTIONS = KindFacts(4030, "I", None, "90.01", "")
    FEES = KindFacts(5010, "E", None, "91.02", "")
    BONUS = KindFacts(5020, "E", 0, "20", "")
    PROMO_COST = KindFacts(5030, "E", None, "44", "")
    DISPUTE_COST = KindFacts(5040, "E", None, "91.02", "")
    EXCHANGE_COST = KindFacts(5050, "E", None, "91.02", "")

    def __init__(
        self, code: int, account_class: str, floor_minor: int | None, *_words: str
    ) -> None:
        self.code = code
        self.account_class = account_class  # see CLASSES
        self.floor_minor = floor_minor  # the least available balance of a new account

    # Members are single, so their identity will do; the Enum's own hash is slow.
    __hash__ = object.__hash__


KIND_OF_CODE = {kind.code: kind for kind in AccountKind}


@dataclass(frozen=True, slots=True)
class Account:
    """Names one account; it comes into being with its first entry or hold.

    `owner` is a party's id, a session's number, or "" for the platform itself.
    """

    kind: AccountKind
    owner: str = ""
    currency: str = "RUB"

    @property
    def key(self) -> tuple[int, str, str]:
        """Code, owner and currency: how the account is stored."""
        return (self.kind.code, self.owner, self.currency)

    def __str__(self) -> str:
        return f"{self.kind.name}({self.owner})"


def account_of(code: int, owner: str, currency: str) -> Account:
    """The inverse of `Account.key`."""
    return Account(KIND_OF_CODE[code], owner, currency)
