"""Every name of aiortc and aioice that the relay uses, public or private.

`Wire` is one ICE + DTLS + SRTP connection that hands over plain packets: datagram in, method
call out, without a queue, a task or an await. Only STUN and DTLS go through the libraries' own
paths. A contract test names what is private here and fails on the day it changes.

Known traps, and where they are met: the nominated pair may change at any time (`_Nominated`
hears of each); an exception in the datagram path kills the connection (`arrived` lets none
out); a closed transport raises (`is_closing`); remote `.local` names are never resolved
(`add_candidate`); aioice leaves out 127.0.0.1 (`host_addresses`). What aioice and libsrtp would
let a stranger or a hostile peer fill without bound is bounded in `_Connection` and `Packets`.
"""

import asyncio
import contextlib
import ipaddress
import logging
import random
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from aioice import Candidate, Connection
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import CONSENT_FAILURES, CONSENT_INTERVAL, CandidatePair, StunProtocol
from aioice.stun import Class, Message
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceTransport,
)

from relay.embedded import consent
from relay.embedded.addresses import host_addresses, reachable
from relay.embedded.descriptions import Transport
from relay.embedded.packets import Packets
from relay.embedded.udp import UdpTransport
from relay.embedded.wires import Listener, Tally
from relay.failures import Failure, of_wire

REMOTE_CANDIDATES_MAX = 32
PORT_TRIES_MAX = 200
ADDRESSES_MAX = 64  # of one peer: told by it, and learned from its checks
WAITING_MAX = 64  # DTLS datagrams before aiortc reads them; a flight of a handshake is five
ROLE_SWITCHES_MAX = 8  # a peer may contradict us on who is in control; once is normal
CONNECT_LIMIT_S = 30.0

logger = logging.getLogger(__name__)
monotonic = time.monotonic
Certificate = RTCCertificate


def certificate() -> Certificate:
    """A new certificate for a whole engine: making one for each connection delays joins."""
    return RTCCertificate.generateCertificate()


class _Socket(StunProtocol):
    """One UDP socket. Media goes straight to the wire; the rest to aioice when it may."""

    def __init__(self, connection: "_Connection") -> None:
        super().__init__(connection)
        self.wire = connection.wire

    def arrived(self, length: int, sender: tuple[Any, ...]) -> None:
        """A datagram of so many bytes lies in the incoming buffer; no exception leaves."""
        wire = self.wire
        try:
            first = wire.incoming[0]
            if 127 < first < 192:
                wire.received(length)
            elif length and (first < 4 or sender[:2] in wire.heard_from):
                datagram = wire.incoming_view[0:length]
                if first > 1 or not wire._ice.renews(datagram, sender[:2], self):
                    self.datagram_received(datagram, sender)
        except Exception:
            wire.tally.faults += 1

    def send_stun(self, message: Message, addr: tuple[str, int]) -> None:
        """aioice answers a request only after its integrity was verified."""
        if message.message_class == Class.RESPONSE:
            self.wire.heard_stun(addr)
        if not self.transport.is_closing():
            super().send_stun(message, addr)

    async def request(self, request: Message, addr: Any, *args: Any, **kw: Any) -> Any:
        """aioice returns only a response whose integrity was verified."""
        answer = await super().request(request, addr, *args, **kw)
        self.wire.heard_stun(addr)
        return answer


class _Nominated(dict[int, CandidatePair]):
    """aioice's pairs in force by component; without any the last one stays until the end."""

    def __init__(self, wire: "Wire") -> None:
        super().__init__()
        self._wire = wire

    def __setitem__(self, component: int, pair: CandidatePair) -> None:
        super().__setitem__(component, pair)
        port: Any = pair.protocol.transport
        self._wire.pair = pair
        self._wire.follow(port, pair.remote_addr)


