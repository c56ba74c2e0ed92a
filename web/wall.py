"""Tells of a wall clock that was moved under a running server.

The server counts time by itself (`metering.steady_clock`), so a step ends no session and bills no
second; but its moments stay those of the old clock, until somebody starts it again.
"""

import asyncio
from datetime import timedelta
from typing import NoReturn

import structlog

from metering import Clock, skew_of, utc_now
from web import metrics

LOOK_S = 30
SKEW_MAX = timedelta(milliseconds=500)

log = structlog.get_logger("wall")


async def watch(clock: Clock) -> NoReturn:
    """Look every half minute, until cancelled."""
    while True:
        await asyncio.sleep(LOOK_S)
        look(clock)


def look(clock: Clock, wall: Clock = utc_now) -> timedelta:
    """How far apart they are: on `/metrics`, and an error in the log when it is too far."""
    skew = skew_of(clock, wall)
    metrics.CLOCK_SKEW.set(skew / timedelta(seconds=1))
    if abs(skew) > SKEW_MAX:
        log.error("the wall clock was moved: start this node again", skew=str(skew))
    return skew
