"""The half of a wire that packets pass: authenticate and decrypt, encrypt and send.

Ordinary media of a compiled relay never come here (`datapath`): the struct of a wire tells the
inner loop all that it has to know. Everything else does, and without a compiled loop all.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from pylibsrtp._binding import lib

from relay.embedded.datapath import lead, shared
from relay.embedded.udp import BUFFERS, Straight, UdpTransport
from relay.embedded.wires import Listener, Tally

PACKET_BYTES_MAX = 1900
HEARD_FROM_MAX = 64
SSRCS_MAX = 256  # libsrtp keeps keys for each that it met; a browser has three

logger = logging.getLogger(__name__)
monotonic = time.monotonic
_protect, _unprotect = lib.srtp_protect, lib.srtp_unprotect


@shared("wire_t")
class Packets:
    """`receiving`, `sending`: libsrtp's sessions once DTLS has made the keys. `drop` sees each
    encrypted datagram and may lose it, as a bad network would.
    """

    __slots__ = (
        "_address", "_c", "_in_length", "_out", "_out_length", "_out_view", "_send_to", "_ssrcs",
        "drop", "heard_from", "incoming", "incoming_view", "listener", "port", "ready",
        "receiving", "sending", "straight", "tally",
    )  # fmt: skip

    def __init__(self, listener: Listener, tally: Tally) -> None:
        self.listener, self.tally = listener, tally
        self.ready = False
        self.receiving: Any = None
        self.sending: Any = None
        self.drop: Callable[[bytes], bool] | None = None
        self.port: UdpTransport | None = None
        self.straight: Straight | None = None
        self.heard_from: set[tuple[str, int]] = set()
        self._ssrcs: set[bytes] = set()
        self._send_to: Any = None
        self._address: Any = None
        self.incoming, self.incoming_view = BUFFERS.incoming, BUFFERS.incoming_view
        self._in_length, self._out_length = BUFFERS.incoming_length, BUFFERS.outgoing_length
        self._out, self._out_view = BUFFERS.outgoing, BUFFERS.outgoing_view

    def heard_stun(self, address: tuple[str, int]) -> None:
        """STUN with integrity came from the address."""
        if len(self.heard_from) < HEARD_FROM_MAX:
            self.heard_from.add(address[:2])
        self.tally.stun += 1
        self.tally.last_at = monotonic()

    def received(self, length: int) -> None:
        """An SRTP or SRTCP datagram lies in the incoming buffer: verify, decrypt, hand over."""
        session = self.receiving
        if session is None or not 12 <= length <= PACKET_BYTES_MAX:
            return
        data, count, tally = self.incoming, self._in_length, self.tally
        if self.drop is not None and self.drop(self.incoming_view[0:length]):
            return
        count[0] = length
        if 192 <= data[1] < 224:
            if lib.srtp_unprotect_rtcp(session, data, count) == 0:
                tally.rtcp += 1
                tally.last_at = monotonic()
                self.met(self.incoming_view[4:8])
                self.listener.rtcp(self.incoming_view[0 : count[0]])
        elif _unprotect(session, data, count) == 0:
            tally.rtp += 1
            tally.last_at = monotonic()
            self.listener.rtp(self.incoming_view[0 : count[0]])

    def met(self, ssrc: bytes) -> None:
        """A source that we do not forward; too many of them are a peer that fills our memory."""
        self._ssrcs.add(ssrc)
        if len(self._ssrcs) > SSRCS_MAX and self.receiving is not None:
            logger.warning("a peer sends under more than %d SSRCs, it is let go", SSRCS_MAX)
            self.receiving = None
            self.let_go()

    def let_go(self) -> None:
        """End the wire on the loop's next turn."""
        raise AssertionError("said by the wire")

    def send_rtp(self, data: bytes, protect: Callable[[Any, Any, Any], int] = _protect) -> bool:
        """Encrypt and send one RTP packet; False when it could not leave."""
        length, count = len(data), self._out_length
        if not self.ready or length > PACKET_BYTES_MAX or self._send_to is None:
            return False
        self._out_view[0:length] = data
        count[0] = length
        if protect(self.sending, self._out, count) != 0:
            return False
        try:
            self._send_to(self._out_view[0 : count[0]], self._address)
        except OSError:  # The socket is closed, or full: lost as on any other hop.
            return False
        return True

    def send_rtcp(self, data: bytes) -> bool:
        """Encrypt and send one RTCP packet; False when it could not leave."""
        return self.send_rtp(data, lib.srtp_protect_rtcp)

    def follow(self, port: UdpTransport, address: tuple[Any, ...]) -> None:
        """ICE chose a pair, which may be any day: packets leave by this socket to this address."""
        self.port, self._send_to, self._address = port, port.socket.sendto, address
        lead(self, address)
        self.straight = port.straight_to(address)
