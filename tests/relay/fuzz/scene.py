"""A good session, a hostile one beside it in the same engine, and what is watched meanwhile."""

import asyncio
import gc
import logging
import os
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from relay import Answer, LegLost, RelaySettings, SourceRemoved, embedded_engine
from relay.embedded import aiortc_seam, packets
from relay.embedded.aiortc_seam import Wire
from relay.embedded.leg import Connection, Publisher, Subscriber
from relay.endpoint import Endpoint

LOOPBACK = ("127.0.0.1",)
KEPT_MAX = 300  # real inputs of a kind
GOOD, BAD, TRIED = "S-good", "S-bad", "S-tried"


class Watch(logging.Handler):
    """What escaped: from a task or a callback to the loop, or as an error to a log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.escaped: list[str] = []

    def of_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.escaped.append(f"{context.get('message')}: {context.get('exception')!r}")

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or record.levelno >= logging.ERROR:
            self.escaped.append(f"{record.name}: {record.getMessage()} {record.exc_info}")


class Real:
    """Inputs as they are, of each kind, to be made wrong."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.bytes: dict[str, list[bytes]] = defaultdict(list)
        self.offers: list[str] = []
        arrived = aiortc_seam._Socket.arrived

        def of_socket(socket: Any, length: int, sender: Any) -> None:
            data = socket.wire.incoming_view[0:length]
            if length:
                kind = "stun" if data[0] < 4 else "dtls" if data[0] < 64 else "srtp"
                self.keep(kind, data)
            arrived(socket, length, sender)

        patch.setattr(aiortc_seam._Socket, "arrived", of_socket)
        for cls, hook in ((Publisher, "rtcp"), (Subscriber, "rtcp")):
            patch.setattr(cls, hook, self._beside(getattr(cls, hook), hook))
        send = packets.Packets.send_rtp

        def of_sender(wire: Any, data: bytes, *how: Any) -> bool:
            if not how:
                self.keep("rtp", data)
            return send(wire, data, *how)

        patch.setattr(packets.Packets, "send_rtp", of_sender)

    def _beside(self, real: Callable[[Any, bytes], None], kind: str) -> Callable[..., None]:
        def hook(connection: Any, packet: bytes) -> None:
            self.keep(kind, packet)
            real(connection, packet)

        return hook

    def keep(self, kind: str, data: bytes) -> None:
        if len(self.bytes[kind]) < KEPT_MAX:
            self.bytes[kind].append(bytes(data))

    @property
    def complete(self) -> bool:
        kinds = ("stun", "dtls", "srtp", "rtp", "rtcp")
        return all(len(self.bytes[kind]) >= 4 for kind in kinds)

    @property
    def candidates(self) -> list[str]:
        lines = "\n".join(self.offers).splitlines()
        return [line[2:].strip() for line in lines if line.startswith("a=candidate:")]


class Scene:
    """`GOOD`: client shows, host looks. `BAD`: the same, but the client sends what it is told."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.events: list[Any] = []
        self.engine = embedded_engine(
            RelaySettings(addresses=LOOPBACK), self._heard, lambda: datetime.now(UTC)
        )
        self.watch = Watch()
        self.generation = 0
        self.shows, self.looks = Endpoint(LOOPBACK), Endpoint(LOOPBACK, video=False)
        self.hostile, self.victim = Endpoint(LOOPBACK), Endpoint(LOOPBACK, video=False)
        self.real = Real(patch)

    def _heard(self, event: Any) -> None:
        if isinstance(event, LegLost | SourceRemoved) and event.room == GOOD:
            self.events.append(event)

    async def open(self) -> None:
        asyncio.get_running_loop().set_exception_handler(self.watch.of_loop)
        logging.getLogger().addHandler(self.watch)
        for room in (GOOD, BAD, TRIED):
            await self.engine.open_room(room)
        for room, leg, endpoint in (
            (GOOD, "client", self.shows), (GOOD, "host", self.looks),
            (BAD, "client", self.hostile), (BAD, "host", self.victim),
        ):  # fmt: skip
            await self.join(room, leg, endpoint)
        await self._until(lambda: self.real.complete)

    async def close(self) -> None:
        for endpoint in (self.shows, self.looks, self.hostile, self.victim):
            await endpoint.close()
        await self.engine.close()
        logging.getLogger().removeHandler(self.watch)

    async def join(self, room: str, leg: str, endpoint: Endpoint) -> None:
        publish = await endpoint.publish_offer()
        subscribe = await endpoint.subscribe_offer()
        self.real.offers += [publish, subscribe][: max(0, 40 - len(self.real.offers))]
        given: list[Answer] = [
            await self.engine.publish(room, leg, publish, self.generation),
            await self.engine.subscribe(room, leg, subscribe, self.generation),
        ]
        await endpoint.publish_answer(given[0].sdp)
        await endpoint.subscribe_answer(given[1].sdp)
        await endpoint.wait_connected(30)

    async def renew(self) -> None:
        """The hostile side was let go: it comes back, as an attacker would."""
        self.generation += 1
        await self.join(BAD, "client", self.hostile)

    async def _until(self, condition: Callable[[], bool]) -> None:
        for _ in range(1500):
            if condition():
                return
            await asyncio.sleep(0.02)
        raise TimeoutError

    # -- wires of the engine ---------------------------------------------------------

    def connections(self, room: str) -> list[Connection]:
        legs = self.engine._rooms[room]._legs.values()  # type: ignore[attr-defined]
        return [c for leg in legs for c in (*leg.current(), *leg.retired)]

    def wires(self, room: str) -> list[Wire]:
        return [connection.wire for connection in self.connections(room)]

    def opposite(self, role: str) -> Connection:
        """The engine's end of the hostile side's connection."""
        leg = self.engine._rooms[BAD]._legs["client"]  # type: ignore[attr-defined]
        found: Connection = getattr(leg, role)
        return found

    # -- what is asserted ------------------------------------------------------------

    async def settle(self) -> None:
        """Let the loop come to rest; tasks that died unheard are heard when they are collected."""
        await self.engine.close_room(TRIED)
        await self.engine.open_room(TRIED)
        await asyncio.sleep(0.1)
        gc.collect()
        await asyncio.sleep(0)

    async def good_session_goes_on(self) -> None:
        """Picture and both voices move on, nothing is missing, nobody was lost."""
        seen = self.looks.counters.video_received
        heard, said = self.looks.counters.audio_received, self.shows.counters.audio_received
        await self._until(
            lambda: (
                self.looks.counters.video_received > seen + 5
                and self.looks.counters.audio_received > heard + 5
                and self.shows.counters.audio_received > said + 5
                and self.looks.missing == 0
            )
        )
        assert not self.events
        sent, got = self.shows.counters.video_sent, self.looks.counters.video_received
        assert got >= 0.95 * sent - 20, f"{got} of {sent} packets of the picture arrived"

    def within_limits(self) -> None:
        limits = {
            "waiting": aiortc_seam.WAITING_MAX,
            "addresses": aiortc_seam.ADDRESSES_MAX,
            "pairs": 4 * aiortc_seam.ADDRESSES_MAX,
            "heard_from": packets.HEARD_FROM_MAX,
            "transactions": 8 * aiortc_seam.ADDRESSES_MAX,
            "ssrcs": packets.SSRCS_MAX + 1,
        }
        for room in (GOOD, BAD, TRIED):
            for wire in self.wires(room):
                found = wire.sizes()
                assert all(found[name] <= limits[name] for name in found), found

    def weight(self) -> tuple[int, int]:
        """Tasks of the loop and open files of the process."""
        return len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd"))
