"""Voice first: when a viewer's link is too narrow for the picture, the picture waits. Pure.

A picture that a link cannot carry stands in the same queue as the voice, and both come late or
not at all. So it is held back from that viewer when, three seconds running, more was sent than the
viewer believes to fit, and the viewer has shown that it is congested: its estimate (REMB) fell,
or its receiver reports lost a tenth. Mere modesty is no sign: estimates begin low and rise slowly.

A viewer without a picture estimates nothing, so the picture comes back on trial: after four
seconds, and after twice as long each time that the trial fails, up to half a minute.
"""

from relay.embedded.numbering import FALLING, LOST_MAX_256

OVER = 1.25
STRAINED_S = 3
# Below this a picture takes no more than the voice itself, and nothing is won by holding it.
PICTURE_BITS_MIN = 50_000
WAIT_S, WAIT_S_MAX = 4.0, 32.0
# A picture that was back for so long has passed its trial.
PROVED_S = 15.0


class Narrow:
    """One viewer's link, second by second.

    >>> link = Narrow()
    >>> for bits_per_s in (900_000, 200_000):
    ...     link.estimated(bits_per_s)
    >>> [link.second(float(now), 800_000) for now in range(3)]
    [False, False, True]
    >>> [link.second(float(now), 0) for now in range(3, 8)]
    [True, True, True, False, False]
    """

    __slots__ = ("_back_at", "_congested", "_estimate", "_strain", "_until", "_wait_s", "held")

    def __init__(self) -> None:
        self.held = self._congested = False
        self._estimate = self._strain = 0
        self._wait_s, self._until, self._back_at = WAIT_S, 0.0, float("-inf")

    def estimated(self, bits_per_s: int) -> None:
        """The viewer believes that so much fits."""
        if bits_per_s < self._estimate * FALLING:
            self._congested = True
        self._estimate = bits_per_s

    def lost(self, fraction: int) -> None:
        """The viewer lost `fraction` / 256 of what it should have received."""
        if fraction > LOST_MAX_256:
            self._congested = True

    def second(self, now: float, bits: int) -> bool:
        """So many bits of picture went out in the last second: is it held from now on?"""
        if self.held:
            if now >= self._until:
                self._come_back(now)
            return self.held
        over = self._congested and 0 < self._estimate * OVER < bits > PICTURE_BITS_MIN
        self._strain = self._strain + 1 if over else 0
        if self._strain >= STRAINED_S:
            self._hold(now)
        return self.held

    def _hold(self, now: float) -> None:
        failed = now - self._back_at < PROVED_S
        self._wait_s = min(2 * self._wait_s, WAIT_S_MAX) if failed else WAIT_S
        self.held, self._until = True, now + self._wait_s

    def _come_back(self, now: float) -> None:
        """What was believed before the pause is no measure of the link any more."""
        self.held, self._back_at = False, now
        self._strain = self._estimate = 0
