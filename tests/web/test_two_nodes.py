"""Two applications on one PostgreSQL: people sit at the one, the other owns the meters.

Media, sockets and everything that people press are on `here`; every shard is `there`'s.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import metering
from broker import sessions
from metering import loop as loops
from tests.conftest import new_database
from tests.web.serving import Served, serving
from tests.web.test_wiring import Live, live, see
from web import chores, elsewhere, wiring
from web.audit import audit
from web.keys import LOOP, NEWS

SHARDS = metering.SHARDS


@dataclass
class Nodes:
    here: Served
    there: Served

    async def turn(self) -> None:
        """Seconds go to their owner, and what it did is looked at."""
        for node in (self.here, self.there):
            node.app[LOOP]._keeper.polled = 0  # its own loop may have looked in this very second
            await node.app[LOOP].turn()
            await node.app[NEWS].settle()
        await elsewhere.look(self.here.app)

    async def pass_s(self, number: str, seconds: int) -> None:
        """Both are seen by the relay of `here`; the nodes look every five seconds."""
        for begin in range(0, seconds, 5):
            see(self.here, number, min(5, seconds - begin))
            await self.turn()


@pytest.fixture
async def nodes(
    cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Nodes]:
    """The owner keeps evidence in its memory for as long as it may."""
    monkeypatch.setattr(loops, "EVIDENCE_A_SECOND", 1 / 100)
    monkeypatch.setattr(chores, "PULSE_S", 3600)
    url = await new_database(cluster)
    async with serving(url, tmp_path) as there:
        await there.app[LOOP].turn()
        async with serving(url, tmp_path, clock=there.clock) as here:
            await here.app[LOOP].turn()
            lease = there.app[LOOP].lease
            assert (elsewhere.leads(there.app), elsewhere.leads(here.app)) == (True, False)
            assert lease
            assert len(lease.epochs) == SHARDS
            yield Nodes(here, there)


async def clock_of(nodes: Nodes, one: Live) -> int:
    async with nodes.there.database.reading() as db:
        return (await metering.load(db, one.number)).clock_s


async def test_a_session_is_metered_paused_and_ended_exactly(nodes: Nodes) -> None:
    """20,00 a minute: 47 seconds, a pause, 30 more, and the end: 77 seconds are two minutes."""
    async with live(nodes.here, "client-pays") as one:
        await nodes.pass_s(one.number, 40)
        see(nodes.here, one.number, 7)  # seen here, and nobody has been told
        assert await clock_of(nodes, one) < 47
        await one.client_wire.send("pause")
        while (await one.host_wire.next("state"))["state"] != "paused":
            pass
        assert await clock_of(nodes, one) == 47
        await nodes.pass_s(one.number, 20)
        assert await clock_of(nodes, one) == 47
        await one.client_wire.send("resume")
        while (await one.host_wire.next("state"))["state"] != "live":
            pass
        await nodes.pass_s(one.number, 25)
        see(nodes.here, one.number, 5)
        await one.host_wire.send("end")
        assert (await one.client_wire.next("bye"))["code"] == "ended"
        await nodes.here.app[NEWS].settle()
        await nodes.turn()
        session = await one.client.get(f"/sessions/{one.number}")
        assert (session["clock_s"], session["cost"]["minor"]) == (77, 40_00)
        assert {paper["kind"] for paper in session["papers"]} == {"protocol", "act"}
    async with nodes.there.database.reading() as db:
        assert await audit(db) == []


async def test_what_the_owner_does_reaches_the_sockets(nodes: Nodes) -> None:
    """The owner pauses for silence, goes on, and ends it: each is told to whoever sits here."""
    async with live(nodes.here, "host-pays") as one:
        assert one.number in await numbers(nodes)
        await nodes.pass_s(one.number, 3)
        nodes.here.clock.pass_s(10)
        await nodes.turn()  # nobody is seen: the owner pauses
        while (await one.client_wire.next("state"))["state"] != "paused":
            pass
        await nodes.pass_s(one.number, 2)
        while (await one.client_wire.next("state"))["state"] != "live":
            pass
        nodes.here.clock.pass_s(91)
        await nodes.turn()
        await nodes.turn()  # nobody for a minute and a half: the owner ends it
        assert (await one.client_wire.next("bye"))["code"] == "ended"
        assert one.number not in nodes.here.engine.rooms
        await nodes.there.app[NEWS].settle()
        session = await one.host.get(f"/sessions/{one.number}")
        assert (session["state"], session["clock_s"], session["cost"]["minor"]) == (
            "settled", 5, 1_00)  # fmt: skip
    async with nodes.there.database.reading() as db:
        assert await audit(db) == []


async def numbers(nodes: Nodes) -> list[str]:
    async with nodes.there.database.reading() as db:
        return [session.number for session in await sessions.live(db)]


async def test_a_node_that_starts_leaves_the_seats_of_the_other_alone(nodes: Nodes) -> None:
    async with live(nodes.here, "host-pays") as one:
        await chores.after_restart(nodes.here.app)
        async with nodes.there.database.reading() as db:
            found = await sessions.session(db, one.number)
        assert (found.host_online, found.client_online) == (True, True)
        assert wiring.OVER.isdisjoint({found.state})
