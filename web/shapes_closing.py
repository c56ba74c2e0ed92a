"""Page values of the closing of months; as web/shapes.py, and described with it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from ledger import Money
from web.shapes import Errors


@dataclass(frozen=True, slots=True)
class ClosingFault:
    """What could not be issued. kind: client, consultant, wallet, earnings, or totals, which are of
    the whole month; party: its id."""

    kind: str
    party: str
    text: str


@dataclass(frozen=True, slots=True)
class ClosingView:
    """One month. state: asked, papers, letters or done; done of total papers were gone through in
    this round, issued papers and letters were new. certified by the acts, turnover of the ledger:
    known with the letters."""

    month: date
    currency: str
    language: str
    state: str
    round: int
    done: int
    total: int
    issued: int
    letters: int
    acts: int
    certified: Money
    turnover: Money
    asked_at: datetime
    done_at: datetime | None
    fault_count: int
    faults: tuple[ClosingFault, ...] = ()


@dataclass(frozen=True, slots=True)
class ClosingPage:
    """The form and the months, the newest first. months: what can be closed; day: of the month on
    which the server begins by itself, 0 is never; issues: the viewer may begin one."""

    months: tuple[date, ...]
    currencies: tuple[str, ...]
    issues: bool
    day: int
    busy: bool = False
    closings: tuple[ClosingView, ...] = ()
    errors: Errors = field(default_factory=dict)
