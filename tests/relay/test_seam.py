"""The contract with aiortc, aioice and pylibsrtp: fails on the day an upgrade breaks it."""

import inspect
from collections.abc import AsyncIterator
from importlib.metadata import version

import aioice
import aiortc
import pytest
from aioice.ice import StunProtocol
from aioice.stun import Class, Message, Method
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi, lib

from relay.embedded.addresses import host_addresses
from relay.embedded.aiortc_seam import Wire, certificate
from relay.embedded.descriptions import parse
from relay.embedded.wires import Tally
from relay.endpoint import Endpoint


def test_versions_are_the_ones_that_were_read() -> None:
    assert [version(n) for n in ("aiortc", "aioice", "pylibsrtp")] == ["1.16.0", "0.13.0", "1.0.0"]


def test_names_inside_aioice() -> None:
    connection = aioice.Connection(ice_controlling=False)
    for name in (
        "_local_candidates", "_local_candidates_start", "_local_candidates_end", "_protocols",
        "_nominated",
    ):  # fmt: skip
        assert hasattr(connection, name), name
    assert list(inspect.signature(StunProtocol.send_stun).parameters) == ["self", "message", "addr"]
    assert list(inspect.signature(StunProtocol.request).parameters)[:3] == [
        "self",
        "request",
        "addr",
    ]
    assert list(inspect.signature(StunProtocol.datagram_received).parameters) == [
        "self",
        "data",
        "addr",
    ]
    for name, arguments in (
        ("data_received", ["data", "component"]), ("check_start", ["pair"]),
        ("check_incoming", ["message", "addr", "protocol"]), ("switch_role", ["ice_controlling"]),
    ):  # fmt: skip
        found = list(inspect.signature(getattr(aioice.Connection, name)).parameters)
        assert found == ["self", *arguments], name
    for name in (
        "_check_list", "_closing", "_early_checks", "_query_consent_task", "_queue",
        "_remote_candidates", "_tie_breaker",
    ):  # fmt: skip
        assert hasattr(connection, name), name
    assert connection._early_checks.maxlen
    source = inspect.getsource(aioice.Connection.request_received)
    assert source.index("check_message_integrity") < source.index("Class.RESPONSE")
    assert "check_message_integrity" in inspect.getsource(aioice.stun.Transaction)
    assert "create_task(self.query_consent())" in inspect.getsource(aioice.Connection.connect)
    assert "_query_consent_task = None" in inspect.getsource(aioice.Connection.query_consent)


def test_names_inside_aiortc() -> None:
    gatherer = aiortc.RTCIceGatherer(iceServers=[])
    assert isinstance(gatherer._connection, aioice.Connection)
    transport = aiortc.RTCIceTransport(gatherer)
    assert transport._connection is gatherer._connection
    dtls = aiortc.RTCDtlsTransport(transport, [certificate()])
    for name in ("_set_role", "_rx_srtp", "_tx_srtp", "encrypted", "state", "start", "stop"):
        assert hasattr(dtls, name), name


def test_libsrtp_works_on_our_buffers() -> None:
    policy = Policy(key=bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND)
    session = Session(policy)
    buffer, length = ffi.new("unsigned char[2048]"), ffi.new("int *")
    ffi.buffer(buffer)[0:14] = bytes([0x80, 96, 0, 1]) + bytes(8) + b"hi"
    length[0] = 14
    assert lib.srtp_protect(session._srtp[0], buffer, length) == 0
    assert length[0] == 24


def test_addresses_include_the_loopback_when_asked() -> None:
    assert host_addresses(("127.0.0.1",)) == ["127.0.0.1"]
    assert host_addresses(("auto",))[-1] == "127.0.0.1"


class Nobody:
    """A listener that fails at everything it hears."""

    def rtp(self, packet: bytes) -> None:
        raise RuntimeError("a bug in the listener")

    rtcp = rtp

    def connected(self) -> None: ...
    def closed(self) -> None: ...


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    made = Wire(Nobody(), Tally(), certificate(), ("127.0.0.1",))
    await made.gather()
    yield made
    await made.close()


DATAGRAMS = st.one_of(
    st.binary(max_size=64),
    st.binary(max_size=1500).map(lambda tail: b"\x80" + tail),
    st.binary(max_size=200).map(lambda tail: b"\x00\x01" + tail),
    st.binary(max_size=200).map(lambda tail: b"\x16\xfe\xfd" + tail),
    st.binary(max_size=100).map(lambda tail: bytes(Message(Method.BINDING, Class.REQUEST)) + tail),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(datagram=DATAGRAMS)
async def test_no_exception_leaves_the_datagram_hook(wire: Wire, datagram: bytes) -> None:
    (socket,) = wire._ice._protocols
    wire.incoming_view[0 : len(datagram)] = datagram
    socket.arrived(len(datagram), ("127.0.0.1", 9))
    assert not wire.heard_from
    assert wire.tally.rtp == wire.tally.rtcp == wire.tally.stun == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(line=st.one_of(st.text(max_size=80), st.just("1 1 udp 1 abc.local 9 typ host"),
                      st.just("1 1 tcp 1 127.0.0.1 9 typ host tcptype active"),
                      st.just("1 1 udp 1 127.0.0.1 70000 typ host"),
                      st.just("1 1 udp 1 127.0.0.1 -1 typ host"),
                      st.just("1 1 udp 1 224.0.0.1 9 typ host"),
                      st.just("1 1 udp 1 0.0.0.0 9 typ host"),
                      st.just("1 1 udp 1 fe80::1%lo 9 typ host"),
                      st.just("candidate:1 1 udp 1 10.1.2.3 9 typ host")))  # fmt: skip
async def test_unusable_candidates_are_ignored(wire: Wire, line: str) -> None:
    await wire.add_candidate(line)
    assert wire._ice.remote_candidates == []


async def test_loopback_candidates_are_taken(wire: Wire) -> None:
    await wire.add_candidate("candidate:1 1 udp 1 127.0.0.1 9 typ host")
    assert len(wire._ice.remote_candidates) == 1


async def test_ports_stay_in_their_range() -> None:
    made = Wire(Nobody(), Tally(), certificate(), ("127.0.0.1",), (42100, 42140))
    await made.gather()
    (line,) = made.local("passive").candidates
    assert 42100 <= int(line.split()[5]) <= 42140
    await made.close()


async def test_an_endpoints_offer_is_loopback_only() -> None:
    endpoint = Endpoint(("127.0.0.1",))
    offer = parse(await endpoint.publish_offer())
    assert [line.split()[4] for line in offer.transport.candidates] == ["127.0.0.1"]
    await endpoint.close()
