"""What a room at a node of Janus records: each stream of each publisher is forwarded to us too.

The node sends a copy of what it received (`rtp_forward`), and the rest is as with our own relay: a
tape for each source and codec, key frames so that a film can begin. Who publishes is looked at a
few times a second and when a connection comes up, so whoever comes or comes again is followed.
"""

import base64
import contextlib
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from relay.embedded.sealed import Opener, new_key
from relay.engine import Source
from relay.errors import RelayError
from relay.events import RecordingGap, RelayEvent
from relay.janus.beside import Beside
from relay.janus.seats import Handle
from relay.janus.studio import Stream, Studio, is_here
from relay.recording import Gap, Label, Reel, Tape

# After a loss a film shows nothing before the next key frame.
KEY_EVERY_S = 10.0
# Packets come to the node and not from it to us: so long, and it is a gap.
ASTRAY_S = 3.0
NOT_HERE, TOO_SLOW = "not_here", "too_slow"
CLOCK_RATES = {"audio": 48_000, "video": 90_000}


class Place(Protocol):
    """The part of a room that is recorded."""

    name: str

    def publishing(self) -> Iterable[Handle]:
        """Connections that are up and bring something."""

    async def ask(self, body: dict[str, Any]) -> dict[str, Any]:
        """Ask the video room of this room. Raises: RelayError."""

    async def keyframe(self, source_id: str) -> None:
        """Raises: RelayError."""


@dataclass(eq=False, slots=True)
class _Tap:
    """One source that is sent to us. `number`: its SSRC here; `forwarder`: its name there, 0: none
    yet; `last_at`: unix time of its last packet."""

    source: Source
    handle: Handle
    mid: str
    number: int
    tape: Tape
    last_at: float
    forwarder: int = 0

    def take(self, at: float, packet: bytes) -> None:
        self.last_at = at
        self.tape.put(at, packet)


class Recorder:
    """One recording of one room at one node. `here`: our address on the way to the node."""

    def __init__(
        self,
        place: Place,
        folder: Path,
        studio: Studio,
        here: str,
        emit: Callable[[RelayEvent], None],
    ) -> None:
        self._place, self._studio, self._emit = place, studio, emit
        self._host = studio.host_for(here)
        self._taps: dict[int, list[_Tap]] = {}
        self._tapes: dict[tuple[str, str], Tape] = {}
        self._beside = Beside()
        self._key_at, self._astray_since = 0.0, 0.0
        self._reel = Reel(folder, studio.writer, self._gap)

    def turn(self, now: float) -> None:
        """A few times a second, and when somebody is there anew; unix time."""
        handles = {one.id: one for one in self._place.publishing()}
        for gone in [number for number in self._taps if number not in handles]:
            self._leave(self._taps.pop(gone))
        for number, handle in handles.items():
            if number not in self._taps:
                self._taps[number] = []
                self._beside.add(self._follow(handle, now))
        if now - self._key_at >= KEY_EVERY_S:
            self._key_at = now
            self._ask_keys()
        self._look_for_strays(now)

    # -- who is followed -------------------------------------------------------------

    async def _follow(self, handle: Handle, now: float) -> None:
        for mid, source in handle.sources.items():
            if handle.id not in self._taps:
                return
            tape = self._tape(source, handle.codecs[mid])
            tap = _Tap(source, handle, mid, self._number(), tape, now)
            key = None if is_here(self._host) else new_key()
            opener = None if key is None else Opener(key)
            self._taps[handle.id].append(tap)
            self._studio.streams[tap.number] = Stream(tap.take, self._lost, opener)
            with contextlib.suppress(RelayError):  # it is told when nothing has come for a while
                tap.forwarder = await self._forwarded(handle, mid, tap.number, key)
            if tap not in self._taps.get(handle.id, ()):
                self._leave([tap])
        self._ask_keys(handle)

    async def _forwarded(self, handle: Handle, mid: str, number: int, key: bytes | None) -> int:
        """Raises: RelayError."""
        stream = {"mid": mid, "port": self._studio.port, "ssrc": number}
        body: dict[str, Any] = {
            "request": "rtp_forward", "publisher_id": handle.feed, "host": self._host,
            "streams": [stream],
        }  # fmt: skip
        if key is not None:
            body |= {"srtp_suite": 80, "srtp_crypto": base64.b64encode(key).decode()}
        told = await self._place.ask(body)
        made = told["plugindata"]["data"].get("forwarders", [])
        return int(made[0]["stream_id"]) if made else 0

    def _number(self) -> int:
        while True:
            number = random.SystemRandom().randrange(1, 1 << 32)
            if number not in self._studio.streams:
                return number

    def _tape(self, source: Source, codec: str) -> Tape:
        """Who comes again goes on on the same tape; another codec has another one."""
        key = source.id, codec
        if key not in self._tapes:
            rate = CLOCK_RATES[source.kind]
            self._tapes[key] = self._reel.tape(
                Label(source.id, source.leg, source.kind, codec, rate)
            )
        return self._tapes[key]

    def _leave(self, taps: Iterable[_Tap]) -> None:
        """From now on nothing of them is kept, whatever still comes."""
        for tap in taps:
            self._studio.streams.pop(tap.number, None)
            if tap.forwarder:
                self._beside.add(self._place.ask({
                    "request": "stop_rtp_forward", "publisher_id": tap.handle.feed,
                    "stream_id": tap.forwarder,
                }))  # fmt: skip

    def _all(self) -> list[_Tap]:
        return [tap for taps in self._taps.values() for tap in taps]

    # -- key frames, gaps ------------------------------------------------------------

    def _ask_keys(self, of: Handle | None = None) -> None:
        for tap in self._all():
            if tap.source.kind == "video" and of in (None, tap.handle):
                self._beside.add(self._place.keyframe(tap.source.id))

    def _look_for_strays(self, now: float) -> None:
        """What comes to the node must come to us: it tells each second what came."""
        astray = [
            tap.last_at
            for tap in self._all()
            if tap.handle.moved_at.get(tap.mid, 0.0) - tap.last_at > ASTRAY_S
        ]
        if astray and not self._astray_since:
            self._astray_since = min(astray)
            self._tell(self._astray_since, None, NOT_HERE)
        elif self._astray_since and not astray:
            self._tell(self._astray_since, now, NOT_HERE)
            self._astray_since = 0.0
            self._ask_keys()

    def _lost(self, since: float, until: float) -> None:
        """The socket was too full."""
        self._tell(since, None, TOO_SLOW)
        self._tell(since, until, TOO_SLOW)
        self._ask_keys()

    def _gap(self, gap: Gap) -> None:
        self._tell(gap.since, gap.until, gap.reason)
        if gap.until is not None:
            self._ask_keys()

    def _tell(self, since: float, until: float | None, reason: str) -> None:
        ended = None if until is None else _moment(max(until, since + 0.001))
        self._emit(RecordingGap(self._place.name, _moment(since), ended, reason))

    # -- the end ---------------------------------------------------------------------

    async def stop(self, now: float) -> None:
        """Nothing that comes from now on is kept; returns when the tapes are complete."""
        for taps in list(self._taps.values()):
            self._leave(taps)
        self._taps = {}
        if self._astray_since:
            self._tell(self._astray_since, now, NOT_HERE)
            self._astray_since = 0.0
        await self._reel.stop(now)
        await self._beside.done()


def _moment(unix_s: float) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)
