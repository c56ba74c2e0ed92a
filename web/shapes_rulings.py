"""Page values of arbitration; as web/shapes.py, and described with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ledger import Money
from web.shapes import Errors, Paper, Way
from web.shapes_minutes import MinuteView
from web.shapes_ruled import DisputeView, RulingView


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A contested session in the list. at: when the client said so, or when it was ruled; late: it
    has waited longer than a side has to answer; asked: a ruling waits for a second person."""

    number: str
    at: datetime
    topic: str
    host: str
    client: str
    charged: Money
    refunded: Money
    late: bool = False
    asked: bool = False
    dispute: DisputeView | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """The list. which: "asked", "unresolved" or "ruled"; budgets: what there is for bonuses, by
    currency; key: of the form that sets money aside."""

    rows: tuple[CaseRow, ...]
    which: str
    curator: bool
    budgets: tuple[Money, ...]
    key: str
    next: str = ""
    number: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saying:
    """Words of one side. kind: "chat", "result", "outcome", "dispute",
    "dispute_answer" or "review"; scores: of a review,
    quality, punctuality, courtesy."""

    role: str
    kind: str
    at: datetime
    text: str
    outcome: str = ""
    scores: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one side has of the session's money. to: "platform", "consultant" or "client"."""

    to: str
    now: Money
    after: Money
    change: Money


@dataclass(frozen=True, slots=True)
class Preview:
    """What a ruling would do, to the kopeck. short: cannot be taken back; change: bonus above zero,
    penalty below; second: the sum above which two persons decide, None when it is not reached;
    seen: comes back with the form, so that nothing is confirmed but what was shown."""

    parts: tuple[Part, ...]
    total: Money
    short: Money
    change: Money
    moved: Money
    second: Money | None
    seen: str


@dataclass(frozen=True, slots=True)
class RulingForm:
    """As typed: shares in percent, sums in whole units. kind: of the change of the consultant's
    pay, "none", "bonus" or "penalty"; ruling: which one of the session it will be."""

    platform: str
    host: str
    ruling: str
    cap: str = ""
    kind: str = "none"
    amount: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A ruling that waits for a second person. mine: the viewer may not decide it; granted: it was
    approved and is still to be carried out."""

    id: str
    by: str
    at: datetime
    expires_at: datetime
    why: str
    mine: bool
    granted: bool


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a contested session. unresolved, outcomes: how often this client said "not
    resolved", of how many outcomes; appraised: a bonus or penalty given already, zero for none."""

    number: str
    topic: str
    state: str
    outcome: str
    host: str
    client: str
    rate: Money
    started_at: datetime | None
    ended_at: datetime | None
    clock_s: int
    mutual_s: int
    billed_minutes: int
    cost: Money
    minutes: tuple[MinuteView, ...]
    ways: tuple[Way, ...]
    sayings: tuple[Saying, ...]
    papers: tuple[Paper, ...]
    rulings: tuple[RulingView, ...]
    unresolved: int
    outcomes: int
    appraised: Money


@dataclass(frozen=True, slots=True)
class CasePage:
    """One contested session as a curator sees it. budget: what there is for bonuses; may: the
    viewer rules; own: the viewer has a part in it, and so does not."""

    case: Case
    budget: Money
    may: bool
    own: bool
    form: RulingForm
    preview: Preview | None = None
    proposed: Proposed | None = None
    errors: Errors = field(default_factory=dict)