class _Connection(Connection):
    """ICE that gathers on the addresses and ports of our settings."""

    def __init__(self, wire: "Wire", *, controlling: bool) -> None:
        super().__init__(ice_controlling=controlling)
        self.wire = wire
        self._nominated = _Nominated(wire)
        self._switched = 0
        self._asked: bytes | None = None

    def data_received(self, data: bytes, component: int) -> None:
        """What is not STUN waits for aiortc, if it is DTLS; strangers' bytes come here too."""
        if 19 < data[0] < 64 and self._queue.qsize() < WAITING_MAX:
            super().data_received(data, component)

    def check_incoming(self, message: Message, addr: Any, protocol: StunProtocol) -> None:
        """A check of good integrity; from ever new addresses it would make ever new pairs."""
        known = {(c._network_host, c.port) for c in self._remote_candidates}
        if "PRIORITY" in message.attributes and (addr in known or len(known) < ADDRESSES_MAX):
            super().check_incoming(message, addr, protocol)

    async def check_start(self, pair: CandidatePair) -> None:
        """The task of one check: no answer of a peer may make it raise."""
        try:
            await super().check_start(pair)
        except Exception:
            self.wire.tally.faults += 1
            self.check_state(pair, CandidatePair.State.FAILED)
            self.check_complete(pair)

    def switch_role(self, ice_controlling: bool) -> None:
        """aioice begins the check anew inside the old one, so the switches must end."""
        self._switched += 1
        if self._switched > ROLE_SWITCHES_MAX:
            raise ConnectionError("the peer contradicts itself on the ICE role")
        super().switch_role(ice_controlling)

    def renews(self, datagram: bytes, sender: tuple[str, int], protocol: StunProtocol) -> bool:
        """Whether the datagram only says again, on the pair in force, that the other end is there.
        It is answered then. Anything that might change something is aioice's to look at.
        """
        pair = self._nominated.get(1)
        if pair is None or pair.protocol is not protocol or pair.remote_addr != sender:
            return False
        if datagram[:1] == b"\1":
            heard = consent.read(datagram, self._remote_key())
            if heard is None or heard.transaction != self._asked:
                return False
            self._asked = None
            self.wire.heard_stun(sender)
            return True
        key = self.local_password.encode()
        heard = consent.read(datagram, key)
        names = f"{self.local_username}:{self.remote_username}".encode()
        ours = consent.CONTROLLING if self.ice_controlling else consent.CONTROLLED
        if (
            heard is None
            or heard.kind != consent.REQUEST
            or heard.attributes.get(consent.USERNAME) != names
            or ours in heard.attributes
            or self._closing
        ):
            return False
        self.wire.heard_stun(sender)
        protocol.transport.sendto(consent.response(heard.transaction, sender, key), sender)
        return True

    def _remote_key(self) -> bytes:
        assert self.remote_password is not None, "said before there is a pair"
        return self.remote_password.encode()

    async def query_consent(self) -> None:
        """Ask about every five seconds whether the other end wants our packets (RFC 7675); after
        six questions in turn without an answer the connection closes. As aioice's own.
        """
        unanswered = 0
        while unanswered < CONSENT_FAILURES:
            await asyncio.sleep(CONSENT_INTERVAL * (0.8 + 0.4 * random.random()))
            unanswered = 0 if self._asked is None else unanswered + 1
            for pair in self._nominated.values():
                self._ask(pair)
        self._query_consent_task = None
        await self.close()

    def _ask(self, pair: CandidatePair) -> None:
        self._asked = secrets.token_bytes(consent.TRANSACTION_BYTES)  # RFC 7675, 5.1
        question = consent.request(
            self._asked,
            f"{self.remote_username}:{self.local_username}".encode(),
            candidate_priority(pair.component, "prflx"),
            consent.CONTROLLING if self.ice_controlling else consent.CONTROLLED,
            self._tie_breaker,
            self._remote_key(),
        )
        if not pair.protocol.transport.is_closing():
            pair.protocol.transport.sendto(question, pair.remote_addr)

    async def gather_candidates(self) -> None:
        if self._local_candidates_start:
            return
        self._local_candidates_start = True
        for address in host_addresses(self.wire.addresses):
            with contextlib.suppress(OSError):
                self._local_candidates.append(self._open(address))
        self._local_candidates_end = True

    def _open(self, address: str) -> Candidate:
        low, high = self.wire.ports
        span = high - low + 1 if low else 1
        start = random.randrange(span)
        for step in range(min(span, PORT_TRIES_MAX)):
            port = low + (start + step) % span if low else 0
            try:
                return self._bind(address, port)
            except OSError:
                if step + 1 >= min(span, PORT_TRIES_MAX):
                    raise
        raise OSError("no port")

    def _bind(self, address: str, port: int) -> Candidate:
        protocol = _Socket(self)
        host, bound = UdpTransport(protocol, address, port).address[:2]
        preference = 1 if ipaddress.ip_address(host).is_loopback else 65535
        protocol.local_candidate = Candidate(
            foundation=candidate_foundation("host", "udp", host),
            component=1,
            transport="udp",
            priority=candidate_priority(1, "host", preference),
            host=host,
            port=bound,
            type="host",
        )
        self._protocols.append(protocol)
        return protocol.local_candidate


