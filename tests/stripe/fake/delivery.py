"""Events on their way to our endpoint, as Stripe brings them: signed, more than once, in any
order, again after an error, for three days of the world's clock.
"""

import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from stripe import WebhookSignature

from tests.stripe.fake.world import DAY_S, Object, World

Send = Callable[[bytes, Mapping[str, str]], Awaitable[int]]

#: Seconds between the tries of one delivery.
PAUSES_S = (300, 1800, 7200, 18000, 36000, *[43200] * 6)
LIFE_S = 3 * DAY_S


def signed(event: Object, secret: str, at: int) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a delivery, signed by the library's own helper."""
    text = json.dumps(event)
    header = WebhookSignature.generate_signature_header(text, secret, at)
    return text.encode(), {"Stripe-Signature": header, "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`send` posts and answers the status. `connect`: takes connected accounts' events only."""

    secret: str
    send: Send
    connect: bool = False

    def takes(self, event: Object) -> bool:
        return bool(event.get("account")) == self.connect


@dataclass
class Trip:
    event: Object
    endpoint: Endpoint
    due: int
    tries: int = 0


@dataclass
class Deliveries:
    """`twice` per cent of deliveries that succeeded are made again; the order is by `seed`."""

    world: World
    endpoints: list[Endpoint]
    seed: int = 1
    twice: int = 0
    trips: list[Trip] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    abandoned: list[Object] = field(default_factory=list)
    _seen: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def _collect(self) -> None:
        fresh = self.world.events[self._seen :]
        self._seen += len(fresh)
        for event in fresh:
            takers = [e for e in self.endpoints if e.takes(event)]
            self.trips += [Trip(event, taker, self.world.now) for taker in takers]

    async def round(self) -> int:
        """Everything that is due now, shuffled. Answers how many tries were made."""
        self._collect()
        due = [trip for trip in self.trips if trip.due <= self.world.now]
        self._random.shuffle(due)
        for trip in due:
            await self._try(trip)
        return len(due)

    async def _try(self, trip: Trip) -> None:
        body, headers = signed(trip.event, trip.endpoint.secret, self.world.now)
        status = await trip.endpoint.send(body, headers)
        self.statuses.append(status)
        trip.tries += 1
        if 200 <= status < 300:
            if self._random.randrange(100) >= self.twice:
                self.trips.remove(trip)
            return
        trip.due = self.world.now + PAUSES_S[min(trip.tries, len(PAUSES_S)) - 1]
        if trip.due > trip.event["created"] + LIFE_S:
            self.trips.remove(trip)
            self.abandoned.append(trip.event)

    async def drain(self) -> None:
        """Rounds until nothing is under way; the clock jumps to the next try."""
        self._collect()
        while self.trips:
            self.world.now = max(self.world.now, min(trip.due for trip in self.trips))
            await self.round()
