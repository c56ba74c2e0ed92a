"""News as it waits in the inbox, and what a round of work over it came to."""

from dataclasses import dataclass
from datetime import datetime

from ledger.acquirer import Notice
from ledger.cards.states import NewsState


@dataclass(frozen=True, slots=True)
class News:
    """A row of the inbox. `verdict` says in a word what came of it, or why it waits.

    `tries` counts the claims; `due_at` is when it may be claimed (again).
    """

    notice: Notice
    state: NewsState
    tries: int
    verdict: str
    received_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the inbox stands: pieces of news by state, and since when the oldest open one waits."""

    counts: dict[NewsState, int]
    oldest: datetime | None

    @property
    def open(self) -> int:
        return sum(
            self.counts.get(state, 0)
            for state in (NewsState.STORED, NewsState.CLAIMED, NewsState.DEFERRED)
        )
