"""The minutes that this node counts, and its name and key for signing their records."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version

import metering
from relay import LegLink, Minutes, MinuteWitnessed, record_hash

MS = 1_000_000  # nanoseconds


def _version() -> str:
    try:
        return version("minuta")
    except PackageNotFoundError:
        return "unknown"


@dataclass(slots=True)
class Records:
    """Rooms whose minutes are counted here; `counter` is the node's key. The name of the node in
    records says nothing of its address."""

    counter: metering.Counter
    monotonic_ns: Callable[[], int] = time.monotonic_ns
    rooms: dict[str, Minutes] = field(default_factory=dict)
    links: dict[str, tuple[LegLink, ...]] = field(default_factory=dict)  # as last looked at
    program: str = field(default_factory=_version)

    @property
    def node(self) -> str:
        return f"n-{sha256(bytes.fromhex(self.counter.key)).hexdigest()[:12]}"

    def minutes(self, room: str) -> Minutes:
        found = self.rooms.get(room)
        if found is None:
            run, now_ms = secrets.token_hex(8), self.monotonic_ns() // MS
            found = Minutes(room, run, self.node, self.program, now_ms)
            self.rooms[room] = found
        return found

    def closed(self, room: str) -> MinuteWitnessed:
        """The minute under way in a room, signed."""
        body = self.rooms[room].close(self.monotonic_ns() // MS, self.links.get(room, ()))
        signature = self.counter.sign(bytes.fromhex(record_hash(body))).hex()
        return MinuteWitnessed(room, body, self.counter.key, signature)

    def forget(self, room: str) -> None:
        self.rooms.pop(room, None)
        self.links.pop(room, None)
