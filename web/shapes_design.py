"""What the pages for trying things show: made-up facts for the parts, nothing of anybody."""

from dataclasses import dataclass
from datetime import UTC, datetime

from ledger import Money
from web.shapes import SessionRow
from web.shapes_minutes import MinuteView

AT = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
NAME = "Александра Константинопольская-Задунайская"  # the longest that a card must hold
SHAPES = (
    ("charged", "", ""),
    ("charged", "", "signed"),
    ("free", "", "free"),
    ("unpaid", "asked", "paused"),
    ("unpaid", "absent", "absent"),
    ("unpaid", "reconnecting", "reconnecting"),
)
SUM = Money(125_000)
STATES = (
    ("created", ""),
    ("together", ""),
    ("live", ""),
    ("paused", ""),
    ("ended", ""),
    ("settled", ""),
    ("settled", "resolved"),
    ("settled", "unresolved"),
    ("settled", "ruled"),
    ("cancelled", ""),
)
TOKENS = (
    *("bg", "surface", "sunken", "line", "edge", "text", "muted", "accent", "on-accent"),
    *("accent-bg", "ok", "ok-bg", "warn", "warn-bg", "danger", "danger-bg", "star", "mark"),
)


@dataclass(frozen=True, slots=True)
class Device:
    """The page that tries microphone and screen knows nothing of the server."""


@dataclass(frozen=True, slots=True)
class Pages:
    """A place in a list of pages."""

    number: int = 3
    pages: int = 12
    previous: str = "#pager"
    next: str = "#pager"


@dataclass(frozen=True, slots=True)
class Design:
    """One of everything. states: (state, outcome) of a session, each with a tag of its own."""

    name: str = NAME
    sum: Money = SUM
    pager: Pages = Pages()
    tokens: tuple[str, ...] = TOKENS
    states: tuple[tuple[str, str], ...] = STATES
    minutes: tuple[MinuteView, ...] = tuple(
        MinuteView(n, state, cause, shape, Money(2000) if state == "charged" else None)
        for n, (state, cause, shape) in enumerate(SHAPES * 4, 1)
    )
    rows: tuple[SessionRow, ...] = tuple(
        SessionRow(f"S-2026-00000{n}", AT, "Topic", NAME, 767 * n, Money(26_000 * n), *one)
        for n, one in enumerate(STATES[2:6], 1)
    )