class Wire(Packets):
    """One connection to one browser or endpoint."""

    def __init__(
        self,
        listener: Listener,
        tally: Tally,
        own: Certificate,
        addresses: Sequence[str],
        ports: tuple[int, int] = (0, 0),
        *,
        controlling: bool = False,
    ) -> None:
        super().__init__(listener, tally)
        self.addresses, self.ports = addresses, ports
        self.ended = self._timed_out = False
        self.failure: Failure | None = None
        self.pair: CandidatePair | None = None
        gatherer = RTCIceGatherer(iceServers=[])
        self._ice = _Connection(self, controlling=controlling)
        gatherer._connection = self._ice
        self._transport = RTCIceTransport(gatherer)
        self._dtls = RTCDtlsTransport(self._transport, [own])
        self._dtls.on("statechange", self._state_changed)
        self._task: asyncio.Task[None] | None = None

    # -- setting up and closing ------------------------------------------------------

    async def gather(self) -> None:
        """Open the sockets; after it `local` is complete."""
        await self._transport.iceGatherer.gather()

    def local(self, setup: str) -> Transport:
        """Our half of the description; `setup`: actpass, active or passive."""
        prints = self._dtls.getLocalParameters().fingerprints
        return Transport(
            ufrag=self._ice.local_username,
            password=self._ice.local_password,
            fingerprints=tuple((f.algorithm, f.value) for f in prints if f.algorithm == "sha-256"),
            setup=setup,
            candidates=tuple(c.to_sdp() for c in self._ice.local_candidates),
        )

    def connect(self, remote: Transport, *, server: bool) -> None:
        """Start ICE and DTLS towards the other end; `server` is our DTLS role."""
        self._dtls._set_role("server" if server else "client")
        self._task = asyncio.get_running_loop().create_task(self._connect(remote))

    async def _connect(self, remote: Transport) -> None:
        try:
            async with asyncio.timeout(CONNECT_LIMIT_S):
                for line in remote.candidates[:REMOTE_CANDIDATES_MAX]:
                    await self.add_candidate(line)
                await self._transport.start(
                    RTCIceParameters(usernameFragment=remote.ufrag, password=remote.password)
                )
                if self._transport.state == "completed":
                    prints = [RTCDtlsFingerprint(name, text) for name, text in remote.fingerprints]
                    await self._dtls.start(RTCDtlsParameters(fingerprints=prints))
        except TimeoutError:
            self._timed_out = True
        except (Exception, asyncio.CancelledError):
            self.tally.faults += 1
        if not self.ready:
            self._finish()

    async def add_candidate(self, line: str) -> None:
        """Add a remote candidate `foundation component udp …`; unusable ones are ignored."""
        try:
            candidate = Candidate.from_sdp(line.removeprefix("candidate:"))
        except ValueError:
            return
        if (
            candidate.transport.lower() == "udp"
            and candidate.component == 1
            and len(self._ice.remote_candidates) < REMOTE_CANDIDATES_MAX
            and reachable(
                candidate.host, candidate.port, (c.host for c in self._ice.local_candidates)
            )
        ):
            await self._ice.add_remote_candidate(candidate)

    def _state_changed(self) -> None:
        state = self._dtls.state
        if state == "connected" and not self.ended:
            self.receiving = self._dtls._rx_srtp._srtp[0]
            self.sending = self._dtls._tx_srtp._srtp[0]
            self.ready = True
            self._tell(self.listener.connected)
        elif state in ("closed", "failed"):
            self._finish()

    def _finish(self) -> None:
        if not self.ended:
            if self.sending is None:
                self.failure = of_wire(
                    candidates=len(self._ice._remote_candidates),
                    path=self._transport.state == "completed",
                    handshake_failed=self._dtls.state == "failed",
                    identified=self._dtls.encrypted,
                    timed_out=self._timed_out,
                )
            self.ended, self.ready = True, False
            self._tell(self.listener.closed)

    def let_go(self) -> None:
        asyncio.get_running_loop().call_soon(self._finish)

    def _tell(self, hook: Callable[[], None]) -> None:
        """Call up; we stand in a task of aiortc's, where the listener's failure must not end."""
        try:
            hook()
        except Exception:
            self.tally.faults += 1
            logger.exception("the listener of a wire failed")

    async def close(self) -> None:
        """Say goodbye and free the sockets; the listener hears `closed` once."""
        with contextlib.suppress(Exception):
            await self._dtls.stop()
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(Exception):
            await self._transport.stop()
        self._finish()
        self.receiving = self.sending = None

    def sizes(self) -> dict[str, int]:
        """How much is kept of what the other end, or anybody, has sent; each has a limit."""
        ice = self._ice
        return {
            "waiting": ice._queue.qsize(),
            "addresses": len(ice._remote_candidates),
            "pairs": len(ice._check_list),
            "heard_from": len(self.heard_from),
            "transactions": sum(len(p.transactions) for p in ice._protocols),
            "ssrcs": len(self._ssrcs),
        }

    @property
    def sockets(self) -> tuple[StunProtocol, ...]:
        """The open sockets, one an address."""
        return tuple(self._ice._protocols)

    def silence(self) -> None:
        """Vanish: the sockets go at once and nothing is said."""
        self.ready = False
        for protocol in self._ice._protocols:
            protocol.transport.abort()
        if self._task is not None:
            self._task.cancel()
