"""The life of news, of a refund and of the calls to the acquirer, each as one table.

News, from the webhook to the books:

    (delivery) ─bad signature, time, mode─► refused with 400, nothing stored
    stored ──► claimed ──► applied     one transaction: state, journals, this row
                  │  ├───► ignored     a kind, or a subject, that says nothing to us
                  │  ├───► deferred    not knowable yet, the acquirer is silent, a word we do not
                  │  │        └──────► claimed again after 1 s, 2 s … 1 h
                  │  └───► dead        tried 20 times or for 24 hours: a person decides
                  └─ a worker that died: its lease ends, another one claims
    dead ──replay──► stored            dead ──skip, with a reason──► skipped

A call that moves money out; its key is stored before it is made:

    planned ──asked──► in_doubt ──answered──► answered
                           │  ▲ └─within 24 h: the same key again, after looking
                           └──┴─later: looked up only; not found─► by_hand ─a person─► answered
"""

from datetime import timedelta
from enum import StrEnum
from zlib import crc32

TRIES_MAX = 20
LIFE = timedelta(hours=24)
LEASE = timedelta(seconds=60)
WAIT_FIRST = timedelta(seconds=1)
WAIT_MOST = timedelta(hours=1)
KEY_LIFE = timedelta(hours=23)  # acquirers forget keys after 24; ours and their clocks may differ


class NewsState(StrEnum):
    STORED = "stored"
    CLAIMED = "claimed"
    DEFERRED = "deferred"
    APPLIED = "applied"
    IGNORED = "ignored"
    DEAD = "dead"
    SKIPPED = "skipped"


class CallState(StrEnum):
    """IN_DOUBT from the moment of asking until the answer is noted, so that a crash is covered."""

    PLANNED = "planned"
    IN_DOUBT = "in_doubt"
    ANSWERED = "answered"
    BY_HAND = "by_hand"


class RequestState(StrEnum):
    """A refund as its client sees it; FAILED when no part of it arrived."""

    WAITING = "waiting"
    GOING = "going"
    DONE = "done"
    PARTLY = "partly"
    FAILED = "failed"
    DECLINED = "declined"


class EvidenceState(StrEnum):
    """GATHERED is text of ours; STAGED is at the acquirer, SENT to the card's bank, for good."""

    NONE = "none"
    GATHERED = "gathered"
    STAGED = "staged"
    SENT = "sent"
    LATE = "late"
    OVER = "over"  # the dispute ended before anything was sent


NEXT: dict[NewsState, frozenset[NewsState]] = {
    NewsState.STORED: frozenset({NewsState.CLAIMED}),
    NewsState.CLAIMED: frozenset(
        {
            NewsState.CLAIMED,
            NewsState.APPLIED,
            NewsState.IGNORED,
            NewsState.DEFERRED,
            NewsState.DEAD,
        }
    ),
    NewsState.DEFERRED: frozenset({NewsState.CLAIMED}),
    NewsState.DEAD: frozenset({NewsState.STORED, NewsState.SKIPPED}),
    NewsState.APPLIED: frozenset(),
    NewsState.IGNORED: frozenset(),
    NewsState.SKIPPED: frozenset(),
}


def back_off(name: str, tries: int) -> timedelta:
    """How long to wait after so many tries: doubled each time, at most an hour, and up to a
    quarter more that depends on the name, so that what failed together does not return together.

    >>> back_off("evt_1", 1) < back_off("evt_1", 4) < timedelta(seconds=11)
    True
    """
    doublings = 1 << min(tries - 1, 20)
    wait = min(WAIT_FIRST * doublings, WAIT_MOST)
    return wait + wait * (crc32(f"{name}:{tries}".encode()) % 256) // 1024


def gives_up(tries: int, age: timedelta) -> bool:
    """Whether news that failed again is dead."""
    return tries >= TRIES_MAX or age >= LIFE
