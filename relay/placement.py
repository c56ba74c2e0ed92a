"""Which node a room goes to. Pure.

A node is one relay process, or one engine node elsewhere. Rooms never span nodes. A room that was
placed a moment ago does not show in a node's load yet, so for a while it counts as what a session
with a moving screen usually is: otherwise a burst of rooms would all go to the same idle node.
"""

from collections.abc import Iterable
from dataclasses import dataclass

# A session with a moving screen and two voices, in and out.
EXPECTED_PACKETS_PER_S = 350
FRESH_S = 20.0
# Of a core; above it a node gets a room only when every node is above it.
BUSY_CPU = 0.7


@dataclass(frozen=True, slots=True)
class Node:
    """What is known of one node. `cpu`: of one core; `fresh`: rooms placed in the last FRESH_S."""

    name: str
    up: bool = True
    draining: bool = False
    rooms: int = 0
    packets_per_s: int = 0
    cpu: float = 0.0
    restarts: int = 0
    fresh: int = 0

    @property
    def takes_rooms(self) -> bool:
        return self.up and not self.draining

    @property
    def load(self) -> int:
        """Packets a second, with those that are on their way."""
        return self.packets_per_s + self.fresh * EXPECTED_PACKETS_PER_S


def choose(nodes: Iterable[Node]) -> str | None:
    """The node for the next room; None when none takes any.

    >>> choose([Node("a", packets_per_s=900), Node("b", packets_per_s=300)])
    'b'
    >>> choose([Node("a", packets_per_s=900), Node("b", packets_per_s=300, fresh=2)])
    'a'
    >>> choose([Node("a", draining=True), Node("b", up=False)]) is None
    True
    """
    able = [node for node in nodes if node.takes_rooms]
    if not able:
        return None
    best = min(able, key=lambda one: (one.cpu > BUSY_CPU, one.load, one.rooms, one.name))
    return best.name


def port_ranges(low: int, high: int, count: int) -> list[tuple[int, int]]:
    """A range of UDP ports for each of `count` processes; 0 and 0, any port, is for all.

    >>> port_ranges(40_000, 40_009, 3)
    [(40000, 40002), (40003, 40005), (40006, 40009)]
    >>> port_ranges(0, 0, 2)
    [(0, 0), (0, 0)]
    """
    if not low:
        return [(0, 0)] * count
    size = (high - low + 1) // count
    starts = [low + size * n for n in range(count)]
    return [(s, high if s == starts[-1] else s + size - 1) for s in starts]
