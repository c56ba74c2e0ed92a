"""Those who are called into a running session beside its two sides: colleagues and observers.

A call is told to the client before anybody enters, and the client may refuse it at any time:

    called --enter--> in --leave--> out --enter--> in
    called | in | out --the client refuses--> refused
    called | in | out --the host sends away--> dismissed

Seats are names of the relay's legs as well: "colleague-1", "observer-1". A seat in which somebody
has ever sat is not given to anybody else, so what was witnessed of a seat is of one person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Literal

from broker.sessions.errors import BadSession, CallOver, CompanyFull, NotToldYet

Part = Literal["colleague", "observer"]
PRINCIPALS = ("host", "client")
SEATS: dict[Part, tuple[str, ...]] = {
    "colleague": tuple(f"colleague-{n}" for n in range(1, 6)),
    "observer": ("observer-1", "observer-2"),
}
AT_ONCE: dict[Part, int] = {"colleague": 3, "observer": 1}
OFFICE: dict[Part, str] = {"colleague": "consultant", "observer": "curator"}
WHOLE_BP = 10_000
NOTICE = timedelta(seconds=5)  # the client has read it by then, and may still refuse later


class CallState(Enum):
    CALLED = "called"
    IN = "in"
    OUT = "out"
    REFUSED = "refused"
    DISMISSED = "dismissed"


ACTIVE = frozenset({CallState.CALLED, CallState.IN, CallState.OUT})


@dataclass(frozen=True, slots=True)
class Companion:
    """One call. `n` counts the calls of a session from 1, `id` is what its link is made of.

    `party` is known from the start where a person was called by address, else from the moment the
    link was used. `share_bp`: what the colleague gets of the consultants' part, said beforehand.
    """

    session: str
    n: int
    id: str
    seat: str
    part: Part
    token_hash: str
    share_bp: int
    called_at: datetime
    state: CallState = CallState.CALLED
    party: str | None = None
    name: str = ""
    screen: str | None = None
    mic: str | None = None
    told_at: datetime | None = None
    agreed_at: datetime | None = None
    entered_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


def billable(pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether in a second with these mutual pairs the client was with a consultant: one second of
    the one meter, however many consultants there were.

    >>> billable([("client", "colleague-1")]), billable([("colleague-1", "host")])
    (True, False)
    """
    return any(_consults(a, b) or _consults(b, a) for a, b in pairs)


def _consults(one: str, other: str) -> bool:
    return one == "client" and (other == "host" or other in SEATS["colleague"])


def free_seat(known: Sequence[Companion], number: str, part: Part) -> str:
    """Raises: CompanyFull."""
    there = [one for one in known if one.part == part and one.active]
    taken = {one.seat for one in known if one.active or one.entered_at is not None}
    free = [seat for seat in SEATS[part] if seat not in taken]
    if len(there) >= AT_ONCE[part] or not free:
        raise CompanyFull(number, AT_ONCE[part])
    return free[0]


def check_share(known: Sequence[Companion], part: Part, payer: str, share_bp: int) -> None:
    """A share is of what a paying client leaves to the consultants. Raises: BadSession."""
    if share_bp == 0:
        return
    if payer != "client" or part != "colleague":
        raise BadSession("share", "there is nothing to divide")
    given = sum(one.share_bp for one in known if one.active or one.entered_at is not None)
    if share_bp < 0 or given + share_bp > WHOLE_BP:
        raise BadSession("share", "more than there is")


def check_may_enter(one: Companion, at: datetime) -> None:
    """Raises: CallOver, NotToldYet: the client has not read of it."""
    if not one.active:
        raise CallOver(one.session, one.state.value)
    agreed = one.agreed_at is not None
    read = one.told_at is not None and at >= one.told_at + NOTICE
    if not (agreed or read or one.entered_at is not None):
        raise NotToldYet(one.session)


def entered(one: Companion, at: datetime) -> Companion:
    return replace(one, state=CallState.IN, entered_at=one.entered_at or at)


def left(one: Companion, at: datetime) -> Companion:
    return replace(one, state=CallState.OUT, left_at=at, screen=None, mic=None)


def ended(one: Companion, by: Literal["host", "client"], at: datetime) -> Companion:
    """The client refuses, or the host sends away; the link opens nothing any more."""
    state = CallState.REFUSED if by == "client" else CallState.DISMISSED
    return replace(one, state=state, left_at=at, screen=None, mic=None)


def came(known: Iterable[Companion]) -> list[Companion]:
    """Whoever has ever sat down. Their seats differ; that of a call nobody came by is given again,
    so what was witnessed of it may be another's."""
    return [one for one in known if one.entered_at is not None]


def weights(known: Sequence[Companion], seen_s: dict[str, int]) -> list[tuple[str, int]]:
    """Parties and their basis points of the consultants' part, without the host, who has the rest.

    `known`: those who `came`. A share is due to whoever was together with the client for a
    witnessed second (`seen_s`, by seat), and stays due after that; several calls of one party
    count together.
    """
    found: dict[str, int] = {}
    for one in known:
        if one.party and one.share_bp and seen_s.get(one.seat):
            found[one.party] = found.get(one.party, 0) + one.share_bp
    return list(found.items())
