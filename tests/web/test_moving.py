"""What becomes of a relay node that dies: everybody is asked to offer anew, and it is counted."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from prometheus_client import REGISTRY

from broker.signalling import messages
from relay import NodeSeen, OfferWanted, RoomLost, RoomMoved
from web import moving
from web.keys import HUB

AT = datetime(2026, 11, 22, tzinfo=UTC)


class Ears:
    """A hub with one seat taken, that remembers what is said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Any]] = []

    def say(self, session: str, message: Any) -> None:
        self.said.append((session, message))

    def peer(self, session: str, role: str) -> Any:
        if role != "host":
            return None
        ears = self

        class Seat:
            def say(self, message: Any) -> None:
                ears.said.append((f"{session} {role}", message))

        return Seat()


def scene() -> tuple[web.Application, Ears]:
    app, ears = web.Application(), Ears()
    app[HUB] = ears  # type: ignore[misc,assignment]
    return app, ears


def number(name: str, node: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"node": node})


def test_everybody_in_a_room_that_moved_offers_anew() -> None:
    app, ears = scene()
    moving.saw(app, RoomLost("S", "test-1", AT))
    assert not ears.said
    assert number("minuta_relay_rooms_lost_total", "test-1") == 1
    moving.saw(app, RoomMoved("S", "test-2", AT))
    assert ears.said == [("S", messages.WantOffer("pub", "engine_moved"))]


def test_one_who_lacks_something_is_asked_alone() -> None:
    app, ears = scene()
    moving.saw(app, OfferWanted("S", "host", "sub"))
    moving.saw(app, OfferWanted("S", "client", "sub"))  # nobody sits there
    moving.saw(app, OfferWanted("S", "host", "pub"))  # nothing comes from there
    assert ears.said == [
        ("S host", messages.WantOffer("sub", "new_source")),
        ("S host", messages.WantOffer("pub", "lost")),
    ]


def test_metrics_show_each_node() -> None:
    app, _ = scene()
    moving.saw(app, NodeSeen("test-3", True, False, 4, 1400, 0.05, 2))
    assert number("minuta_relay_up", "test-3") == 1
    assert number("minuta_relay_rooms", "test-3") == 4
    assert number("minuta_relay_packets_per_second", "test-3") == 1400
    assert number("minuta_relay_restarts", "test-3") == 2
