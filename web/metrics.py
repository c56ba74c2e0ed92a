"""Numbers of the HTTP side for Prometheus; labels are route templates, never paths."""

from collections.abc import Awaitable, Callable
from time import perf_counter

from aiohttp import web
from prometheus_client import Counter, Gauge, Histogram

from relay import FAILURES, NodeSeen

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REQUESTS = Counter("minuta_requests", "Requests answered", ["route", "method", "status"])
SECONDS = Histogram(
    "minuta_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
MINUTES = Counter("minuta_minutes_charged", "Increments charged by the meters")
SESSIONS_ENDED = Counter("minuta_sessions_ended", "Sessions ended", ["cause"])
UNSETTLED = Gauge("minuta_sessions_unsettled", "Sessions due that could not be settled just now")
MEDIA_ATTEMPTS = Counter("minuta_media_attempts", "Media connections offered", ["pc"])
MEDIA_FAILURES = Counter("minuta_media_failures", "Media connections failed", ["pc", "cause"])
RECORDING_GAPS = Counter("minuta_recording_gaps", "Times the disk took no recording", ["reason"])
RELAY_UP = Gauge("minuta_relay_up", "Relay nodes that carry media: 1, or 0", ["node"])
RELAY_DRAINING = Gauge("minuta_relay_draining", "Relay nodes that take no rooms", ["node"])
RELAY_ROOMS = Gauge("minuta_relay_rooms", "Rooms open at a relay node", ["node"])
RELAY_PACKETS = Gauge("minuta_relay_packets_per_second", "Media packets forwarded", ["node"])
RELAY_CPU = Gauge("minuta_relay_cpu", "Of one core, in the last second", ["node"])
RELAY_RESTARTS = Gauge("minuta_relay_restarts", "Times a relay node was started anew", ["node"])
ROOMS_LOST = Counter("minuta_relay_rooms_lost", "Rooms whose relay node died under them", ["node"])
NEWS_STORED = Counter("minuta_news_stored", "News of the acquirer stored", ["kind"])
NEWS_REFUSED = Counter("minuta_news_refused", "News of the acquirer refused", ["reason"])
CLOCK_SKEW = Gauge("minuta_clock_skew_seconds", "How far the wall clock moved since the start")
NEWS_OPEN = Gauge("minuta_news_open", "News that waits to be applied")
NEWS_DEAD = Gauge("minuta_news_dead", "News that waits for a person")
NEWS_LAG = Gauge("minuta_news_lag_seconds", "Age of the oldest news that waits")
DIFFERENCES = Gauge("minuta_reconciliation_differences", "Differences of the last run")


for _pc in ("pub", "sub"):  # every cause is there from the start, at 0
    MEDIA_ATTEMPTS.labels(_pc)
    for _cause in FAILURES:
        MEDIA_FAILURES.labels(_pc, _cause)


def node_seen(seen: NodeSeen) -> None:
    """How a relay node is."""
    RELAY_UP.labels(seen.node).set(seen.up)
    RELAY_DRAINING.labels(seen.node).set(seen.draining)
    RELAY_ROOMS.labels(seen.node).set(seen.rooms)
    RELAY_PACKETS.labels(seen.node).set(seen.packets_per_s)
    RELAY_CPU.labels(seen.node).set(seen.cpu)
    RELAY_RESTARTS.labels(seen.node).set(seen.restarts)


@web.middleware
async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
    began, status = perf_counter(), 500
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "none"
        REQUESTS.labels(route, request.method, status).inc()
        if not route.endswith("/socket"):
            SECONDS.labels(route).observe(perf_counter() - began)
