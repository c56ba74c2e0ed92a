"""Stripe's own command line sends the calls of its fixtures to our fake.

Run as a program in a network namespace without routes, it serves a fake there, triggers the
events that it is given by name and prints one JSON object: event -> what happened.
"""

import asyncio
import json
import os
import sys
import tempfile
from typing import Any

from tests.stripe.fake import World, acts, serving
from tests.stripe.fake.money import book
from tests.stripe.oracles import STRIPE_CLI

_LAST_S = 60
_AT_ONCE = 3
EARNED_BEFORE = 100000


async def trigger(event: str) -> dict[str, Any]:
    """One event on a world of its own, whose platform has earned something before."""
    world = World(onboards_at_once=True)
    book(world, "charge", EARNED_BEFORE, "usd", "ch_before")
    async with serving(world) as served:
        with tempfile.TemporaryDirectory() as home:
            code, said = await _run(event, served.url, home)
        acts.settle_debits(world)
        violations, served.violations = served.violations, []
        served.check_events()
        violations, served.violations = violations + served.violations, []
    return {
        "code": code,
        "said": said[-500:],
        "calls": len(world.calls),
        "events": [one["type"] for one in world.events],
        "violations": violations,
    }


async def _run(event: str, url: str, home: str) -> tuple[int, str]:
    """Without a home of its own the program would look for somebody's keys."""
    quiet = {"STRIPE_CLI_TELEMETRY_OPTOUT": "1", "DO_NOT_TRACK": "1"}
    started = await asyncio.create_subprocess_exec(
        STRIPE_CLI, "trigger", event, "--api-base", url, "--api-key", "sk_test_000000000000",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={"HOME": home, "PATH": os.defpath, **quiet},
    )  # fmt: skip
    out, _ = await asyncio.wait_for(started.communicate(), _LAST_S)
    return started.returncode or 0, out.decode()


async def main(events: list[str]) -> None:
    """A few at a time: most of a run is waiting for the program to start."""
    few = asyncio.Semaphore(_AT_ONCE)

    async def one(event: str) -> dict[str, Any]:
        async with few:
            return await trigger(event)

    results = await asyncio.gather(*map(one, events))
    print(json.dumps(dict(zip(events, results, strict=True))))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
