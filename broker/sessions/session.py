"""The live encounter as a value, and the one table of how its state may change."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Literal

from broker.sessions.errors import BadSession, NotYours, WrongState
from metering import Tariff

Role = Literal["host", "client"]
PLANS = ("host-pays", "client-pays")
TOPIC_CHARS_MAX = 200
COMMENT_CHARS_MAX = 2000
RATE_MINOR_MAX = 10_000_000
LEFT_GRACE = timedelta(seconds=60)


class State(Enum):
    CREATED = "created"
    WAITING = "waiting"
    TOGETHER = "together"
    LIVE = "live"
    PAUSED = "paused"
    FINAL = "final"
    ENDED = "ended"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class Trigger(Enum):
    """What can happen to a session; the words go into docs/states.md."""

    ONE_CAME = "one side came in"
    BOTH_CAME = "the other side came in"
    ONE_LEFT = "a side left"
    START = "both pressed start"
    PAUSE = "a side paused, or media stopped"
    RESUME = "resumed, or media is back"
    FUNDS_OUT = "no money for the next minute"
    FUNDS_BACK = "topped up in time"
    CANCEL = "called off before both were there"
    END = "hung up, cut off, or overdue"
    SETTLE = "the money is divided"


TRANSITIONS: dict[tuple[State, Trigger], State] = {
    (State.CREATED, Trigger.ONE_CAME): State.WAITING,
    (State.WAITING, Trigger.ONE_CAME): State.WAITING,
    (State.CREATED, Trigger.CANCEL): State.CANCELLED,
    (State.WAITING, Trigger.BOTH_CAME): State.TOGETHER,
    (State.WAITING, Trigger.ONE_LEFT): State.WAITING,
    (State.WAITING, Trigger.CANCEL): State.CANCELLED,
    (State.TOGETHER, Trigger.ONE_LEFT): State.WAITING,
    (State.TOGETHER, Trigger.START): State.LIVE,
    (State.TOGETHER, Trigger.END): State.ENDED,
    (State.LIVE, Trigger.PAUSE): State.PAUSED,
    (State.LIVE, Trigger.FUNDS_OUT): State.FINAL,
    (State.LIVE, Trigger.END): State.ENDED,
    (State.PAUSED, Trigger.RESUME): State.LIVE,
    (State.PAUSED, Trigger.PAUSE): State.PAUSED,
    (State.PAUSED, Trigger.END): State.ENDED,
    (State.FINAL, Trigger.FUNDS_BACK): State.LIVE,
    (State.FINAL, Trigger.PAUSE): State.PAUSED,
    (State.FINAL, Trigger.END): State.ENDED,
    (State.ENDED, Trigger.SETTLE): State.SETTLED,
}

BEFORE_START = frozenset({State.CREATED, State.WAITING, State.TOGETHER})
STARTED = frozenset({State.LIVE, State.PAUSED, State.FINAL})
OPEN = BEFORE_START | STARTED
OVER = frozenset({State.ENDED, State.SETTLED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Claim:
    """What a side's browser says of its own devices; None is "nothing said yet"."""

    screen: Literal["live", "ended"] | None = None
    surface: str | None = None
    mic: Literal["live", "muted", "silence"] | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """How the charged money was divided, in minor units of the tariff's currency."""

    total_minor: int
    platform_minor: int
    provider_minor: int
    refunded_minor: int


