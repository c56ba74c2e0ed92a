"""What a publisher's own link carries, by what is lost on it. Pure.

Viewers' estimates speak of their links only, and a browser that sends far more than its own link
carries finds down by itself slowly: repairs of what was lost fill the link beside. So a loss that
only a full link has (a quarter) makes us tell it 85 % of what arrived; it is told less while a
tenth is lost, and a twelfth more each second after that. Random loss of a tenth moves nothing.
"""

from relay.embedded.numbering import LOST_MAX_256, START_BITS_PER_S

FULL_256 = 64
LESS, MORE = 0.85, 13 / 12
FLOOR_BITS_PER_S = 100_000


class Uplink:
    """One picture on its way to us.

    >>> uplink = Uplink()
    >>> [uplink.second(75_000 * n, lost) for n, lost in enumerate((25, 130, 20, 26, 0), start=1)]
    [0, 510000, 552500, 510000, 552500]
    """

    __slots__ = ("_octets", "cap")

    def __init__(self) -> None:
        self._octets = 0
        self.cap = 0

    def second(self, octets: int, fraction: int, passed_s: int = 1) -> int:
        """So many octets have arrived in all, `fraction` / 256 of the last second's was lost, or
        of the last `passed_s`: the bits per second that fit; 0 when nothing is known against it."""
        bits, self._octets = 8 * (octets - self._octets) // passed_s, octets
        if fraction > (LOST_MAX_256 if self.cap else FULL_256):
            self.cap = max(FLOOR_BITS_PER_S, int(bits * LESS))
        elif self.cap:
            self.cap = int(self.cap * MORE)
            if self.cap > START_BITS_PER_S:
                self.cap = 0
        return self.cap
