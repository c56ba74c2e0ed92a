"""What a stranger, or a participant gone bad, could fill, break or overload: once a fault each."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aioice.stun import Class, Message, Method, TransactionFailed

from relay import BadOffer, LegLost, RelaySettings, embedded_engine
from relay.embedded import aiortc_seam, rtcp
from relay.embedded.aiortc_seam import ADDRESSES_MAX, WAITING_MAX, Wire, certificate
from relay.embedded.forwarder import HEADER
from relay.embedded.numbering import REPAIRS_BURST, Reception
from relay.embedded.packets import SSRCS_MAX
from relay.embedded.wires import Tally
from relay.endpoint import Endpoint
from relay.errors import NoPort
from tests.relay.conftest import LOOPBACK, Stage
from tests.relay.test_forwarding import Stage as Forwarding

STRANGER = ("127.0.0.1", 9)


class Deaf:
    """A listener; `broken` ones fail when they are told of a state."""

    broken = False

    def rtp(self, packet: bytes) -> None: ...
    def rtcp(self, packet: bytes) -> None: ...

    def connected(self) -> None:
        if self.broken:
            raise RuntimeError("a bug in the listener")

    closed = connected


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    made = Wire(Deaf(), Tally(), certificate(), LOOPBACK)
    await made.gather()
    yield made
    await made.close()


def deliver(wire: Wire, data: bytes, sender: tuple[str, int] = STRANGER) -> None:
    socket: Any = wire.sockets[0]
    wire.incoming_view[0 : len(data)] = data
    socket.arrived(len(data), sender)


async def test_what_strangers_send_is_not_kept(wire: Wire) -> None:
    for first in (0, 1, 3, 20, 22, 63):
        for _ in range(100):
            deliver(wire, bytes([first]) + b"garbage")
    assert wire.sizes()["waiting"] == 0
    wire.heard_stun(STRANGER)
    for first in (0, 3, 4, 64, *[22] * 500):
        deliver(wire, bytes([first]) + b"garbage")
    assert wire.sizes()["waiting"] == WAITING_MAX


def signed(wire: Wire, **attributes: Any) -> bytes:
    """A check as a participant would send it."""
    own = wire.local("passive")
    message = Message(Method.BINDING, Class.REQUEST)
    message.attributes = {"USERNAME": f"{own.ufrag}:abcd", **attributes}
    message.add_message_integrity(own.password.encode())
    return bytes(message)


async def test_checks_from_ever_new_addresses_make_no_more_pairs(wire: Wire) -> None:
    wire._ice.remote_username, wire._ice.remote_password = "abcd", "p" * 22
    wire._ice._early_checks_done = True
    for port in range(1000, 1000 + 3 * ADDRESSES_MAX):
        deliver(wire, signed(wire, PRIORITY=1), ("127.0.0.1", port))
    sizes = wire.sizes()
    assert sizes["addresses"] == sizes["pairs"] == ADDRESSES_MAX


async def test_a_check_without_a_priority_breaks_nothing(wire: Wire) -> None:
    wire._ice.remote_username, wire._ice.remote_password = "abcd", "p" * 22
    wire._ice._early_checks_done = True
    deliver(wire, signed(wire))
    assert (wire.tally.faults, wire.sizes()["addresses"]) == (0, 0)


async def test_a_peer_that_contradicts_itself_for_ever_fails_the_check(wire: Wire) -> None:
    """aioice begins a check anew inside itself at each answer 487."""
    conflict = Message(Method.BINDING, Class.ERROR, attributes={"ERROR-CODE": (487, "no")})
    asked = 0

    async def request(*_args: Any, **_kw: Any) -> Any:
        nonlocal asked
        asked += 1
        raise TransactionFailed(conflict)

    (socket,) = wire.sockets
    socket.request = request  # type: ignore[method-assign]
    wire._ice.remote_username, wire._ice.remote_password = "abcd", "p" * 22
    await wire.add_candidate("1 1 udp 1 127.0.0.1 9 typ host")
    (pair,) = wire._ice._check_list
    await wire._ice.check_start(pair)
    assert pair.state is aiortc_seam.CandidatePair.State.FAILED
    assert asked < 20


async def test_a_listener_that_fails_hurts_no_task(caplog: pytest.LogCaptureFixture) -> None:
    listener = Deaf()
    listener.broken = True
    made = Wire(listener, Tally(), certificate(), LOOPBACK)
    await made.gather()
    with caplog.at_level(logging.CRITICAL, logger="relay.embedded.aiortc_seam"):
        await made.close()
    assert made.ended
    assert made.tally.faults == 1


async def test_a_peer_with_ever_new_ssrcs_is_let_go(stage: Stage) -> None:
    """libsrtp makes and keeps keys for each of them."""
    shows = await stage.join("client", Endpoint(LOOPBACK))
    looks = await stage.join("host", Endpoint(LOOPBACK, video=False))
    await shows.wait_connected()
    assert await stage.until(lambda: looks.counters.video_received > 5)
    assert shows._pub is not None
    leg = stage.engine._rooms["S"]._legs["client"]  # type: ignore[attr-defined]
    wire = leg.pub.wire
    for ssrc in range(1000, 1000 + 3 * SSRCS_MAX):
        shows._pub.wire.send_rtp(HEADER.pack(0x80, 127, 1, 1, ssrc) + b"x")
        if ssrc % 32 == 0:
            await asyncio.sleep(0.005)
    assert await stage.until(lambda: wire.ended)
    assert wire.sizes()["ssrcs"] <= SSRCS_MAX + 1
    assert wire.failure is None
    assert not [e for e in stage.of(LegLost) if e.leg == "host"]


def test_one_report_cannot_ask_for_a_flood() -> None:
    stage = Forwarding()
    for seq in range(600):
        stage.send(seq)
    sent = len(stage.down.rtp)
    for _ in range(8):
        stage.sink.repair(tuple(n & 0xFFFF for n in range(1000, 2100)))
    assert len(stage.down.rtp) - sent <= REPAIRS_BURST + 50


def test_a_report_says_how_long_ago_after_a_day_too() -> None:
    reception = Reception()
    reception.count(5)
    reception.report_ntp, reception.report_at = 1 << 40, 1.0
    assert rtcp.receiver_report(1, [reception.report(77, 100_000.0)])


async def test_an_offer_that_cannot_be_read_takes_no_seat(stage: Stage) -> None:
    for _ in range(3):
        with pytest.raises(BadOffer):
            await stage.engine.publish("S", "client", "v=0", 0)
    assert stage.engine.stats("S").legs == ()


async def test_no_free_port_is_said_at_once() -> None:
    """An answer without an address would only fail half a minute later."""
    engine = embedded_engine(
        RelaySettings(addresses=("192.0.2.1",)), lambda event: None, lambda: datetime.now(UTC)
    )
    await engine.open_room("S")
    endpoint = Endpoint(LOOPBACK)
    offer = await endpoint.publish_offer()
    with pytest.raises(NoPort):
        await engine.publish("S", "client", offer, 0)
    await endpoint.close()
    await engine.close()
