"""Who has which handles at a node, and what their offers come to."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from relay.embedded.codecs import passing
from relay.embedded.descriptions import Section
from relay.embedded.leg import kind_of, receives
from relay.engine import Answer, Role, Source


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
    moved_at: dict[str, float] = field(default_factory=dict)  # and when we heard so last, unix time


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
    heard_at: float = 0.0  # by the monotonic clock

    def handles(self) -> list[Handle]:
        return [one for one in (self.pub, self.sub, *self.retired) if one is not None]

    def sources(self) -> tuple[Source, ...]:
        return tuple(self.pub.sources.values()) if self.pub is not None else ()


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
