"""Films are made in a process of their own: media has no share in that work, nor in its crash."""

import asyncio
import json
import sys
from pathlib import Path

from relay.errors import FilmFailed, NothingRecorded
from relay.recording.film import Film

ROOT = Path(__file__).resolve().parents[2]
NOTHING = 3
COMPLAINT_CHARS = 500


async def make_film(folder: Path) -> Film:
    """Make the film of the tapes in the folder, which stay.

    Raises: NothingRecorded, FilmFailed. Cancelled, it ends the process.
    """
    where = await asyncio.to_thread(folder.resolve)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "relay.recording", str(where),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        said, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode == NOTHING:
        raise NothingRecorded(str(folder))
    if process.returncode:
        raise FilmFailed(str(folder), complaint.decode(errors="replace")[-COMPLAINT_CHARS:])
    found = json.loads(said)
    return Film(**{**found, "sources": tuple(found["sources"])})
