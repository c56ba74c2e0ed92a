"""Why a connection attempt failed: one stable code for each, the whole set in one table. Pure.

An attempt is one offer for one connection. It fails when it is refused, or when what it began is
over before the connection was up. An attempt that its own browser replaced by a newer one, or
that ended because the room was closed, has not failed.
"""

from typing import Literal

Failure = Literal[
    "bad_offer",
    "no_room",
    "room_full",
    "stale_generation",
    "no_port",
    "no_candidates",
    "ice_failed",
    "dtls_failed",
    "wrong_certificate",
    "timed_out",
    "turn_refused",
    "turn_unreachable",
    "signalling_lost",
    "media_refused",
]

FAILURES: dict[Failure, str] = {
    "bad_offer": "the description cannot be read, or nothing in it can be carried",
    "no_room": "the room is closed",
    "room_full": "the room has as many legs as it may",
    "stale_generation": "a newer offer of the same side took over",
    "no_port": "no free UDP port in the range, or no address of ours",
    "no_candidates": "the browser named no address that we can try, and none called us",
    "ice_failed": "addresses were tried, no packet came through",
    "dtls_failed": "a path was found, the handshake on it broke",
    "wrong_certificate": "the certificate met is not the one of the offer",
    "timed_out": "a path was found, the handshake was not over in time",
    "turn_refused": "no path, and the TURN server refused the browser",
    "turn_unreachable": "no path, and the browser did not reach the TURN server",
    "signalling_lost": "no path, and the browser's socket was gone before there was one",
    "media_refused": "any other refusal",
}


def of_wire(
    *, candidates: int, path: bool, handshake_failed: bool, identified: bool, timed_out: bool
) -> Failure:
    """Why one connection is over that never was up.

    candidates: addresses of the other end that were known; path: ICE chose one; handshake_failed:
    DTLS gave up, and `identified` whether that was after the handshake itself.

    >>> of_wire(
    ...     candidates=0, path=False, handshake_failed=False, identified=False, timed_out=True
    ... )
    'no_candidates'
    """
    if not path:
        return "ice_failed" if candidates else "no_candidates"
    if handshake_failed and identified:
        return "wrong_certificate"
    return "timed_out" if timed_out and not handshake_failed else "dtls_failed"
