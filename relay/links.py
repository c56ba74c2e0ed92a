"""What is known of the way on which a leg's media come and go. Pure."""

import hashlib
from dataclasses import dataclass
from typing import Literal

Pair = Literal["host", "srflx", "prflx", "relay"]


@dataclass(frozen=True, slots=True)
class LegLink:
    """pair: kind of the leg's address in the pair that ICE chose and authenticated; fingerprint:
    SHA-256 of the fingerprint of its DTLS certificate, hex; rtt_ms: there and back, by its newest
    receiver report; lost_permille: of what went to it, by the same. None: not known."""

    leg: str
    pair: Pair | None = None
    fingerprint: str | None = None
    rtt_ms: int | None = None
    lost_permille: int | None = None


def hash_of(fingerprint: str) -> str:
    """Of a certificate's fingerprint as it is written in SDP, whatever its letter case.

    >>> hash_of("ab:cd") == hash_of("AB:CD")
    True
    """
    return hashlib.sha256(fingerprint.upper().encode()).hexdigest()


def round_trip_ms(
    asked: int, delay_65536: int, ntp: int, sent_s: float, now_s: float
) -> int | None:
    """From a receiver report (RFC 3550, 6.4.1): it names the sender report that came last, and how
    long it waited. `ntp` and `sent_s`: the newest one we passed on, and when; None for an older.

    >>> round_trip_ms(0xBBBBCCCC, 65536 // 2, 0xAAAABBBBCCCCDDDD, 10.0, 10.54)
    40
    """
    if not asked or asked != ntp >> 16 & 0xFFFFFFFF:
        return None
    passed_ms = round((now_s - sent_s) * 1000) - delay_65536 * 1000 // 65536
    return max(0, passed_ms)
