"""An engine on the loopback, and what it said."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from relay import (
    Engine,
    OfferWanted,
    RelayEvent,
    RelaySettings,
    SecondWitnessed,
    embedded_engine,
    own_janus_engine,
    worker_engine,
)
from relay.embedded.addresses import host_addresses
from relay.endpoint import Endpoint
from relay.engine import Role

# The machine may be busy with other suites: an example is slow, not wrong.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")

LOOPBACK = ("127.0.0.1",)
Kind = TypeVar("Kind")
Listener = Callable[[RelayEvent], None]
Maker = Callable[[RelaySettings, Listener, Callable[[], datetime]], Engine]


class Stage:
    """An engine with one room "S", its endpoints by leg, and the events it told."""

    def __init__(
        self, make: Maker = embedded_engine, addresses: tuple[str, ...] = LOOPBACK
    ) -> None:
        self.addresses = addresses
        self.coarse = make is janus  # it counts by the second
        self.events: list[RelayEvent] = []
        self.engine = make(
            RelaySettings(addresses=addresses), self._heard, lambda: datetime.now(UTC)
        )
        self.endpoints: list[Endpoint] = []
        self._made: dict[tuple[str, Role], tuple[Endpoint, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def _heard(self, event: RelayEvent) -> None:
        """As a browser does: who is asked to offer anew, does, unless it is gone."""
        self.events.append(event)
        if isinstance(event, OfferWanted) and (event.leg, event.role) in self._made:
            endpoint, generation = self._made[event.leg, event.role]
            if not endpoint._tasks:
                return
            offer = self.publish if event.role == "pub" else self.subscribe
            task = asyncio.create_task(offer(event.leg, endpoint, generation + 1))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Events of one kind, in order."""
        return [e for e in self.events if isinstance(e, kind)]

    def mutual(self) -> list[int]:
        """Seconds in which client and host heard each other."""
        return [e.second for e in self.of(SecondWitnessed) if ("client", "host") in e.pairs]

    async def publish(self, leg: str, endpoint: Endpoint, generation: int = 0) -> None:
        self._made[leg, "pub"] = endpoint, generation
        offer = await endpoint.publish_offer()
        answer = await self.engine.publish("S", leg, offer, generation)
        await endpoint.publish_answer(answer.sdp)

    async def subscribe(self, leg: str, endpoint: Endpoint, generation: int = 0) -> None:
        self._made[leg, "sub"] = endpoint, generation
        offer = await endpoint.subscribe_offer()
        answer = await self.engine.subscribe("S", leg, offer, generation)
        if not answer.offers:
            await endpoint.subscribe_answer(answer.sdp)
        elif answer.sdp:
            answered = await endpoint.subscribe_offered(answer.sdp)
            await self.engine.accept("S", leg, generation, answered)

    async def join(self, leg: str, endpoint: Endpoint, generation: int = 0) -> Endpoint:
        self.endpoints.append(endpoint)
        await self.publish(leg, endpoint, generation)
        await self.subscribe(leg, endpoint, generation)
        return endpoint

    async def until(self, condition: Callable[[], object], limit_s: float = 10.0) -> bool:
        """Whether the condition came true in time."""
        for _ in range(int(limit_s * 50)):
            if condition():
                return True
            await asyncio.sleep(0.02)
        return False


def client(stage: Stage) -> Endpoint:
    return Endpoint(stage.addresses)


def host(stage: Stage) -> Endpoint:
    return Endpoint(stage.addresses, video=False)


def crew(settings: RelaySettings, on_event: Listener, clock: Callable[[], datetime]) -> Engine:
    """Two relay processes."""
    return worker_engine(settings, on_event, clock, 2, os.environ)


def janus(settings: RelaySettings, on_event: Listener, clock: Callable[[], datetime]) -> Engine:
    """Two processes of Debian's Janus."""
    folder = Path(tempfile.mkdtemp(prefix="minuta-janus-"))
    return own_janus_engine(settings, on_event, clock, folder, os.environ, 2)


def outer_address() -> tuple[str, ...]:
    """An address of this machine that is not a loopback one: Janus offers no other. What is sent
    to it from this machine does not leave it.
    """
    return tuple(a for a in host_addresses(["auto"]) if not a.startswith("127."))[:1]


@asynccontextmanager
async def staged(make: Maker) -> AsyncIterator[Stage]:
    made = Stage(make, outer_address() if make is janus else LOOPBACK)
    await made.engine.open_room("S")
    try:
        yield made
    finally:
        for endpoint in made.endpoints:
            await endpoint.close()
        await made.engine.close()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged(embedded_engine) as made:
        yield made


@pytest.fixture
async def workers() -> AsyncIterator[Stage]:
    async with staged(crew) as made:
        yield made
