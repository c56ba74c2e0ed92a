"""The witness of one room of Janus: statistics in, witnessed seconds out, each second once."""

from collections import deque
from collections.abc import Callable, Iterable

from relay import witness
from relay.events import RelayEvent
from relay.janus.evidence import Evidence

# The last statistic of a second is made within half a second of its end.
JUDGE_AFTER_S = 1.2
BEHIND_S_MAX = 10


class Judge:
    """`second`: the unix second in which the room was opened."""

    def __init__(self, room: str, second: int, emit: Callable[[RelayEvent], None]) -> None:
        self._room, self._next, self._emit = room, second, emit
        self.evidence = Evidence()
        self._samples: deque[witness.Sample] = deque(maxlen=witness.MEMORY_S)

    def turn(self, now: float, legs: Iterable[str]) -> None:
        """A few times a second with the unix time; a room without legs has nothing to tell."""
        if not legs or not 0 <= now - self._next <= BEHIND_S_MAX:
            self._next = max(int(now), self._next)
            return
        while self._next + 1 + JUDGE_AFTER_S <= now:
            self._judge(legs)

    def end(self, now: float, legs: Iterable[str]) -> None:
        """Tell the seconds that are over, with what is known of them."""
        while legs and self._next + 1 <= now:
            self._judge(legs)

    def _judge(self, legs: Iterable[str]) -> None:
        second = self._next
        self._next += 1
        self._samples.append(self.evidence.sample(second, legs))
        for event in witness.judged(self._room, self._samples, second):
            self._emit(event)
