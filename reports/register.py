"""What the register knows of an issued file. Pure values."""

import re
from dataclasses import dataclass
from datetime import date, datetime

_NAME = re.compile(r"([A-Z]-\d{4}-\d{6,})(?:-r(\d{1,6}))?")
SERIES = {
    "protocol": "P",
    "act": "A",
    "period-act": "U",
    "statement": "L",
    "reconciliation": "R",
    "agent-report": "G",
}
#: Kinds that are about days, not about one session.
PERIOD_KINDS = ("period-act", "statement", "reconciliation", "agent-report")


@dataclass(frozen=True, slots=True)
class Issued:
    """A file that was issued. `minutes` are billed, `total_minor` is the sum it certifies.

    `host`, `client` and `buyer` are party ids, the names are as printed. `newest` is the last
    revision that there is of the number; a superseded file stays as it is.
    """

    number: str
    revision: int
    kind: str
    session: str
    host: str
    client: str
    host_name: str
    client_name: str
    buyer: str
    issued_at: datetime
    sha256: str
    size: int
    minutes: int
    total_minor: int
    currency: str
    content: str
    newest: int = 0

    @property
    def name(self) -> str:
        """Exactly this file: A-2026-000001-r2."""
        return f"{self.number}-r{self.revision}"

    @property
    def superseded(self) -> bool:
        return self.newest > self.revision

    @property
    def superseded_by(self) -> str:
        """The name of the revision that is in force, "" when it is this one."""
        return f"{self.number}-r{self.newest}" if self.superseded else ""

    @property
    def party_names(self) -> tuple[str, ...]:
        """Whom it is made out to, by name: both sides of a protocol, the buyer of an act."""
        if self.kind == "act":
            return (self.host_name if self.buyer == self.host else self.client_name,)
        return tuple(name for name in (self.host_name, self.client_name) if name)

    def is_for(self, party: str) -> bool:
        """Both sides read a protocol; an act is for who paid."""
        readers = (self.buyer,) if self.kind == "act" else (self.host, self.client)
        return party in readers


@dataclass(frozen=True, slots=True)
class PeriodIssued:
    """A file about days, `first_on` to `last_on`. `total_minor`: of an act what it certifies, of a
    statement or a reconciliation the closing balance, of an agent's report what was earned.
    `subject` is what it shares with its other revisions."""

    number: str
    revision: int
    kind: str
    subject: str
    buyer: str
    other: str
    buyer_name: str
    other_name: str
    first_on: date
    last_on: date
    locale: str
    sessions: int
    minutes: int
    total_minor: int
    currency: str
    issued_at: datetime
    sha256: str
    size: int
    content: str
    newest: int = 0

    @property
    def name(self) -> str:
        return f"{self.number}-r{self.revision}"

    @property
    def superseded(self) -> bool:
        return self.newest > self.revision

    @property
    def superseded_by(self) -> str:
        """As `Issued.superseded_by`."""
        return f"{self.number}-r{self.newest}" if self.superseded else ""

    def is_for(self, party: str) -> bool:
        """Only whom it is made out to."""
        return party == self.buyer


@dataclass(frozen=True, slots=True)
class Paper:
    """An issued file with its bytes."""

    issued: Issued | PeriodIssued
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Filter:
    """What to list, newest first; None means any. `since` is inclusive, `until` exclusive.

    `party` sees what is for that party, by `Issued.is_for`. Old revisions come with `superseded`.
    `before` (moment and number of the last one that was read) goes on from there.
    """

    party: str | None = None
    kind: str | None = None
    session: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, str] | None = None
    superseded: bool = False
    limit: int = 100


def number_of(kind: str, year: int, n: int) -> str:
    """
    >>> number_of("act", 2026, 1)
    'A-2026-000001'
    """
    return f"{SERIES[kind]}-{year}-{n:06d}"


def parse_name(name: str) -> tuple[str, int | None] | None:
    """Number and revision of a name, None for something else.

    >>> parse_name("A-2026-000001-r2"), parse_name("A-2026-000001"), parse_name("x")
    (('A-2026-000001', 2), ('A-2026-000001', None), None)
    """
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2]) if found[2] else None) if found else None
