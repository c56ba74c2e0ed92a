"""What a room records: a tape for each track and codec, key frames so that a film can begin."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from relay.embedded.forwarder import Track
from relay.events import RecordingGap, RelayEvent
from relay.recording import Gap, Label, Reel, TapeWriter

# After a loss a film shows nothing before the next key frame.
KEY_EVERY_S = 10.0


class Recorder:
    """One recording of one room; lives on the room's loop."""

    def __init__(
        self, room: str, folder: Path, writer: TapeWriter, emit: Callable[[RelayEvent], None]
    ) -> None:
        self._room, self._emit = room, emit
        self._tracks: dict[str, tuple[Track, tuple[str, ...]]] = {}
        self._key_at = 0.0
        self._reel = Reel(folder, writer, self._gap)

    def follow(self, track: Track) -> None:
        """Keep the track's packets from now on; another codec has another tape."""
        feed = track.feed
        if feed is None:
            return
        known = self._tracks.get(track.source_id)
        if known is None or known[0] is not track or known[1] != feed.codec.meaning:
            self._tracks[track.source_id] = track, feed.codec.meaning
            codec = feed.codec
            track.tape = self._reel.tape(
                Label(track.source_id, track.leg, track.kind, codec.name, codec.clock_rate)
            )
            track.keyframe()

    def turn(self, now: float) -> None:
        """Called a few times a second with the unix time."""
        if now - self._key_at >= KEY_EVERY_S:
            self._key_at = now
            self._ask_keys(track for track, _ in self._tracks.values())

    def _ask_keys(self, tracks: Iterable[Track]) -> None:
        for track in tracks:
            track.keyframe()

    async def stop(self, now: float) -> None:
        """Let the tracks go, then wait for the disk."""
        for track, _ in self._tracks.values():
            track.tape = None
        self._tracks = {}
        await self._reel.stop(now)

    def _gap(self, gap: Gap) -> None:
        until = None if gap.until is None else _moment(gap.until)
        self._emit(RecordingGap(self._room, _moment(gap.since), until, gap.reason))
        if until is not None:
            self._ask_keys([track for track, _ in self._tracks.values()])


def _moment(unix_s: float) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)
