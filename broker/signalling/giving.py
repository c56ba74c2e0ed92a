"""The message about files, which go over HTTPS beside this socket; joined by messages.py."""

from dataclasses import dataclass
from typing import Literal

FileState = Literal["offered", "whole", "withdrawn", "declined", "erased"]


@dataclass(frozen=True, slots=True)
class FileNow:
    """A file of the session as it is now. `size` and `have`: bytes; `accepted`: by who is asked."""

    from_: Literal["host", "client"]
    id: str
    name: str
    size: int
    sha256: str
    have: int
    state: FileState
    accepted: bool


SERVER: dict[str, type[FileNow]] = {"file": FileNow}
