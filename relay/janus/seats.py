"""Who has which handles at a node, and what their offers come to."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from relay.embedded.codecs import passing
from relay.embedded.descriptions import Section
from relay.embedded.leg import kind_of, receives
from relay.engine import Answer, Role, Source
from relay.janus.pulse import Pulse

# How long who subscribes waits for a publisher that is just connecting.
UP_WITHIN_S = 3.0
# What comes to the node and is not sent on for so long does not go by itself.
STUCK_S = 2.5


@dataclass(eq=False, slots=True)
class Handle:
    """One peer connection over there. `sources` by the section (`mid`) that carries them."""

    id: int
    leg: str
    role: Role
    generation: int
    offer: str
    answer: Answer
    sources: dict[str, Source] = field(default_factory=dict)
    codecs: dict[str, str] = field(default_factory=dict)  # of a publisher, by mid
    feed: int = 0  # of a publisher: its name among the feeds of the room
    live: asyncio.Event = field(default_factory=asyncio.Event)  # it is up, or over
    up: bool = False
    agreed: bool = True  # False: we wait for the answer to what Janus offered
    heard: set[str] = field(default_factory=set)  # sections that media came on
    packets: dict[str, int] = field(default_factory=dict)  # that came, or went, by section
    moved_at: dict[str, float] = field(default_factory=dict)  # when we heard so last, unix time
    stuck: bool = False  # its leg was asked for another one

    def count(self, mid: str, packets: int, at: float) -> None:
        """So many packets since the connection came up."""
        if packets > self.packets.get(mid, 0):
            self.packets[mid], self.moved_at[mid] = packets, at

    def withholds(self, mid: str, publisher: "Handle") -> bool:
        """Whether the node has stopped to send a section on that it receives from the publisher.

        So it is after a publisher sent false numbers: those that follow are too old to be sealed.
        """
        wanted, sent_at = self.sources[mid].id, self.moved_at.get(mid)
        came = [
            publisher.moved_at.get(m, 0) for m, s in publisher.sources.items() if s.id == wanted
        ]
        return sent_at is not None and max(came, default=0) - sent_at > STUCK_S

    def on(self, new: "Handle") -> list[dict[str, object]]:
        """Its sections that a newer connection of their publisher carries, as Janus wants them."""
        mids = {source.id: mid for mid, source in new.sources.items()}
        return [
            {"feed": new.feed, "mid": mids[source.id], "sub_mid": mid}
            for mid, source in self.sources.items()
            if source.leg == new.leg and source.id in mids
        ]


@dataclass(eq=False, slots=True)
class Leg:
    """One party in a room."""

    name: str
    pub: Handle | None = None
    sub: Handle | None = None
    retired: list[Handle] = field(default_factory=list)
    pub_generation: int = -1
    sub_generation: int = -1
    able: frozenset[str] = frozenset()  # codecs that it can decode
    subscribing: int = 0
    alive: bool = False
    asked: Role | None = None  # the connection that it is to make anew, to show that it is there
    pulse: Pulse = field(default_factory=Pulse)

    def handles(self) -> list[Handle]:
        return [one for one in (self.pub, self.sub, *self.retired) if one is not None]

    def sources(self) -> tuple[Source, ...]:
        return tuple(self.pub.sources.values()) if self.pub is not None else ()


async def settled(coming: Sequence[Handle]) -> None:
    """Until each of them is up, or over, or late."""
    waits = [asyncio.create_task(one.live.wait()) for one in coming]
    if waits:
        _, late = await asyncio.wait(waits, timeout=UP_WITHIN_S)
        for wait in late:
            wait.cancel()


def codec_of(section: Section) -> str:
    """The codec that the browser likes best of those that pass; "" when none does."""
    found = passing(section.kind, section.codecs)
    return found[0].name if found else ""


def receivable(sections: Iterable[Section]) -> frozenset[str]:
    """Names of the codecs that an offer can receive."""
    return frozenset(
        codec.name
        for section in sections
        if receives(section)
        for codec in passing(section.kind, section.codecs)
    )


def named(leg: str, carried: Iterable[Section]) -> dict[str, Source]:
    """Sources by mid, named as our own relay names them."""
    counts = {"audio": 0, "video": 0}
    found = {}
    for section in carried:
        kind = kind_of(section)
        found[section.mid] = Source(f"{leg}-{kind}-{counts[kind]}", leg, kind, section.mid)
        counts[kind] += 1
    return found


def carried_by(
    streams: Iterable[Mapping[str, Any]], feeds: Mapping[tuple[Any, Any], Source]
) -> dict[str, Source]:
    """Sources by mid of a viewer's connection, as Janus tells its streams; `feeds`: whose source
    is at which mid of which feed."""
    found = {}
    for stream in streams:
        source = feeds.get((stream.get("feed_id"), stream.get("feed_mid")))
        if source is not None:
            found[stream["mid"]] = Source(source.id, source.leg, source.kind, stream["mid"])
    return found
