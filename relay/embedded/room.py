"""A room: its legs, who receives what, and what was seen second by second."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from relay import events, witness
from relay.embedded import descriptions
from relay.embedded.aiortc_seam import Wire, monotonic
from relay.embedded.codecs import Codec
from relay.embedded.descriptions import Section
from relay.embedded.forwarder import Feed, Sink, Track
from relay.embedded.leg import Connection, Leg, Publisher, Subscriber, kind_of
from relay.embedded.links import links_of
from relay.embedded.pictures import Pictures
from relay.embedded.recorder import Recorder
from relay.embedded.sampler import Sampler
from relay.engine import Answer, Role, RoomStats, Source
from relay.errors import BadOffer, NoPort, NoRoom, NoSource, RoomFull, StaleOffer
from relay.recording import TapeWriter

# Silence after which a leg is lost; a browser without media still sends STUN every 2.5 s.
LOST_S = 4.0
# A second is judged this long after its end, so that the reports about it are in.
JUDGE_AFTER_S = 1
# Seconds that a stopped process may catch up on; older ones are not witnessed at all.
BEHIND_S_MAX = 10
# Connections of a leg that wait for their successor to take over.
RETIRED_MAX = 2

logger = logging.getLogger(__name__)


class Room:
    """`new_wire(connection, leg)` opens sockets; `emit` never raises."""

    def __init__(
        self,
        name: str,
        legs_max: int,
        new_wire: Callable[[Connection, Leg], Wire],
        emit: Callable[[events.RelayEvent], None],
        clock: Callable[[], datetime],
    ) -> None:
        self.name, self.legs_max = name, legs_max
        self._new_wire, self._emit, self._clock = new_wire, emit, clock
        self._legs: dict[str, Leg] = {}
        self._tracks: dict[str, Track] = {}
        self._sources: dict[str, Source] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._closed = False
        self._sampler, self._pictures = Sampler(), Pictures(name, emit)
        self._samples: deque[witness.Sample] = deque(maxlen=witness.MEMORY_S)
        self._next_sampled = self._next_judged = int(clock().timestamp())
        self._loop = asyncio.get_running_loop()
        self._recorder: Recorder | None = None

    def _later(self, wait: float, call: Callable[[], None]) -> None:
        self._loop.call_later(wait, call)

    # -- offers ----------------------------------------------------------------------

    async def publish(self, leg_name: str, offer: str, generation: int) -> Answer:
        """See Engine.publish."""
        leg = self._leg(leg_name)
        known = self._known(leg.pub, leg, offer, generation, leg.pub_generation)
        if known is not None:
            return Answer(known.answer, self._sources_of(leg_name))
        new = Publisher(
            leg_name, descriptions.parse(offer), offer, generation,
            self._state_changed, self._first_packet,
        )  # fmt: skip
        if not new.carried():
            raise BadOffer("nothing in the offer can be carried")
        self._legs[leg_name], leg.pub_generation = leg, generation
        await self._open(new, leg, lambda: leg.pub_generation)
        old, leg.pub = leg.pub, new
        self._adopt(leg, new)
        new.start()
        if old is not None:
            self._retire(leg, old)
        return Answer(new.answer, self._sources_of(leg_name))

    async def subscribe(self, leg_name: str, offer: str, generation: int) -> Answer:
        """See Engine.subscribe."""
        leg = self._leg(leg_name)
        known = self._known(leg.sub, leg, offer, generation, leg.sub_generation)
        if isinstance(known, Subscriber):
            return Answer(known.answer, self._carried(known))
        new = Subscriber(
            leg_name, descriptions.parse(offer), offer, generation, self._state_changed
        )
        self._legs[leg_name], leg.sub_generation = leg, generation
        await self._open(new, leg, lambda: leg.sub_generation)
        new.prepare()
        if not new.sinks:
            self._later_close(new.wire)
            raise BadOffer("nothing in the offer can be received")
        old, leg.sub = leg.sub, new
        for track in self._tracks.values():
            self._bind(track, new)
        new.start()
        if old is not None:
            self._retire(leg, old)
        return Answer(new.answer, self._carried(new))

    def _leg(self, name: str) -> Leg:
        """The leg, or a new one that takes its place with its first readable offer."""
        if name not in self._legs and len(self._legs) >= self.legs_max:
            raise RoomFull(self.name, self.legs_max)
        return self._legs.get(name) or Leg(name)

    def _known(
        self, current: Connection | None, leg: Leg, offer: str, generation: int, in_force: int
    ) -> Connection | None:
        """The connection that this very offer made already. Raises: StaleOffer."""
        if generation < in_force:
            raise StaleOffer(self.name, leg.name, generation, in_force)
        if current is not None and current.generation == generation and current.text == offer:
            return current
        return None

    async def _open(self, new: Connection, leg: Leg, in_force: Callable[[], int]) -> None:
        """Open the sockets; meanwhile a newer offer may have come or the room be closed."""
        new.wire = self._new_wire(new, leg)
        await new.wire.gather()
        if not new.wire.sockets:
            self._later_close(new.wire)
            raise NoPort(self.name)
        if self._closed or self._legs.get(leg.name) is not leg:
            self._later_close(new.wire)
            raise NoRoom(self.name)
        if in_force() != new.generation:
            self._later_close(new.wire)
            raise StaleOffer(self.name, leg.name, new.generation, in_force())

    def _retire(self, leg: Leg, old: Connection) -> None:
        """The old connection carries on until the new one does, then it is closed."""
        leg.retired.append(old)
        for oldest in leg.retired[:-RETIRED_MAX]:
            self._drop_retired(leg, oldest)
        if isinstance(old, Subscriber) and not old.wire.ready:
            self._drop_retired(leg, old)

    def _drop_retired(self, leg: Leg, old: Connection) -> None:
        if old in leg.retired:
            leg.retired.remove(old)
        if isinstance(old, Subscriber):
            old.release()
        self._later_close(old.wire)

    # -- sources and sinks -----------------------------------------------------------

    def _adopt(self, leg: Leg, new: Publisher) -> None:
        """Tracks of the new offer: known ones wait for its packets, missing ones go."""
        counts = {"audio": 0, "video": 0}
        wanted: dict[str, tuple[Section, Codec]] = {}
        for section, codec in new.carried():
            wanted[f"{leg.name}-{section.kind}-{counts[section.kind]}"] = (section, codec)
            counts[section.kind] += 1
        for source in self._sources_of(leg.name):
            if source.id not in wanted:
                self._remove(source)
        for source_id, (section, codec) in wanted.items():
            source = Source(source_id, leg.name, kind_of(section), section.mid)
            track = self._tracks.get(source_id)
            added = track is None
            if track is None:
                track = Track(source_id, leg.name, section.kind, self._sampler.totals, self._later)
                self._tracks[source_id] = track
            self._sources[source_id] = source
            feed = Feed(track, new.wire, codec)
            new.feed(section.mid, feed)
            if added:
                track.feed = feed
                self._emit(events.SourceAdded(self.name, source))
                self._bind_everywhere(track)

    def _bind_everywhere(self, track: Track) -> None:
        for leg in self._legs.values():
            if leg.sub is not None:
                self._bind(track, leg.sub)

    def _bind(self, track: Track, viewer: Subscriber) -> None:
        """The first free section of the viewer that can decode the track."""
        if track.leg == viewer.leg or track.feed is None:
            return
        for sink in viewer.sinks:
            if sink.track is None and sink.kind == track.kind:
                payload_type = sink.accepts(track.feed.codec)
                if payload_type is not None:
                    sink.attach(track, payload_type)
                    return

    def _remove(self, source: Source) -> None:
        track = self._tracks.pop(source.id)
        del self._sources[source.id]
        for sink in track.viewers():
            sink.detach()
        self._emit(events.SourceRemoved(self.name, source))

    def _sources_of(self, leg_name: str) -> tuple[Source, ...]:
        return tuple(s for s in self._sources.values() if s.leg == leg_name)

    def _carried(self, viewer: Subscriber) -> tuple[Source, ...]:
        """What the viewer's sections carry; `mid` is the viewer's."""
        return tuple(
            Source(s.track.source_id, s.track.leg, self._sources[s.track.source_id].kind, s.mid)
            for s in viewer.sinks
            if s.track is not None
        )

    # -- told by connections ---------------------------------------------------------

    def _first_packet(self, publisher: Publisher, feed: Feed) -> None:
        """The first packet of an SSRC: its feed is in force now, older connections go."""
        leg, track = self._legs[publisher.leg], feed.track
        if leg.pub is not publisher:
            return
        changed = track.feed is None or track.feed.codec.meaning != feed.codec.meaning
        track.feed = feed
        if changed:
            self._follow_codec(track, feed.codec)
        if self._recorder is not None:
            self._recorder.follow(track)
        for old in [c for c in leg.retired if isinstance(c, Publisher)]:
            self._drop_retired(leg, old)
        self._emit(events.FirstPacket(self.name, self._sources[track.source_id]))

    def _follow_codec(self, track: Track, codec: Codec) -> None:
        for sink in track.viewers():
            payload_type = sink.accepts(codec)
            if payload_type is None:
                sink.detach()
            else:
                sink.payload_type = payload_type

    def _state_changed(self, connection: Connection) -> None:
        leg = self._legs.get(connection.leg)
        if leg is None:
            return
        if connection.wire.ready:
            if isinstance(connection, Subscriber):
                for old in [c for c in leg.retired if isinstance(c, Subscriber)]:
                    self._drop_retired(leg, old)
            leg.alive = True
            self._emit(events.LegConnected(self.name, leg.name, connection.role))
        elif connection in leg.retired:
            self._drop_retired(leg, connection)
        elif connection in leg.current():
            if isinstance(connection, Subscriber):
                connection.release()
            self._later_close(connection.wire)
            if (cause := connection.wire.failure) is not None:
                self._emit(
                    events.LegFailed(
                        self.name, leg.name, connection.role, connection.generation, cause
                    )
                )
            if leg.alive and not leg.ready() and not any(c.wire.ready for c in leg.retired):
                self._lose(leg)

    # -- time ------------------------------------------------------------------------

    def turn(self, now: float) -> None:
        """Called a few times a second with the unix time: liveness, samples, judgements.

        A room that never had a leg has nothing to tell, and there may be thousands.
        """
        if not self._legs and not self._samples:
            self._next_sampled = self._next_judged = max(int(now), self._next_sampled)
            return
        for leg in self._legs.values():
            self._look_at(leg)
        if self._recorder is not None:
            self._recorder.turn(now)
        if not 0 <= now - self._next_sampled <= BEHIND_S_MAX:
            if now > self._next_sampled:
                self._next_sampled = self._next_judged = int(now)
            return
        before = self._next_sampled
        while self._next_sampled + 1 <= now:
            self._samples.append(self._sampler.sample(self._next_sampled, self._flows()))
            self._next_sampled += 1
        if self._next_sampled > before:
            self._report(self._next_sampled - before)
        while self._next_judged + 1 + JUDGE_AFTER_S <= now:
            self._judge()

    def _look_at(self, leg: Leg) -> None:
        silent_s = monotonic() - leg.tally.last_at
        if leg.alive and silent_s > LOST_S:
            self._lose(leg)
        elif not leg.alive and silent_s < 1.0 and leg.ready():
            leg.alive = True
            for connection in leg.ready():
                self._emit(events.LegConnected(self.name, leg.name, connection.role))

    def _lose(self, leg: Leg) -> None:
        leg.alive = False
        ago = timedelta(seconds=monotonic() - leg.tally.last_at)
        self._emit(events.LegLost(self.name, leg.name, self._clock() - ago))

    def _flows(self) -> Iterator[tuple[Leg, list[Track], list[Sink]]]:
        """Every leg with the tracks that it feeds and the sinks that carry something to it."""
        for leg in self._legs.values():
            mine = [t for t in self._tracks.values() if t.leg == leg.name]
            viewers = [c for c in (leg.sub, *leg.retired) if isinstance(c, Subscriber)]
            yield leg, mine, [s for v in viewers for s in v.sinks if s.track is not None]

    def _report(self, passed_s: int) -> None:
        """Once for all the seconds of a stall: counters moved in one of them only."""
        for leg in self._legs.values():
            if leg.pub is not None:
                leg.pub.report(passed_s)
        self._pictures.second(self._legs.values(), monotonic(), passed_s)

    def _judge(self) -> None:
        second = self._next_judged
        self._next_judged += 1
        for event in witness.judged(self.name, self._samples, second):
            self._emit(event)

    # -- the rest of the engine's verbs ----------------------------------------------

    async def candidate(
        self, leg_name: str, role: Role, generation: int, candidate: str | None
    ) -> None:
        leg = self._legs.get(leg_name)
        connection = (leg.pub if role == "pub" else leg.sub) if leg is not None else None
        if connection is not None and connection.generation == generation and candidate:
            await connection.wire.add_candidate(candidate)

    def keyframe(self, source_id: str) -> None:
        if source_id not in self._tracks:
            raise NoSource(self.name, source_id)
        self._tracks[source_id].keyframe()

    def record_start(self, folder: Path, writer: TapeWriter) -> None:
        if self._recorder is None:
            self._recorder = Recorder(self.name, folder, writer, self._emit)
            for track in self._tracks.values():
                if track.packets:
                    self._recorder.follow(track)

    async def record_stop(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            await recorder.stop(self._clock().timestamp())

    def stats(self) -> RoomStats:
        stats = self._sampler.stats(self.name, tuple(self._legs), self._flows())
        return replace(stats, links=links_of(self._legs.values()))

    async def close_leg(self, name: str) -> None:
        leg = self._legs.pop(name, None)
        if leg is None:
            return
        self._sampler.forget(name)
        self._pictures.forget(name)
        for source in self._sources_of(name):
            self._remove(source)
        for connection in [*leg.current(), *leg.retired]:
            if isinstance(connection, Subscriber):
                connection.release()
            self._later_close(connection.wire)
        await self._closed_wires()

    async def close(self) -> None:
        """Tell what is still due, then close every leg."""
        self._closed = True
        await self.record_stop()
        self.turn(self._clock().timestamp())
        while self._next_judged < self._next_sampled:
            self._judge()
        for name in list(self._legs):
            await self.close_leg(name)

    def _later_close(self, wire: Wire) -> None:
        task = self._loop.create_task(wire.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _closed_wires(self) -> None:
        for task in list(self._closing):
            with contextlib.suppress(Exception):
                await task
