"""What the parties of a session see of its recordings; as web/shapes.py."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GapView:
    """What was not kept. why: disk_full, disk_failed, too_slow, relay_lost, not_here."""

    from_at: datetime
    to_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class RecordingView:
    """state: "running", "making", "ready", "lost" or "erased". url: the file, while it is there;
    kept_until: when it will be erased, or was."""

    n: int
    state: str
    from_at: datetime
    to_at: datetime | None = None
    duration_s: int = 0
    bytes: int = 0
    sha256: str = ""
    url: str = ""
    gaps: tuple[GapView, ...] = ()
    kept_until: datetime | None = None
