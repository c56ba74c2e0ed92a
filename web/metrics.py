"""Numbers of the HTTP side for Prometheus; labels are route templates, never paths."""

from collections.abc import Awaitable, Callable
from time import perf_counter

from aiohttp import web
from prometheus_client import Counter, Gauge, Histogram

from relay import FAILURES

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
MEDIA_ATTEMPTS = Counter("minuta_media_attempts", "Media connections offered", ["pc"])
MEDIA_FAILURES = Counter("minuta_media_failures", "Media connections failed", ["pc", "cause"])
RECORDING_GAPS = Counter("minuta_recording_gaps", "Times the disk took no recording", ["reason"])
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
