"""How sound and picture reach a side, as the relay sees it; messages.py joins it to the others."""

from dataclasses import dataclass
from typing import Literal

from broker.signalling.messages_link import Seat

PathState = Literal["good", "narrow", "lost", "moved"]


@dataclass(frozen=True, slots=True)
class PathNow:
    """narrow: the side gets the voice without the picture. lost: nothing comes from it.
    moved: its page says that it is on another network, over which it connects anew."""

    participant: Seat
    state: PathState


FromServer = PathNow
SERVER: dict[str, type[FromServer]] = {"path": PathNow}
