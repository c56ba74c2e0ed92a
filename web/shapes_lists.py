"""Page values of lists with filters and of statistics; as web/shapes.py, and described with it."""

from dataclasses import dataclass
from datetime import date, datetime

from ledger import Money
from web.shapes import PageOf, Paper, SessionRow


@dataclass(frozen=True, slots=True)
class Period:
    """A period that can be chosen. name: "2026-10" or "2026-Q4"; first: its first day."""

    name: str
    first: date


@dataclass(frozen=True, slots=True)
class SessionsFilter:
    """As typed. period: a name, "own" for days, "" for all; side: "consultant", "client" or ""."""

    period: str = ""
    since: str = ""
    until: str = ""
    side: str = ""
    who: str = ""
    topic: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Sessions:
    """One page of what the filter finds; count, clock_s and costs are of all its pages. files:
    form of a table to its address; ever: whether the party had any session at all."""

    rows: tuple[SessionRow, ...]
    count: int
    clock_s: int
    costs: tuple[Money, ...]
    pages: PageOf
    filter: SessionsFilter
    filtered: bool
    ever: bool
    periods: tuple[Period, ...]
    sides: tuple[str, ...]
    outcomes: tuple[str, ...]
    files: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class CutRow:
    """A row of a cut. names: of a day, a party, both of a pair, or of an outcome; sums: in the
    order of the columns; merged: so many smaller rows stand in it."""

    names: tuple[str, ...]
    sessions: int
    clock_s: int
    sums: tuple[Money, ...]
    merged: int = 0


@dataclass(frozen=True, slots=True)
class CutTable:
    """What the sessions are divided by: "client", "consultant", "pair" or "outcome"."""

    by: str
    rows: tuple[CutRow, ...]


@dataclass(frozen=True, slots=True)
class DayBar:
    """A day of the month; tall: its time in thousandths of the longest day's."""

    day: date
    tall: int
    row: CutRow


@dataclass(frozen=True, slots=True)
class Reports:
    """A month in figures. side: "consultant", "client" or "office", who sees everybody's. Every
    table adds up to total; columns: what its sums are. currencies: those the month has, when there
    are several; previous, next: months; last: the last month with sessions when this has none."""

    side: str
    sides: tuple[str, ...]
    month: str
    first: date
    previous: str
    next: str
    periods: tuple[Period, ...]
    currency: str
    currencies: tuple[str, ...]
    columns: tuple[str, ...]
    total: CutRow
    days: tuple[DayBar, ...]
    tables: tuple[CutTable, ...]
    last: date | None = None
    file: str = ""
    paper: str = ""


@dataclass(frozen=True, slots=True)
class DocumentsFilter:
    """As typed. state: "issued", "superseded" or ""."""

    period: str = ""
    since: str = ""
    until: str = ""
    kind: str = ""
    party: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Documents:
    """One page of what the filter found. totals: of the acts, or of the kind asked for, over all
    pages, one a currency; total: the first of them; ticked: numbers chosen so far, elsewhere:
    those of them that are on other pages."""

    papers: tuple[Paper, ...]
    total: Money
    totals: tuple[Money, ...]
    count: int
    pages: PageOf
    filter: DocumentsFilter
    filtered: bool
    periods: tuple[Period, ...]
    own: bool
    ticked: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """A file that was issued under a number. name: exactly this one; state: issued, superseded."""

    name: str
    issued_at: datetime
    amount: Money
    sha256: str
    state: str


@dataclass(frozen=True, slots=True)
class PaperSide:
    """A party to a document. role: "issuer", "buyer", "consultant" or "client"."""

    role: str
    name: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line of a document, as the sealed file says it. what: its words, or the kind of a journal
    of a statement; seconds: on the billing clock; session: its number, when the line is about one;
    left: balance after it."""

    what: str
    detail: str
    seconds: int | None
    amount: Money
    at: datetime | None = None
    session: str = ""
    left: Money | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """An issued document. name: exactly this file; newer: the name that replaced it, or ""; vat:
    the tax inside total, None when there is none; more: so many lines beyond those shown."""

    name: str
    number: str
    kind: str
    issued_at: datetime
    state: str
    newer: str
    sides: tuple[PaperSide, ...]
    lines: tuple[PaperLine, ...]
    total: Money
    minutes: int
    vat: Money | None
    sha256: str
    size: int
    history: tuple[Revision, ...]
    session: str = ""
    topic: str = ""
    result: str = ""
    first_on: date | None = None
    last_on: date | None = None
    more: int = 0
