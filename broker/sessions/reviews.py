"""Scores of both sides, hidden from the other until both gave theirs or the time is over."""

from dataclasses import dataclass
from datetime import datetime

from broker.sessions.errors import BadSession
from broker.sessions.session import Role, clean_comment

SCORE_MIN, SCORE_MAX = 1, 5


@dataclass(frozen=True, slots=True)
class Review:
    """What `role` thinks of the other side: three scores of 1 to 5 and a comment."""

    role: Role
    quality: int
    punctuality: int
    courtesy: int
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reviews:
    """What one side may see. `theirs` is None while hidden; `theirs_given` says that it exists."""

    mine: Review | None
    theirs: Review | None
    theirs_given: bool
    open_at: datetime | None


def make(role: Role, scores: tuple[int, int, int], comment: str, at: datetime) -> Review:
    """Scores are quality, punctuality, courtesy. Raises: BadSession names the wrong field."""
    for name, score in zip(("quality", "punctuality", "courtesy"), scores, strict=True):
        if type(score) is not int or not SCORE_MIN <= score <= SCORE_MAX:
            raise BadSession(name, f"{SCORE_MIN} to {SCORE_MAX}")
    return Review(role, *scores, comment=clean_comment(comment), at=at)


def seen_by(
    viewer: Role, given: dict[Role, Review], open_at: datetime | None, at: datetime
) -> Reviews:
    """`open_at`: when the time for scores is over, None while the session runs."""
    other: Role = "client" if viewer == "host" else "host"
    mine, theirs = given.get(viewer), given.get(other)
    is_open = (mine is not None) or (open_at is not None and at >= open_at)
    return Reviews(mine, theirs if is_open else None, theirs is not None, open_at)
