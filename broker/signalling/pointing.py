"""Messages of pointers and marks, which both sides lay over a shown screen; joined by messages.py.

Places are whole numbers, 0 to 10 000 of the picture's width and height, so they mean the same spot
on every size of window. A pointer is worth nothing a moment later; a mark stays while its screen
is shown. `board.py` says which marks there are.
"""

from dataclasses import dataclass
from typing import Literal, NewType

from broker.signalling.messages_link import Seat

PLACE_MAX = 10_000
COLOR_MAX = 5
POINTS_MAX = 200

Place = NewType("Place", int)
Color = NewType("Color", int)
Point = tuple[Place, Place]
Shape = Literal["arrow", "box", "pen"]


# Client to server.


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the sender points; `hidden`: no longer anywhere."""

    source: str
    x: Place = Place(0)
    y: Place = Place(0)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """An arrow (tail, head), a box (two corners) or a line of the pen. `id` is the sender's: the
    same again replaces the mark."""

    id: str
    source: str
    shape: Shape
    points: tuple[Point, ...]
    color: Color


@dataclass(frozen=True, slots=True)
class MarkClear:
    """Take one mark away, whoever drew it; null takes them all."""

    id: str | None


# Server to client.


@dataclass(frozen=True, slots=True)
class PointerSeen:
    """Where the other side points."""

    from_: Seat
    source: str
    x: Place
    y: Place
    hidden: bool


@dataclass(frozen=True, slots=True)
class MarkSeen:
    """To both, the sender too."""

    from_: Seat
    id: str
    source: str
    shape: Shape
    points: tuple[Point, ...]
    color: Color


@dataclass(frozen=True, slots=True)
class MarkCleared:
    """`from` null: there were too many, or their screen is not shown any more. `id` null: all."""

    from_: Seat | None
    id: str | None


FromClient = Pointer | Mark | MarkClear
FromServer = PointerSeen | MarkSeen | MarkCleared
CLIENT: dict[str, type[FromClient]] = {"pointer": Pointer, "mark": Mark, "mark_clear": MarkClear}
SERVER: dict[str, type[FromServer]] = {
    "pointer": PointerSeen,
    "mark": MarkSeen,
    "mark_clear": MarkCleared,
}

# The largest number of a kind, and the longest list of a field; codec.py holds them.
NUMBERS: dict[object, int] = {Place: PLACE_MAX, Color: COLOR_MAX}
LISTS = {"points": POINTS_MAX}
