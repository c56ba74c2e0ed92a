"""`python -m tests.relay.recording.victim FOLDER CODEC`: light endpoints, until it is killed."""

import asyncio
import sys
from pathlib import Path

from relay.endpoint import Endpoint
from tests.relay.conftest import LOOPBACK, Stage


async def live(folder: Path, codec: str) -> None:
    stage = Stage()
    await stage.engine.open_room("S")
    await stage.join("client", Endpoint(LOOPBACK, codec=codec))
    looks = await stage.join("host", Endpoint(LOOPBACK, video=False))
    await stage.until(lambda: looks.counters.video_received > 5)
    await stage.engine.record_start("S", folder)
    print("recording", flush=True)
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), sys.argv[2]))
