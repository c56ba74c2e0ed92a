"""Page values of refunds: what a client may have back, and what became of earlier wishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ledger import Money


@dataclass(frozen=True, slots=True)
class RefundRow:
    """state: "waiting", "going", "done", "partly", "failed" or "declined"; parts: how many
    payments it goes back to; returned: what has arrived; note: why it was declined."""

    at: datetime
    amount: Money
    state: str
    parts: int
    returned: Money
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refunds:
    """most: what can be asked for now; closed: why nothing can, "switched_off", "frozen",
    "wrong_rail" or ""; second: above it a second person has a look."""

    balance: Money
    most: Money
    second: Money | None
    key: str
    closed: str
    rows: tuple[RefundRow, ...]
    typed: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
