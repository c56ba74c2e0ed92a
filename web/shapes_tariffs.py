"""Page values of tariffs: a consultant's rate, the platform's plans, the rules, what is agreed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ledger import Money
from metering import PriceTag
from web.shapes import Errors


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A session of `connected_s` seconds without pauses. cause: of the last increment's price."""

    connected_s: int
    paid_s: int
    free_s: int
    charge: Money
    provider: Money
    platform: Money
    cause: str = ""


@dataclass(frozen=True, slots=True)
class PreviewTable:
    """What sessions that begin at `start` come to. window: counted from 1, 0 for a tariff without
    windows; start: None where the time of day does not matter, or the window never gives the
    price."""

    lines: tuple[PreviewLine, ...]
    window: int = 0
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class VersionView:
    """A published version. tariff: canonical JSON, as `minuta quote` takes it; by: a name, or ""
    for the system."""

    version: int
    rate: Money
    tariff: str
    at: datetime
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class RatePage:
    """A consultant's own rate. version: 0 while the plan's price holds; wanted: the one looked at;
    next_version: the number that the next one takes, goes back with the form."""

    rate: PriceTag
    version: int
    next_version: int
    lines: tuple[PreviewLine, ...]
    provider_bp: int
    history: tuple[VersionView, ...] = ()
    typed: str = ""
    wanted: Money | None = None
    wanted_lines: tuple[PreviewLine, ...] = ()
    published: bool = False
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanView:
    plan: str
    payer: str
    current: VersionView


@dataclass(frozen=True, slots=True)
class PlansPage:
    """The platform's plans in force."""

    plans: tuple[PlanView, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A field that the draft says otherwise, both values as JSON."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class PlanForm:
    """A draft as fields with units. values: what was typed, by a place in the tariff's JSON such as
    `segments[0].rate`; segments: how many rows; windows: how many rows each window has, none where
    the price is that of all day long; new: the field of a row that was just added."""

    values: Mapping[str, str]
    segments: int
    windows: tuple[int, ...] = ()
    new: str = ""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan, its versions and a draft of the next one. draft: JSON as typed; form: the same as
    fields, None where the JSON was typed; fault: the field of the draft that cannot be right, a
    path such as `tariff.segments[0].rate`; looked: the draft was read, `changes` and `tables` are
    of it."""

    plan: str
    payer: str
    current: VersionView
    history: tuple[VersionView, ...]
    next_version: int
    draft: str
    tables: tuple[PreviewTable, ...] = ()
    changes: tuple[Change, ...] = ()
    looked: bool = False
    curator: bool = False
    why: str = ""
    fault: str = ""
    form: PlanForm | None = None
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A computed example. code: what happened; cut_s: the second at which money or the ceiling
    ended it; question: JSON for `minuta quote`."""

    code: str
    connected_s: int
    paid_s: int
    charge: Money
    cut_s: int | None
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the calculator says; the fields of `minuta quote`."""

    connected_s: int
    billable_s: int
    paid_s: int
    charge: Money
    provider: Money
    platform: Money
    cut_s: int | None = None
    balance_after: Money | None = None


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The rules of metering. asked: the fields of the calculator as typed."""

    plans: tuple[PlanView, ...]
    examples: tuple[Example, ...]
    asked: Mapping[str, str] = field(default_factory=dict)
    answer: Answer | None = None
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AgreedPage:
    """The frozen tariff of a session. tariff: canonical JSON, "" for whoever does not learn the
    payer's sums; sha256: of it, as it stands in the session's record; back: where one came from."""

    topic: str
    host: str
    payer: str
    sha256: str
    version: int
    rate_version: int
    agreed_at: datetime
    back: str
    tariff: str = ""
