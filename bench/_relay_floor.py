"""What no relay in this process model can go below, measured alone in a loop."""

import socket
import time

from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi, lib

PACKETS, BATCH = 20_000, 64
PROFILE, KEY_BYTES = Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 44


def floor_us(payload_bytes: int) -> float:
    """Receive, unprotect, protect, send: CPU of one packet in a bare loop, microseconds."""
    key = bytes(range(KEY_BYTES))
    outward, inward = Policy.SSRC_ANY_OUTBOUND, Policy.SSRC_ANY_INBOUND
    sending, relay_in, relay_out = (
        Session(Policy(key=key, ssrc_type=kind, srtp_profile=PROFILE))._srtp
        for kind in (outward, inward, outward)
    )
    buffer, length = ffi.new("unsigned char[2048]"), ffi.new("int *")
    view = ffi.buffer(buffer)
    with socket.socket(type=socket.SOCK_DGRAM) as a, socket.socket(type=socket.SOCK_DGRAM) as b:
        a.bind(("127.0.0.1", 0))
        b.bind(("127.0.0.1", 0))
        spent, there, nowhere = 0.0, a.getsockname(), b.getsockname()
        for first in range(0, PACKETS, BATCH):
            for seq in range(first, first + BATCH):
                data = b"\x80\x60" + (seq & 0xFFFF).to_bytes(2, "big") + bytes(8 + payload_bytes)
                view[0 : len(data)], length[0] = data, len(data)
                lib.srtp_protect(sending[0], buffer, length)
                b.sendto(view[0 : length[0]], there)
            started = time.thread_time()
            for _ in range(BATCH):
                data = a.recv(2048)
                view[0 : len(data)], length[0] = data, len(data)
                lib.srtp_unprotect(relay_in[0], buffer, length)
                lib.srtp_protect(relay_out[0], buffer, length)
                a.sendto(view[0 : length[0]], nowhere)
            spent += time.thread_time() - started
            for _ in range(BATCH):
                b.recv(2048)
    return round(1e6 * spent / PACKETS, 2)
