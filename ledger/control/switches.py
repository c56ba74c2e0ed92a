"""Switches: kinds of movement that a curator can stop at once."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Switch(Enum):
    TOP_UPS = "top_ups"
    AUTO_TOP_UPS = "auto_top_ups"
    REFUNDS = "refunds"
    PAYOUTS = "payouts"


@dataclass(frozen=True, slots=True)
class SwitchState:
    """`why` and `turned_by` are of the last turn; a switch never turned is open."""

    switch: Switch
    open: bool = True
    why: str = ""
    turned_by: str = ""
    turned_at: datetime | None = None
