"""A leg's connections → what a minute record says of its link; read once a minute, by a relay
process for its heartbeat each second.
"""

from collections.abc import Iterable
from typing import get_args

from relay.embedded import rtcp
from relay.embedded.forwarder import Track
from relay.embedded.leg import Connection, Leg
from relay.links import LegLink, Pair, hash_of, round_trip_ms

PAIRS: dict[str, Pair] = {pair: pair for pair in get_args(Pair)}


def links_of(legs: Iterable[Leg]) -> tuple[LegLink, ...]:
    """What is known of each leg's link at this moment."""
    return tuple(_link(leg) for leg in legs)


def _link(leg: Leg) -> LegLink:
    connections = leg.ready() or leg.current()
    if not connections:
        return LegLink(leg.name)
    rtt_ms, lost = _reported(leg)
    return LegLink(leg.name, _pair(connections[0]), _fingerprint(connections[0]), rtt_ms, lost)


def _pair(connection: Connection) -> Pair | None:
    """Where the browser's packets come from, once ICE has chosen."""
    pair = connection.wire.pair
    return PAIRS.get(pair.remote_candidate.type) if pair is not None else None


def _fingerprint(connection: Connection) -> str | None:
    """Of the certificate that the handshake was held to."""
    prints = connection.offer.transport.fingerprints
    return hash_of(prints[0][1]) if prints and connection.was_ready else None


def _reported(leg: Leg) -> tuple[int | None, int | None]:
    """From the newest report of the leg on what it receives."""
    if leg.sub is None or leg.sub.heard is None:
        return None, None
    report, track, heard_at = leg.sub.heard
    lost = report.fraction * 1000 // 256
    return _round_trip(report, track, heard_at), lost


def _round_trip(report: rtcp.Report, track: Track | None, heard_at: float) -> int | None:
    feed = track.feed if track is not None else None
    if feed is None:
        return None
    told = feed.reception
    return round_trip_ms(
        report.last_sender_report, report.delay_65536, told.report_ntp, told.report_at, heard_at
    )
