"""Whether a leg of a room of Janus lives. Pure; times are seconds of a monotonic clock.

A node tells each second what came, and of STUN and reports nothing: who sends no media looks the
same as who is gone. So who falls silent is asked to offer anew: a connection that comes up (ICE and
DTLS) is a proof of life, and cures a connection whose packets the node has begun to refuse. Who
proved that it is there and still sends nothing is *quiet*: asked less often, and lost later. Who
never publishes (an observer) is known by its reports alone, as far as they change.
"""

from dataclasses import dataclass
from typing import Literal

from relay.engine import Role

Mode = Literal["sending", "quiet", "looking"]
# With the second that the node takes to tell, a killed leg is lost within five.
ASK_S: dict[Mode, float] = {"sending": 2.2, "quiet": 4.0, "looking": 20.0}
LOST_S: dict[Mode, float] = {"sending": 3.6, "quiet": 6.0, "looking": 30.0}


@dataclass(slots=True)
class Pulse:
    """Of one leg. `at`: its last sign of life; `voice_at`: its last voice, 0.0: none yet."""

    at: float = 0.0
    voice_at: float = 0.0
    mode: Mode = "looking"
    _asked: bool = False
    _asked_voice: bool = False

    def media(self, now: float, *, voice: bool) -> None:
        """Packets came from it."""
        self.at, self.mode, self._asked = now, "sending", False
        if voice:
            self.voice_at, self._asked_voice = now, False

    def connected(self, now: float, role: Role) -> None:
        """A connection of it came up."""
        self.at, self._asked = now, False
        if role == "pub" and self.mode == "looking":
            self.mode = "sending"
        elif role == "pub":
            self.mode = "quiet"

    def reported(self, now: float) -> None:
        """Its reports on what it receives said something new."""
        self.at, self._asked = now, False

    def asks(self, now: float) -> Role | None:
        """The connection that it should make anew, if it should: told once a silence.

        Voice flows always; when it alone stands still, its numbers have become unusable.
        """
        if now - self.at > ASK_S[self.mode] and not self._asked:
            self._asked = self._asked_voice = True
            return "sub" if self.mode == "looking" else "pub"
        if self.voice_at and now - self.voice_at > ASK_S["sending"] and not self._asked_voice:
            self._asked_voice = True
            return "pub"
        return None

    def lost(self, now: float) -> bool:
        """Whether it has given no sign of life for too long."""
        return now - self.at > LOST_S[self.mode]
