"""When to look at which meter. Pure.

A heap of unix seconds, with the names due in each beside it: a hundred thousand meters share a few
dozen seconds, so putting a name in place costs a dictionary and no sifting. A name has one place;
putting it somewhere else leaves nothing behind.
"""

from heapq import heappop, heappush


class Timers:
    """
    >>> timers = Timers()
    >>> timers.put("a", 5); timers.put("b", 7); timers.put("a", 9)
    >>> timers.due(7), timers.due(9), len(timers)
    (['b'], ['a'], 0)
    """

    def __init__(self) -> None:
        self._seconds: list[int] = []
        self._names: dict[int, set[str]] = {}
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._places)

    def put(self, name: str, second: int) -> None:
        """Look at `name` when `second` has begun, and not before."""
        before = self._places.get(name)
        if before == second:
            return
        if before is not None:
            self._names[before].discard(name)
        self._places[name] = second
        names = self._names.get(second)
        if names is None:
            names = self._names[second] = set()
            heappush(self._seconds, second)
        names.add(name)

    def drop(self, name: str) -> None:
        before = self._places.pop(name, None)
        if before is not None:
            self._names[before].discard(name)

    def due(self, second: int) -> list[str]:
        """Take out whatever is due, the longest due first."""
        found: list[str] = []
        while self._seconds and self._seconds[0] <= second:
            names = self._names.pop(heappop(self._seconds))
            found += sorted(names)
        for name in found:
            del self._places[name]
        return found
