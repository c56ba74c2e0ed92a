"""What the two say: chat lines, and claims about their own devices."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from broker.sessions.errors import BadSession
from broker.sessions.session import Claim, clean_comment

TEXT_CHARS_MAX = 2000
ID_CHARS_MAX = 64
LINES_MAX = 2000
_CLAIMS = {
    "screen": ("live", "ended"),
    "surface": ("monitor", "window", "browser", "camera", "file"),
    "mic": ("live", "muted", "silence"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """`id` was made by the sender, whose two browsers tabs must not share it."""

    id: str
    role: str
    text: str
    at: datetime


def make(role: str, id: str, text: str, at: datetime) -> Line:
    """Raises: BadSession."""
    if not 1 <= len(id) <= ID_CHARS_MAX or not id.isascii() or not id.isprintable():
        raise BadSession("id", f"1 to {ID_CHARS_MAX} printable ASCII characters")
    found = clean_comment(text, "text", TEXT_CHARS_MAX)
    if not found:
        raise BadSession("text", "empty")
    return Line(id, role, found, at)


def text_sha256(text: str) -> str:
    """What the record keeps of a line."""
    return hashlib.sha256(text.encode()).hexdigest()


def with_claim(claim: Claim, body: Mapping[str, Any]) -> Claim:
    """The claim with what `body` says; null and absent leave as it was. Raises: BadSession."""
    for name, value in body.items():
        if name not in _CLAIMS:
            raise BadSession(name, "not a claim")
        if value is not None and value not in _CLAIMS[name]:
            raise BadSession(name, "one of " + ", ".join(_CLAIMS[name]))
    return replace(claim, **{name: value for name, value in body.items() if value is not None})


def facts_of(before: Claim, after: Claim, role: str) -> list[tuple[str, dict[str, Any]]]:
    """Kinds and bodies for the record; nothing when nothing changed."""
    found: list[tuple[str, dict[str, Any]]] = []
    if after.screen != before.screen:
        if after.screen == "live":
            found.append(("share_started", {"by": role, "surface": after.surface}))
        else:
            found.append(("share_ended", {"by": role}))
    if after.mic != before.mic:
        found.append(("mic", {"by": role, "state": after.mic}))
    return found
