"""A side's wish that a curator decides: asked, answered by the other side, ruled. Pure.

It may be asked once for each session that the client paid for and found not resolved, within the
dispute window of the frozen tariff; the other side has as long for its answer, and may answer
after it, until a curator has ruled.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.sessions.session import Role, Session, State

OTHER: dict[Role, Role] = {"host": "client", "client": "host"}


@dataclass(frozen=True, slots=True)
class Dispute:
    """`by` asked; `claim` and `answer` are words of the two sides, `answer` is "" until given."""

    session: str
    by: Role
    claim: str
    opened_at: datetime
    answer_until: datetime
    answer: str = ""
    answered_at: datetime | None = None
    ruled_at: datetime | None = None

    @property
    def last(self) -> tuple[Role, str]:
        """Who spoke last, and what."""
        return (OTHER[self.by], self.answer) if self.answer else (self.by, self.claim)

    def state(self, at: datetime) -> str:
        """ "asked" (the other side's turn), "answered", "silent" (its time is over) or "ruled"."""
        if self.ruled_at is not None:
            return "ruled"
        if self.answered_at is not None:
            return "answered"
        return "asked" if at < self.answer_until else "silent"


def window(session: Session) -> timedelta:
    """How long a side has, by the frozen tariff."""
    return timedelta(seconds=session.tariff.dispute_window_s)


def askable_until(session: Session) -> datetime | None:
    """Until when a side may ask for arbitration; None where there is nothing to decide."""
    if session.state is not State.SETTLED or session.settled_at is None or session.sums is None:
        return None
    contested = session.payer == "client" and session.outcome == "unresolved"
    return session.settled_at + window(session) if contested and session.sums.total_minor else None


def opened(session: Session, by: Role, claim: str, at: datetime) -> Dispute:
    return Dispute(session.number, by, claim, at, at + window(session))
