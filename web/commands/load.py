"""`minuta load`: many sessions with light endpoints at once, for load and soak."""

import argparse
import asyncio
import json
import tempfile
from pathlib import Path
from time import perf_counter

from web.demo import Play, play
from web.house import own_server
from web.settings import Settings


def run(given: argparse.Namespace, _settings: Settings) -> int:
    told = asyncio.run(_run(given.sessions, given.seconds, given.server))
    print(json.dumps(told))
    return 1 if told["failed"] else 0


async def _run(count: int, seconds: int, server: str | None) -> dict[str, int]:
    with tempfile.TemporaryDirectory(prefix="minuta-load-") as name:
        folder = Path(name)
        if server:
            return await _load(server, count, seconds, folder)
        async with own_server(folder) as house:
            return await _load(house.base, count, seconds, folder)


async def _load(base: str, count: int, seconds: int, out: Path) -> dict[str, int]:
    began = perf_counter()
    plays = (play(base, Play("host-pays", seconds, "resolved", out)) for _ in range(count))
    ended = await asyncio.gather(*plays, return_exceptions=True)
    good = [story for story in ended if isinstance(story, dict)]
    return {
        "sessions": count,
        "failed": count - len(good),
        "billed_minutes": sum(story["billed_minutes"] for story in good),
        "first_frame_ms_max": max((story["first_frame_ms"] for story in good), default=0),
        "wall_s": round(perf_counter() - began),
    }
