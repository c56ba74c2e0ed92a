"""One room at one node of Janus: offers become handles, statistics become witnessed seconds.

Who publishes offers, Janus answers. Who subscribes offers too, but Janus wants to offer itself: so
the offer only says what the browser can decode, and the answer of `subscribe` is an offer (`offers`
is set), to be answered by `accept`.
"""

import contextlib
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from relay.embedded import descriptions
from relay.embedded.leg import sends
from relay.engine import Answer, Role, RoomStats, Source
from relay.errors import BadOffer, NoRoom, NoSource, RelayError, RoomFull, StaleOffer
from relay.events import (
    FirstPacket,
    LegConnected,
    LegFailed,
    LegLost,
    OfferWanted,
    RelayEvent,
    SourceAdded,
    SourceRemoved,
)
from relay.failures import Failure
from relay.janus.beside import Beside
from relay.janus.evidence import Statistic
from relay.janus.judge import Judge
from relay.janus.link import Link, Refused
from relay.janus.seats import Handle, Leg, carried_by, codec_of, named, receivable, settled

# When the node itself is silent, or we were busy, a leg's silence says nothing.
TOLD_S = 1.5
# A leg that comes again has two handles for a while.
FEEDS_A_LEG = 3


class JanusRoom:
    """`emit` never raises. `handles` of the node: where notices of ours are to be found."""

    def __init__(
        self,
        name: str,
        legs_max: int,
        link: Link,
        handles: dict[int, "JanusRoom"],
        emit: Callable[[RelayEvent], None],
        clock: Callable[[], datetime],
    ) -> None:
        self.name, self.legs_max, self.number = name, legs_max, random.randrange(1, 1 << 53)
        self._link, self._handles, self._emit, self._clock = link, handles, emit, clock
        self._control = 0
        self._legs: dict[str, Leg] = {}
        self._by_handle: dict[int, Handle] = {}
        self._judge = Judge(name, int(clock().timestamp()), emit)
        self._evidence = self._judge.evidence
        self._closed, self._keys_asked, self._told_at = False, 0, 0.0
        self._beside = Beside()

    async def open(self) -> None:
        self._control = await self._link.attach()
        create = {
            "request": "create", "room": self.number, "description": "", "is_private": True,
            "publishers": self.legs_max * FEEDS_A_LEG, "audiocodec": "opus",
            "videocodec": "vp8,vp9,h264,av1", "notify_joining": False, "fir_freq": 0,
        }  # fmt: skip
        await self._link.say(self._control, create)

    # -- offers ----------------------------------------------------------------------

    async def publish(self, leg_name: str, offer: str, generation: int) -> Answer:
        """See Engine.publish."""
        leg = self._leg(leg_name)
        self._refuse_stale(leg, generation, leg.pub_generation)
        if leg.pub is not None and (leg.pub.generation, leg.pub.offer) == (generation, offer):
            return leg.pub.answer
        carried = [s for s in descriptions.parse(offer).sections if sends(s) and codec_of(s)]
        if not carried:
            raise BadOffer("nothing in the offer can be carried")
        self._legs[leg_name], leg.pub_generation = leg, generation
        number = await self._link.attach()
        join = {"request": "joinandconfigure", "ptype": "publisher", "room": self.number}
        wanted = {f"{s.kind}codec": codec_of(s) for s in reversed(carried)}
        told = await self._asked(number, join | wanted, {"type": "offer", "sdp": offer})
        await self._still(leg, number, generation, leg.pub_generation)
        sources = named(leg_name, carried)
        new = Handle(
            number, leg_name, "pub", generation, offer,
            Answer(told["jsep"]["sdp"], tuple(sources.values())), sources,
            {s.mid: codec_of(s) for s in carried}, int(told["plugindata"]["data"]["id"]),
        )  # fmt: skip
        before, old = leg.sources(), leg.pub
        leg.pub = self._seated(new)
        if old is not None:
            self._retire(leg, old)
        for gone in [one for one in before if one.id not in {s.id for s in sources.values()}]:
            self._emit(SourceRemoved(self.name, gone))
        for added in [s for s in sources.values() if s.id not in {one.id for one in before}]:
            self._emit(SourceAdded(self.name, added))
        return new.answer

    async def subscribe(self, leg_name: str, offer: str, generation: int) -> Answer:
        """See Engine.subscribe. Of Janus: an offer, or nothing while there is nothing to carry."""
        leg = self._leg(leg_name)
        self._refuse_stale(leg, generation, leg.sub_generation)
        if leg.sub is not None and (leg.sub.generation, leg.sub.offer) == (generation, offer):
            return leg.sub.answer
        able = receivable(descriptions.parse(offer).sections)
        if not able:
            raise BadOffer("nothing in the offer can be received")
        self._legs[leg_name], leg.sub_generation = leg, generation
        leg.able = able
        leg.subscribing += 1
        try:
            feeds = await self._feeds(leg)
        finally:
            leg.subscribing -= 1
        if generation != leg.sub_generation:
            raise StaleOffer(self.name, leg_name, generation, leg.sub_generation)
        if not feeds:
            return Answer("", (), offers=True)
        number = await self._link.attach()
        join = {
            "request": "join", "ptype": "subscriber", "room": self.number,
            "streams": [{"feed": feed, "mid": mid} for feed, mid in feeds],
        }  # fmt: skip
        told = await self._asked(number, join)
        await self._still(leg, number, generation, leg.sub_generation)
        carried = carried_by(told["plugindata"]["data"]["streams"], feeds)
        answer = Answer(told["jsep"]["sdp"], tuple(carried.values()), offers=True)
        new = Handle(number, leg_name, "sub", generation, offer, answer, carried, agreed=False)
        old, leg.sub = leg.sub, self._seated(new)
        if old is not None:
            self._retire(leg, old)
        return answer

    async def _feeds(self, leg: Leg) -> dict[tuple[int, str], Source]:
        """What the leg can see: sources by feed and section. Janus shows a feed once it is up."""
        await settled([one.pub for one in self._legs.values() if one is not leg and one.pub])
        return {
            (pub.feed, mid): source
            for other in self._legs.values()
            if other is not leg and (pub := other.pub) is not None and pub.up
            for mid, source in pub.sources.items()
            if pub.codecs[mid] in leg.able
        }

    async def accept(self, leg_name: str, generation: int, answer: str) -> None:
        """See Engine.accept."""
        leg = self._legs.get(leg_name)
        if leg is None or leg.sub is None or leg.sub.generation != generation:
            current = leg.sub_generation if leg is not None else -1
            raise StaleOffer(self.name, leg_name, generation, current)
        if leg.sub.agreed:
            return
        descriptions.parse(answer)
        leg.sub.agreed = True
        start = {"request": "start", "room": self.number}
        await self._link.say(leg.sub.id, start, {"type": "answer", "sdp": answer})

    def _leg(self, name: str) -> Leg:
        if name not in self._legs and len(self._legs) >= self.legs_max:
            raise RoomFull(self.name, self.legs_max)
        return self._legs.get(name) or Leg(name)

    def _refuse_stale(self, leg: Leg, generation: int, in_force: int) -> None:
        if generation < in_force:
            raise StaleOffer(self.name, leg.name, generation, in_force)

    async def _asked(
        self, number: int, body: dict[str, Any], jsep: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Say it on a new handle, which goes if it is refused. Raises: BadOffer, NodeLost."""
        try:
            told = await self._link.say(number, body, jsep)
            if "jsep" not in told:
                raise BadOffer("Janus did not take the description")
        except BaseException:
            self._beside.add(self._link.detach(number))
            raise
        return told

    async def _still(self, leg: Leg, number: int, generation: int, in_force: int) -> None:
        """Meanwhile a newer offer may have come, or the room be closed."""
        if self._closed or self._legs.get(leg.name) is not leg or in_force != generation:
            await self._link.detach(number)
            if in_force != generation:
                raise StaleOffer(self.name, leg.name, generation, in_force)
            raise NoRoom(self.name)

    def _seated(self, handle: Handle) -> Handle:
        self._by_handle[handle.id], self._handles[handle.id] = handle, self
        return handle

    def _retire(self, leg: Leg, old: Handle) -> None:
        """It carries on until its successor is up; what never was up goes now."""
        if old.up:
            leg.retired.append(old)
        else:
            self._drop(old)

    def _drop(self, handle: Handle) -> None:
        self._by_handle.pop(handle.id, None)
        self._handles.pop(handle.id, None)
        self._evidence.forget(handle.id)
        self._beside.add(self._link.detach(handle.id))

    # -- what Janus says by itself ---------------------------------------------------

    def noticed(self, number: int, said: dict[str, Any]) -> None:
        """`webrtcup`, `media`, `hangup` of a handle."""
        handle = self._by_handle.get(number)
        leg = self._legs.get(handle.leg) if handle is not None else None
        if handle is None or leg is None:
            return
        match said["janus"]:
            case "webrtcup":
                self._came_up(leg, handle)
            case "hangup":
                self._hung_up(leg, handle, str(said.get("reason", "")))
            case "media" if said.get("receiving") and handle is leg.pub:
                mid = str(said.get("mid", ""))
                if mid not in handle.heard and mid in handle.sources:
                    handle.heard.add(mid)
                    self._emit(FirstPacket(self.name, handle.sources[mid]))

    def _came_up(self, leg: Leg, handle: Handle) -> None:
        # Whoever was asked for a proof of life and is not lost yet is where it was.
        renewed = leg.alive and handle.role == leg.asked
        handle.up, leg.alive, leg.asked = True, True, None
        leg.pulse.connected(time.monotonic(), handle.role)
        speakers = {one.leg for one in handle.sources.values()} - {leg.name}
        self._evidence.connected(leg.name, self._clock().timestamp(), speakers)
        for old in [one for one in leg.retired if one.role == handle.role]:
            leg.retired.remove(old)
            if handle.role == "pub":
                self._beside.add(self._switch(old, handle))
            else:
                self._drop(old)
        if not renewed:
            self._emit(LegConnected(self.name, leg.name, handle.role))
        if handle.role == "pub":
            self._want_viewers(leg, handle)
        handle.live.set()

    def _want_viewers(self, leg: Leg, pub: Handle) -> None:
        """Who subscribed before this feed was there should do it again."""
        for other in self._legs.values():
            if other is leg or other.sub_generation < 0 or other.subscribing:
                continue
            carried = {s.id for s in other.sub.sources.values()} if other.sub is not None else set()
            lacks = [m for m, s in pub.sources.items() if s.id not in carried]
            if any(pub.codecs[mid] in other.able for mid in lacks):
                self._emit(OfferWanted(self.name, other.name, "sub"))

    async def _switch(self, old: Handle, new: Handle) -> None:
        """Viewers go over to the new feed of the same sources, mostly without a new offer."""
        for viewer in [one for one in self._by_handle.values() if one.role == "sub"]:
            try:
                if streams := viewer.on(new):
                    await self._link.say(viewer.id, {"request": "switch", "streams": streams})
            except Refused:  # it has not answered Janus yet, or goes just now
                leg = self._legs.get(viewer.leg)
                if leg is not None and leg.sub is viewer:
                    self._emit(OfferWanted(self.name, viewer.leg, "sub"))
        self._drop(old)

    def _hung_up(self, leg: Leg, handle: Handle, reason: str) -> None:
        was_up, handle.up = handle.up, False
        handle.live.set()
        if handle in leg.retired:
            leg.retired.remove(handle)
        elif not was_up:
            cause: Failure = "ice_failed" if "ICE" in reason else "dtls_failed"
            self._emit(LegFailed(self.name, leg.name, handle.role, handle.generation, cause))
        self._drop(handle)
        if leg.alive and not any(one.up for one in leg.handles()):
            self._lose(leg)

    def _lose(self, leg: Leg) -> None:
        leg.alive = False
        ago = timedelta(seconds=time.monotonic() - leg.pulse.at)
        self._emit(LegLost(self.name, leg.name, self._clock() - ago))

    def counted(self, told: Statistic) -> None:
        """A statistic of one of our handles."""
        self._told_at = time.monotonic()
        handle = self._by_handle.get(told.handle)
        if handle is None:
            return
        if handle.role == "pub":
            handle.count(told.mid, told.received, self._clock().timestamp())
            if self._evidence.take(told, handle.leg, None):
                self._legs[handle.leg].pulse.media(time.monotonic(), voice=told.audio)
                self._heard(self._legs[handle.leg])
        elif (source := handle.sources.get(told.mid)) is not None:
            handle.count(told.mid, told.sent, self._clock().timestamp())
            speaker = self._legs.get(source.leg, Leg(source.leg)).pub
            if speaker is not None and not handle.stuck and handle.withholds(told.mid, speaker):
                handle.stuck = True
                self._emit(OfferWanted(self.name, handle.leg, "sub"))
            if self._evidence.take(told, handle.leg, source.leg):
                self._legs[handle.leg].pulse.reported(time.monotonic())
                self._heard(self._legs[handle.leg])

    def _heard(self, leg: Leg) -> None:
        if not leg.alive and any(one.up for one in leg.handles()):
            leg.alive = True
            for one in (leg.pub, leg.sub):
                if one is not None and one.up:
                    self._emit(LegConnected(self.name, leg.name, one.role))

    # -- time ------------------------------------------------------------------------

    def turn(self, now: float) -> None:
        """A few times a second, with the unix time."""
        told = time.monotonic() - self._told_at < TOLD_S
        for leg in [one for one in self._legs.values() if one.alive]:
            if told and (role := leg.pulse.asks(time.monotonic())) is not None:
                leg.asked = role
                self._emit(OfferWanted(self.name, leg.name, role))
            if leg.pulse.lost(time.monotonic()):
                self._lose(leg)
        self._judge.turn(now, self._legs)

    # -- the rest of the engine's verbs ----------------------------------------------

    async def candidate(
        self, leg_name: str, role: Role, generation: int, candidate: str | None, mid: str | None
    ) -> None:
        leg = self._legs.get(leg_name)
        handle = (leg.pub if role == "pub" else leg.sub) if leg is not None else None
        if handle is None or handle.generation != generation or not handle.agreed:
            return
        told: dict[str, Any] = {"completed": True}
        if candidate:
            told = {"candidate": candidate, "sdpMid": mid or "0", "sdpMLineIndex": 0}
        with contextlib.suppress(RelayError):
            message = {"janus": "trickle", "handle_id": handle.id, "candidate": told}
            await self._link.call(message, acknowledged=True)

    async def keyframe(self, source_id: str) -> None:
        for leg in self._legs.values():
            if leg.pub is not None and any(s.id == source_id for s in leg.sources()):
                self._keys_asked += 1
                await self._link.say(leg.pub.id, {"request": "configure", "keyframe": True})
                return
        raise NoSource(self.name, source_id)

    def publishing(self) -> list[Handle]:
        """Connections that are up and publish: of each leg the newest."""
        found = {}
        for one in self._by_handle.values():
            if one.up and one.role == "pub":
                found[one.leg] = one
        return list(found.values())

    async def ask(self, body: dict[str, Any]) -> dict[str, Any]:
        """Ask something about this room. Raises: NodeLost, Refused."""
        return await self._link.say(self._control, {"room": self.number} | body)

    def stats(self) -> RoomStats:
        totals = self._evidence.totals
        return RoomStats(
            self.name, tuple(self._legs), totals.audio, totals.video, totals.bytes, totals.nacks,
            self._keys_asked,
        )  # fmt: skip

    async def close_leg(self, name: str) -> None:
        leg = self._legs.pop(name, None)
        if leg is None:
            return
        for source in leg.sources():
            self._emit(SourceRemoved(self.name, source))
        for handle in leg.handles():
            self._drop(handle)
        await self._beside.done()

    async def close(self) -> None:
        """Tell the seconds that have statistics, then close every leg, then the room."""
        self._closed = True
        self._judge.end(self._clock().timestamp(), self._legs)
        for name in list(self._legs):
            await self.close_leg(name)
        with contextlib.suppress(RelayError):
            await self._link.say(self._control, {"request": "destroy", "room": self.number})
        await self._link.detach(self._control)
