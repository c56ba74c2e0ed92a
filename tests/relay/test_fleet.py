"""Rooms over several nodes: spread, moved when a node dies, and never told by two."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relay import NoRoom, RecordingGap, RelayEvent, RoomLost, RoomMoved, SourceAdded, SourceRemoved
from relay.errors import NodeLost
from relay.events import LegLost, NodeSeen
from relay.fleet import Fleet
from relay.placement import Node
from tests.relay.fakes import FakeEngine

AT = datetime(2026, 11, 22, tzinfo=UTC)


class FakeNode(FakeEngine):
    """A node that can be switched off: then it answers nobody."""

    def __init__(self, name: str, fleet: Fleet) -> None:
        super().__init__(lambda event: fleet.heard(self, event))
        self.name, self.fleet = name, fleet
        self.up, self.draining = False, False

    def report(self) -> Node:
        return Node(self.name, self.up, self.draining, len(self.rooms))

    def start(self) -> None:
        self.up = True
        self.fleet.came(self)

    def die(self) -> None:
        self.up = False
        self.rooms, self.sources, self.recording = {}, {}, {}
        self.fleet.went(self)

    async def open_room(self, room: str, legs_max: int = 8) -> None:
        await asyncio.sleep(0)
        if not self.up:
            raise NodeLost(self.name)
        await super().open_room(room, legs_max)


class Scene:
    def __init__(self, *names: str) -> None:
        self.events: list[RelayEvent] = []
        self.fleet = Fleet(self.events.append, lambda: AT)
        self.nodes = {name: FakeNode(name, self.fleet) for name in names}
        self.fleet.enlist(list(self.nodes.values()))

    def start(self) -> None:
        for node in self.nodes.values():
            node.start()

    def told(self) -> list[RelayEvent]:
        return [event for event in self.events if not isinstance(event, NodeSeen)]

    def home(self, room: str) -> FakeNode:
        name = self.fleet.home_of(room)
        assert name is not None
        return self.nodes[name]


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_rooms_are_spread_and_stay_where_they_are() -> None:
    scene = Scene("a", "b")
    scene.start()
    for room in ("1", "2", "3", "4"):
        await scene.fleet.open_room(room)
        await scene.fleet.open_room(room)
    assert sorted(len(node.rooms) for node in scene.nodes.values()) == [2, 2]
    home = scene.home("1")
    await scene.fleet.publish("1", "client", "video", 0)
    assert scene.fleet.stats("1").legs == ("client",)
    await scene.fleet.close_room("1")
    assert "1" not in home.rooms
    with pytest.raises(NoRoom):
        await scene.fleet.publish("1", "client", "video", 0)
    with pytest.raises(NoRoom):
        scene.fleet.stats("1")


async def test_a_dead_nodes_rooms_are_told_lost_and_then_moved() -> None:
    scene = Scene("a", "b")
    scene.start()
    await scene.fleet.open_room("S")
    await scene.fleet.publish("S", "client", "audio", 7)
    scene.events.clear()
    dead = scene.home("S")
    dead.die()
    await turns()
    voice = scene.told()[1]
    assert isinstance(voice, SourceRemoved)
    alive = scene.home("S")
    assert alive is not dead
    assert scene.told() == [
        RoomLost("S", dead.name, AT), voice, LegLost("S", "client", AT),
        RoomMoved("S", alive.name, AT),
    ]  # fmt: skip
    again = await scene.fleet.publish("S", "client", "audio", 8)
    assert again.sources == (voice.source,)
    dead.witness("S", 1_800_000_000)  # what it said before it died comes late
    assert not [e for e in scene.told() if type(e).__name__ == "SecondWitnessed"]


async def test_without_another_node_rooms_wait_for_the_next_process() -> None:
    scene = Scene("a")
    scene.start()
    await scene.fleet.open_room("S")
    scene.nodes["a"].die()
    offering = asyncio.create_task(scene.fleet.publish("S", "client", "audio", 1))
    await turns()
    assert not offering.done()
    assert scene.fleet.stats("S").legs == ()
    scene.nodes["a"].start()
    assert (await offering).sources[0].id == "client-audio-0"
    assert [type(e) for e in scene.told()[:3]] == [RoomLost, RoomMoved, SourceAdded]


async def test_a_leg_that_went_with_its_node_is_closed_at_once() -> None:
    scene = Scene("a")
    scene.start()
    await scene.fleet.open_room("S")
    await scene.fleet.publish("S", "guest", "audio", 1)
    scene.nodes["a"].die()
    async with asyncio.timeout(1):
        await scene.fleet.close_leg("S", "guest")
    with pytest.raises(NoRoom):
        await scene.fleet.close_leg("T", "guest")


async def test_an_offer_under_way_is_answered_by_the_next_node() -> None:
    scene = Scene("a", "b")
    scene.start()
    await scene.fleet.open_room("S")
    first = scene.home("S")

    async def dies(*_: object) -> None:
        first.die()
        raise NodeLost(first.name)

    first.publish = dies  # type: ignore[method-assign,assignment]
    answer = await scene.fleet.publish("S", "client", "audio", 1)
    assert answer.sources
    assert scene.home("S") is not first


async def test_a_listener_that_fails_stops_no_move() -> None:
    def fail(event: RelayEvent) -> None:
        raise RuntimeError("the listener's own fault")

    fleet = Fleet(fail, lambda: AT)
    nodes = [FakeNode(name, fleet) for name in ("a", "b")]
    fleet.enlist(nodes)
    for node in nodes:
        node.start()
    await fleet.open_room("S")
    await fleet.publish("S", "client", "audio", 1)
    dead = next(node for node in nodes if node.name == fleet.home_of("S"))
    dead.die()
    await turns()
    assert fleet.home_of("S") not in (None, dead.name)


async def test_a_draining_node_keeps_its_rooms_and_gets_none() -> None:
    scene = Scene("a", "b")
    scene.start()
    await scene.fleet.open_room("0")
    kept = scene.home("0")
    kept.draining = True
    for room in ("1", "2", "3"):
        await scene.fleet.open_room(room)
        assert scene.home(room) is not kept
    assert scene.home("0") is kept


async def test_a_recording_goes_on_elsewhere_and_says_what_it_lacks() -> None:
    scene = Scene("a", "b")
    scene.start()
    await scene.fleet.open_room("S")
    await scene.fleet.record_start("S", Path("tapes"))
    scene.home("S").die()
    await turns()
    assert scene.home("S").recording == {"S": Path("tapes")}
    gaps = [e for e in scene.told() if isinstance(e, RecordingGap)]
    assert [(gap.since, gap.until, gap.reason) for gap in gaps] == [
        (AT, None, "relay_lost"), (AT, AT, "relay_lost"),
    ]  # fmt: skip
    await scene.fleet.record_stop("S")
    scene.home("S").die()
    await turns()
    assert len([e for e in scene.told() if isinstance(e, RecordingGap)]) == 2


async def test_a_recording_without_a_node_lacks_what_it_says() -> None:
    scene = Scene("a")
    scene.start()
    await scene.fleet.open_room("S")
    scene.nodes["a"].die()
    async with asyncio.timeout(1):
        await scene.fleet.record_start("S", Path("tapes"))
    scene.nodes["a"].start()
    await turns()
    assert scene.home("S").recording == {"S": Path("tapes")}
    scene.nodes["a"].die()
    await scene.fleet.record_stop("S")
    scene.nodes["a"].start()
    await turns()
    assert scene.home("S").recording == {}
    gaps = [e.until for e in scene.told() if isinstance(e, RecordingGap)]
    assert gaps == [None, AT, None, AT]


async def test_a_room_closed_while_it_has_no_node_is_not_opened_again() -> None:
    scene = Scene("a")
    scene.start()
    await scene.fleet.open_room("S")
    scene.nodes["a"].die()
    await scene.fleet.close_room("S")
    scene.nodes["a"].start()
    await turns()
    assert scene.nodes["a"].rooms == {}
    await scene.fleet.close()


async def test_a_room_whose_node_dies_while_it_is_closed_is_not_left_at_the_next() -> None:
    scene = Scene("a", "b")
    scene.start()
    await scene.fleet.open_room("S")
    first = scene.home("S")

    async def dies(_: str) -> None:
        first.die()
        await asyncio.sleep(0)
        raise NodeLost(first.name)

    first.close_room = dies  # type: ignore[method-assign]
    await scene.fleet.close_room("S")
    await turns()
    assert [node.rooms for node in scene.nodes.values()] == [{}, {}]
    assert not [e for e in scene.told() if isinstance(e, RoomMoved)]
