"""A leg's connections → what a minute record says of its link; read once a minute."""

from collections.abc import Iterable
from typing import Any

from relay.embedded import rtcp
from relay.embedded.forwarder import Track
from relay.embedded.leg import Connection, Leg
from relay.links import LegLink, Pair, hash_of, round_trip_ms

PAIRS: dict[str, Pair] = {"host": "host", "srflx": "srflx", "prflx": "prflx", "relay": "relay"}


def links_of(legs: Iterable[Leg]) -> tuple[LegLink, ...]:
    """What is known of each leg's link at this moment."""
    return tuple(_link(leg) for leg in legs)


def _link(leg: Leg) -> LegLink:
    connections = leg.ready() or leg.current()
    if not connections:
        return LegLink(leg.name)
    newest = connections[0]
    rtt_ms, lost = _reported(leg)
    return LegLink(leg.name, _pair(newest), _fingerprint(newest), rtt_ms, lost)


def _pair(connection: Connection) -> Pair | None:
    """Where the browser's packets come from; the wire learns of it when it sends."""
    pair: Any = connection.wire._pair
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
