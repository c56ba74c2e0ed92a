"""Who listens to a wire, and what is counted on it."""

from typing import Protocol

from relay.embedded.datapath import shared


class Listener(Protocol):
    """Who owns a wire. `rtp` and `rtcp` get plain packets that libsrtp has verified."""

    def rtp(self, packet: bytes) -> None: ...
    def rtcp(self, packet: bytes) -> None: ...
    def connected(self) -> None: ...
    def closed(self) -> None: ...


@shared("tally_t")
class Tally:
    """Authenticated packets of one leg by kind, and when the last of any kind came.

    `faults`: exceptions that hooks kept to themselves.
    """

    __slots__ = ("_c", "faults", "last_at", "rtcp", "rtp", "stun")

    def __init__(self) -> None:
        self.rtp = self.rtcp = self.stun = self.faults = 0
        self.last_at = 0.0