@dataclass(frozen=True, slots=True)
class Session:
    """`rate_minor`: the host's price a minute; in `host-pays` it is for the host's own invoice.

    `tariff` is frozen at creation and holds the payer, the prices and the shares;
    `spend_cap_minor` is what the payer lets the session cost, who may move it.
    """

    number: str
    topic: str
    plan: str
    tariff: Tariff
    rate_minor: int
    host: str
    created_at: datetime
    state: State = State.CREATED
    cause: str | None = None
    client: str | None = None
    client_name: str | None = None
    client_guest: bool = False
    host_pressed: bool = False
    client_pressed: bool = False
    host_online: bool = False
    client_online: bool = False
    host_claim: Claim = field(default_factory=Claim)
    client_claim: Claim = field(default_factory=Claim)
    joined_at: datetime | None = None
    client_seen_at: datetime | None = None
    started_at: datetime | None = None
    paused_at: datetime | None = None
    paused_by: Role | None = None
    ended_at: datetime | None = None
    ended_by: Role | None = None
    clock_s: int | None = None
    result: str | None = None
    result_comment: str = ""
    outcome: Literal["resolved", "unresolved", "ruled"] | None = None
    outcome_comment: str = ""
    outcome_due_at: datetime | None = None
    settled_at: datetime | None = None
    sums: Sums | None = None
    spend_cap_minor: int | None = None

    @property
    def payer(self) -> Role:
        return "host" if self.tariff.payer == "host" else "client"

    @property
    def payer_party(self) -> str | None:
        return self.host if self.payer == "host" else self.client

    @property
    def cap_minor(self) -> int | None:
        return self.tariff.max_charge

    @property
    def pressed(self) -> tuple[Role, ...]:
        flags: tuple[tuple[Role, bool], ...] = (
            ("host", self.host_pressed),
            ("client", self.client_pressed),
        )
        return tuple(role for role, pressed in flags if pressed)

    def role_of(self, party: str) -> Role:
        """Raises: NotYours."""
        if party == self.host:
            return "host"
        if self.client is not None and party == self.client:
            return "client"
        raise NotYours(self.number, party)

    def online(self, role: Role) -> bool:
        return self.host_online if role == "host" else self.client_online

    def claim(self, role: Role) -> Claim:
        return self.host_claim if role == "host" else self.client_claim

    def review_until(self) -> datetime | None:
        """Scores may be given until this moment, and are open to both after it."""
        if self.ended_at is None:
            return None
        return self.ended_at + timedelta(seconds=self.tariff.dispute_window_s)


def may(state: State, trigger: Trigger) -> bool:
    return (state, trigger) in TRANSITIONS


def after(session: Session, trigger: Trigger, cause: str | None = None) -> Session:
    """The session in its next state. Raises: WrongState."""
    state = TRANSITIONS.get((session.state, trigger))
    if state is None:
        raise WrongState(session.number, session.state.value, trigger.name.lower())
    return replace(session, state=state, cause=cause)


def with_online(session: Session, role: Role, online: bool, at: datetime) -> Session:
    """The side's socket came or went; the state follows while nothing has started."""
    if role == "client" and session.client is None:
        raise NotYours(session.number, "client")
    if role == "host":
        changed = replace(session, host_online=online)
    else:
        changed = replace(session, client_online=online, client_seen_at=at)
    if changed.state not in BEFORE_START:
        return changed
    if not online:
        trigger = Trigger.ONE_LEFT
    elif changed.host_online and changed.client_online:
        trigger = Trigger.BOTH_CAME
    else:
        trigger = Trigger.ONE_CAME
    return after(changed, trigger) if may(changed.state, trigger) else changed


def with_pressed(session: Session, role: Role) -> Session:
    """Raises: WrongState unless both sides are there."""
    if session.state is not State.TOGETHER:
        raise WrongState(session.number, session.state.value, "start")
    if role == "host":
        return replace(session, host_pressed=True)
    return replace(session, client_pressed=True)


def place_is_free(session: Session, at: datetime) -> bool:
    """May a new guest take the client's place: nobody has it, or a guest left it a minute ago."""
    if session.client is None:
        return True
    if not session.client_guest or session.client_online or session.client_seen_at is None:
        return False
    return at >= session.client_seen_at + LEFT_GRACE


def clean_topic(topic: str) -> str:
    """One line of text. Raises: BadSession.

    >>> clean_topic(" Не проводится  документ ")
    'Не проводится документ'
    """
    found = " ".join(topic.split())
    if not found:
        raise BadSession("topic", "empty")
    if len(found) > TOPIC_CHARS_MAX:
        raise BadSession("topic", f"longer than {TOPIC_CHARS_MAX} characters")
    if not found.isprintable():
        raise BadSession("topic", "characters that cannot be printed")
    return found


def clean_comment(comment: str, name: str = "comment", chars_max: int = COMMENT_CHARS_MAX) -> str:
    """Text of several lines, without other control characters. Raises: BadSession."""
    found = comment.replace("\r\n", "\n").strip()
    if len(found) > chars_max:
        raise BadSession(name, f"longer than {chars_max} characters")
    if any((c < " " and c not in "\n\t") or "\ud800" <= c <= "\udfff" for c in found):
        raise BadSession(name, "control characters")
    return found
