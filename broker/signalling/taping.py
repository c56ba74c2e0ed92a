"""Messages about recording the session; messages.py joins them to the others."""

from dataclasses import dataclass
from typing import Literal

Side = Literal["host", "client"]
RecordingNow = Literal["none", "asked", "recording", "stopped"]


@dataclass(frozen=True, slots=True)
class Consent:
    """To a recording: suggest it, agree, or take back and say no. `text` names the words that were
    read, as `recording` brought them; `revoke` needs none."""

    action: Literal["ask", "grant", "revoke"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """Whether the session is recorded, and the words to agree to, in the viewer's language.

    by: who asked, or who ended it. since: when it began. gap: nothing is kept at this moment.
    """

    state: RecordingNow
    by: Side | None
    since: str | None
    gap: bool
    text: str
    question: str


FromClient = Consent
FromServer = Recording
CLIENT: dict[str, type[FromClient]] = {"consent": Consent}
SERVER: dict[str, type[FromServer]] = {"recording": Recording}
