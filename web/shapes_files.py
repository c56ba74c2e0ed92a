"""Page values of files: what the two of a session gave each other."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FileView:
    """by: whose it is; size: bytes; state: "offered", "whole", "withdrawn", "declined" or "erased";
    accepted: by the other side; path: where the viewer takes it, empty while that cannot be."""

    id: str
    by: str
    name: str
    size: int
    sha256: str
    at: datetime
    state: str
    accepted: bool
    path: str = ""
