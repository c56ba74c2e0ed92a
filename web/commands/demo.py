"""`minuta demo`: the main job by itself; without --server it starts a server of its own."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from web.audit import audit
from web.db import Database
from web.demo import PLANS, Play, play
from web.house import own_server
from web.settings import Settings

Story = dict[str, Any]


def run(given: argparse.Namespace, _settings: Settings) -> int:
    out = Path(given.out or tempfile.mkdtemp(prefix="minuta-documents-"))
    out.mkdir(parents=True, exist_ok=True)
    told = asyncio.run(_run(given, out))
    print(json.dumps(told, ensure_ascii=False))
    stories = [told] if given.plan else list(told["plans"].values())
    good = all(
        story["audit"] in ("clean", "not asked")
        and story["documents"]
        and all(document["verified"] for document in story["documents"])
        for story in stories
    )
    return 0 if good else 1


async def _run(given: argparse.Namespace, out: Path) -> Story:
    """One plan as asked, or all of them at the same time.

    The object is always that of one session (contracts: what `minuta demo` prints); of all plans
    it is the consultant's own, with every story by name under `plans`.
    """
    asked = [(given.plan, given.outcome)] if given.plan else PLANS
    with tempfile.TemporaryDirectory(prefix="minuta-demo-") as folder:
        async with _server(given.server, Path(folder)) as (base, database_url):
            plays = [Play(plan, given.seconds, outcome, out) for plan, outcome in asked]
            print(f"{len(plays)} sessions of {given.seconds} s at {base}", file=sys.stderr)
            stories = await asyncio.gather(*(play(base, one) for one in plays))
        verdict = await _audited(database_url) if database_url else "not asked"
    told = {one.name: story | {"audit": verdict} for one, story in zip(plays, stories, strict=True)}
    first = told[plays[0].name]
    return first if given.plan else first | {"plans": told}


@asynccontextmanager
async def _server(url: str | None, folder: Path) -> AsyncIterator[tuple[str, str]]:
    """(address, database) of the server to play at; of another's server no database is known."""
    if url:
        yield url.rstrip("/"), ""
        return
    async with own_server(folder) as house:
        yield house.base, house.database_url


async def _audited(database_url: str) -> str:
    database = Database(database_url)
    try:
        async with database.reading() as db:
            faults = await audit(db)
    finally:
        await database.close()
    for fault in faults:
        print(f"{fault.kind} {fault.where}: {fault.text}", file=sys.stderr)
    return f"{len(faults)} faults" if faults else "clean"
