"""Page values of the books; as web/shapes.py, and described with it.

Amounts have credit positive; `by` is "effective" or "recorded": by which of its days a journal
belongs to the period. `next` is the address of the next page, empty at the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from ledger import AccountKind, Money
from ledger.books import KindTurnover, Line, Totals
from web.shapes import Errors, Paper


@dataclass(frozen=True, slots=True)
class Month:
    """A month that one press asks for."""

    first: date
    last: date
    here: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The period that a page is about. query: the same as a query string, for links."""

    first: date
    last: date
    by: str
    currency: str
    currencies: tuple[str, ...]
    query: str
    months: tuple[Month, ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """by: who closed it; manifest: sha256 over its journals and the closing before."""

    first: date
    last: date
    at: datetime
    by: str
    manifest: str


@dataclass(frozen=True, slots=True)
class TrialPage:
    """to_close: the first day of the month that may be closed now."""

    asked: Asked
    lines: tuple[KindTurnover, ...]
    totals: Totals
    balanced: bool
    closed: tuple[ClosedMonth, ...] = ()
    to_close: date | None = None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """owner: as booked; name: of the party, where it is one."""

    owner: str
    name: str
    opening: Money
    debits: Money
    credits: Money
    closing: Money


@dataclass(frozen=True, slots=True)
class AccountsPage:
    asked: Asked
    kind: AccountKind
    lines: tuple[AccountLine, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class StatementPage:
    """carried: the balance before the first line shown."""

    asked: Asked
    kind: AccountKind
    owner: str
    name: str
    opening: Money
    debits: Money
    credits: Money
    closing: Money
    carried: Money
    lines: tuple[Line, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class EntryView:
    kind: AccountKind
    owner: str
    name: str
    amount: Money
    balance_after: Money


@dataclass(frozen=True, slots=True)
class JournalCard:
    """reverses, reversed_by: ids of the journals that it undoes and that undid it; sums: what it
    moves, in each currency."""

    id: str
    kind: str
    ref: str
    memo: str
    at: datetime
    effective_on: date
    reverses: str
    entries: tuple[EntryView, ...]
    sums: tuple[Money, ...] = ()
    number: int = 0
    reversed_by: str = ""


@dataclass(frozen=True, slots=True)
class JournalsPage:
    """typed: the filter as it was typed; kinds: of accounts, that may be asked for."""

    asked: Asked
    typed: Mapping[str, str]
    kinds: tuple[AccountKind, ...]
    journals: tuple[JournalCard, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A top-up as the payer's acquirer knows it."""

    id: str
    party: str
    amount: Money
    state: str
    gateway: str
    payment: str


@dataclass(frozen=True, slots=True)
class AboutPage:
    """Everything on the books about one thing. what: "session", "payment" or "other"."""

    ref: str
    what: str
    journals: tuple[JournalCard, ...]
    papers: tuple[Paper, ...] = ()
    payment: PaymentView | None = None


@dataclass(frozen=True, slots=True)
class JournalPage:
    journal: JournalCard
    about: AboutPage


@dataclass(frozen=True, slots=True)
class ExportPage:
    asked: Asked
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClosingPage:
    """The month that would be closed, as it would be written. problem: why it cannot be closed."""

    first: date
    last: date
    lines: tuple[KindTurnover, ...]
    totals: Totals
    balanced: bool
    currencies: tuple[str, ...]
    problem: str = ""
