"""What owners must be told about money that moves, or is to move, without them.

The ledger knows no letters: it keeps a list of facts, each under a natural key, and whoever can
reach people takes them from it. Kinds and their facts (all text; sums as minor units):

    payee_changed      was, now, from         details were changed; `from` is when they count
    payout_sent        minor, currency, hint
    payout_returned    minor, currency, why, news
    payout_refused     minor, currency, why
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One fact for one party. `key` is its natural key: told once."""

    id: int
    key: str
    party: str
    kind: str
    facts: Mapping[str, str]
    at: datetime
