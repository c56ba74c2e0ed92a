"""What may go wrong in the relay.

RelayError
├── NoRoom(room)
├── RoomFull(room, legs_max)
├── NoSource(room, source)
├── StaleOffer(room, leg, generation, current)
├── NoPort(room)
├── NodeLost(node)
├── BadOffer(why)
├── BadTape(name, why)
├── NothingRecorded(folder)
└── FilmFailed(folder, why)

`code` is stable: those of refused offers are in `relay.failures.FAILURES`.
"""


class RelayError(Exception):
    """Any refusal of the relay."""

    code = "media_refused"


class NoRoom(RelayError):
    """There is no such room."""

    code = "no_room"

    def __init__(self, room: str) -> None:
        super().__init__(f"no room {room!r}")
        self.room = room


class RoomFull(RelayError):
    """The room has as many legs as it may."""

    code = "room_full"

    def __init__(self, room: str, legs_max: int) -> None:
        super().__init__(f"room {room!r} has {legs_max} legs already")
        self.room = room
        self.legs_max = legs_max


class NoSource(RelayError):
    """Nobody in the room publishes this source."""

    def __init__(self, room: str, source: str) -> None:
        super().__init__(f"no source {source!r} in room {room!r}")
        self.room = room
        self.source = source


class StaleOffer(RelayError):
    """An offer of an older generation than the one in force."""

    code = "stale_generation"

    def __init__(self, room: str, leg: str, generation: int, current: int) -> None:
        super().__init__(f"generation {generation} of {leg!r}: {current} is in force")
        self.room = room
        self.leg = leg
        self.generation = generation
        self.current = current


class NoPort(RelayError):
    """No socket could be opened: every port of the range is taken, or no address is ours."""

    code = "no_port"

    def __init__(self, room: str) -> None:
        super().__init__(f"no free port for room {room!r}")
        self.room = room


class NodeLost(RelayError):
    """The node that carried the room is gone; the room will be placed elsewhere."""

    code = "no_room"

    def __init__(self, node: str) -> None:
        super().__init__(f"node {node!r} is gone")
        self.node = node


class BadOffer(RelayError):
    """The description cannot be answered; `why` is a sentence for the log."""

    code = "bad_offer"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class BadTape(RelayError):
    """A file is not a tape of ours."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


class NothingRecorded(RelayError):
    """The tapes hold no whole frame, or there are none."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder


class FilmFailed(RelayError):
    """No film could be made; `why` is the end of what the process complained of."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(f"{folder}: {why}")
        self.folder = folder
        self.why = why
