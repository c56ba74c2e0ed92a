"""Page values: what each page and each JSON answer consists of. Frozen, and free of any text that
depends on the language: money, moments and codes become words in the templates.

`openapi` describes exactly these classes, so a field renamed here is renamed for scripts as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from ledger import Money
from metering import PriceTag
from web.shapes_company import CompanyView
from web.shapes_files import FileView
from web.shapes_minutes import AllowanceView, MinuteView, ReasonView, UnprovenView
from web.shapes_recordings import RecordingView
from web.shapes_ruled import DisputeView, RulingView

Errors = Mapping[str, str]  # field of a form -> what is wrong with it, in the reader's language
NO_ERRORS: Errors = {}


@dataclass(frozen=True, slots=True)
class Door:
    """A demo account that one press opens."""

    role: str
    name: str


@dataclass(frozen=True, slots=True)
class Landing:
    """Basis points: the consultant's share, and what comes back of a session not resolved."""

    connection_rate: PriceTag
    provider_bp: int
    back_bp: int
    doors: tuple[Door, ...] = ()


@dataclass(frozen=True, slots=True)
class LoginForm:
    next: str
    email: str = ""
    name: str = ""
    country: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mailbox:
    letters: tuple[Mail, ...]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in a list. other: the other side's name; cost: None while nothing is charged."""

    number: str
    at: datetime
    topic: str
    other: str
    clock_s: int
    cost: Money
    state: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class InviteView:
    """An open invitation. link and qr are empty when this server can no longer show the link."""

    id: str
    session: str
    topic: str
    plan: str
    rate: PriceTag
    invoice_rate: Money | None
    link: str
    qr: str
    valid_until: datetime
    state: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class NewSession:
    """The form that begins a session, as typed."""

    topic: str = ""
    plan: str = "host-pays"
    rate: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """side: "consultant" or "client"; minutes: how long the balance lasts at the shown rate;
    own_rate: what the party's clients pay a minute, provider_bp: the party's share of it;
    month_count, month_s: sessions of this month that are over, and their time."""

    name: str
    side: str
    sides: tuple[str, ...]
    balance: Money
    minutes: int
    earned: Money
    connection_rate: PriceTag
    own_rate: PriceTag
    provider_bp: int
    form: NewSession
    running: SessionRow | None = None
    invite: InviteView | None = None
    recent: tuple[SessionRow, ...] = ()
    undecided: tuple[SessionRow, ...] = ()
    first_day: bool = False
    month_count: int = 0
    month_s: int = 0


@dataclass(frozen=True, slots=True)
class InvitePage:
    invite: InviteView
    ended: bool = False


@dataclass(frozen=True, slots=True)
class PreJoin:
    """The guest's door. token: of the invitation, goes back in the form's address."""

    token: str
    host: str
    topic: str
    plan: str
    rate: PriceTag
    session: str
    name: str = ""
    must_login: bool = False
    is_host: bool = False
    balance: Money | None = None
    missing: Money | None = None
    doors: tuple[Door, ...] = ()
    cap: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InviteGone:
    """A bad invitation. reason: "unknown", "expired", "used_up", "revoked", "over" or
    "place_taken"; code: the stable one, for programs; host: whom to ask."""

    reason: str
    code: str
    host: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """What the room's page hands to <session-room>. invite: the link, while the host waits;
    top_up: where the payer tops up, None for the other side."""

    number: str
    participant: str
    ticket: str
    locale: str
    topic: str
    peer: str
    csrf: str
    socket: str
    tickets: str
    files: str
    result: str
    invite: str | None = None
    top_up: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """Where a part of the money went. to: "platform", "consultant", "refund", "escrow"."""

    to: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Paper:
    """An issued document. superseded_by: the name of the revision in force, "" for that one."""

    number: str
    kind: str
    issued_on: date
    party: str
    amount: Money
    state: str
    sha256: str = ""
    session: str = ""
    superseded_by: str = ""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """Scores of one side, 1 to 5."""

    role: str
    quality: int
    punctuality: int
    courtesy: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SessionPage:
    """What its parties may see of a session. role: the viewer's side; papers_soon: it has just
    ended; mutual_s: seconds in which the relay saw both, by the journal and not by the meter."""

    number: str
    role: str
    topic: str
    plan: str
    state: str
    cause: str
    host: str
    client: str
    rate: PriceTag
    invoice_rate: Money | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    clock_s: int
    mutual_s: int
    billed_minutes: int
    cost: Money
    minutes: tuple[MinuteView, ...] = ()
    ways: tuple[Way, ...] = ()
    balance: Money | None = None
    result: str = ""
    outcome: str = ""
    outcome_comment: str = ""
    outcome_due_at: datetime | None = None
    reviews: tuple[ReviewView, ...] = ()
    reviewed: bool = False
    reviews_open_at: datetime | None = None
    papers: tuple[Paper, ...] = ()
    papers_soon: bool = False
    refund: Money | None = None
    kept: Money | None = None
    guest: bool = False
    ruling: RulingView | None = None
    dispute: DisputeView | None = None
    reasons: tuple[ReasonView | UnprovenView, ...] = ()
    files: tuple[FileView, ...] = ()
    recordings: tuple[RecordingView, ...] = ()
    company: tuple[CompanyView, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The page after the end: the session, and the form that is still to be sent."""

    session: SessionPage
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page of a list. previous, next: links, empty at the ends."""

    number: int
    pages: int
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the wallet. kind: of the journal; ref: the session it belongs to, or empty;
    journal: its id, for those who read the books."""

    at: datetime
    kind: str
    ref: str
    amount: Money
    balance_after: Money
    journal: str = ""


@dataclass(frozen=True, slots=True)
class Wallet:
    """balance: money; credit: promo credit, which goes first and is never paid out; total: both;
    credit_until: the last moment of the credit that expires first."""

    balance: Money
    credit: Money
    credit_until: datetime | None
    total: Money
    held: Money
    earned: Money | None
    minutes: int
    rate: PriceTag
    movements: tuple[Movement, ...]
    next: str = ""
    frozen: bool = False
    allowances: tuple[AllowanceView, ...] = ()


@dataclass(frozen=True, slots=True)
class TopUpForm:
    """closed: why nothing can be paid now, "switched_off", "no_residence", "wrong_rail" or ""."""

    balance: Money
    amounts: tuple[Money, ...]
    rate: PriceTag
    key: str
    own: str = ""
    back: str = ""
    closed: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TopUpView:
    """One payment. state: created, pending, paid, refused, cancelled, expired."""

    id: str
    state: str
    amount: Money
    balance: Money
    minutes: int
    refusal: str = ""
    url: str = ""
    back: str = ""


@dataclass(frozen=True, slots=True)
class DemoBank:
    ref: str
    amount: Money
    shop: str


@dataclass(frozen=True, slots=True)
class Help:
    connection_rate: PriceTag
