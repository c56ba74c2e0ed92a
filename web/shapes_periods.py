"""Page values of papers for a period; as web/shapes.py, and described with it."""

from dataclasses import dataclass, field
from datetime import datetime

from ledger import Money
from web.shapes import Errors


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a list: what is sent, what is read."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A session of an act or a report, or a movement (then sum may be below zero)."""

    at: datetime
    what: str
    with_whom: str
    minutes: int
    sum: Money
    left: Money | None = None


@dataclass(frozen=True, slots=True)
class PeriodSums:
    """Of an act: charged, refunded, total, vat. Of a statement or a reconciliation: opening,
    refunded (credits), charged (debits), total (the closing balance). Of an agent's report: sold,
    fee, total (what the principal gets). rows: the first of `lines`."""

    lines: int
    minutes: int
    total: Money
    words: str
    charged: Money
    refunded: Money
    vat: Money | None = None
    opening: Money | None = None
    sold: Money | None = None
    fee: Money | None = None
    open: int = 0
    rows: tuple[PeriodRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PeriodPage:
    """kind: "client" and "consultant" are acts by who paid, "wallet" and "earnings" statements,
    "partner" is a reconciliation of all accounts, "principal" the agent's report to a consultant.
    preview: None when nothing was charged in the period, and in the answer to a paper issued;
    issues: whether the reader may issue it, and not only look; issued: the number just issued;
    find: a part of the buyer's name; found: how many have it, of whom `buyers` are the first;
    crowded: not even all of those were looked at."""

    kind: str
    kinds: tuple[str, ...]
    since: str
    until: str
    language: str
    buyer: str = ""
    other: str = ""
    buyers: tuple[Choice, ...] = ()
    others: tuple[Choice, ...] = ()
    find: str = ""
    found: int = 0
    crowded: bool = False
    own: bool = True
    preview: PeriodSums | None = None
    issues: bool = True
    issued: str = ""
    name: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    vat_id: str = ""
    address: str = ""
    errors: Errors = field(default_factory=dict)
