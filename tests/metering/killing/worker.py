"""A process that meters five sessions on one wallet until it is killed: `worker URL`.

It plays the relay too: after a restart it reports the last seconds again, as a relay would.
"""

import asyncio
import sys

from sqlalchemy.ext.asyncio import create_async_engine

from metering import load, running
from tests.conftest import tune_sqlite
from tests.metering.books import T0, House

AGAIN_S = 7


async def main(url: str) -> None:
    engine = create_async_engine(url)
    if url.startswith("sqlite"):
        tune_sqlite(engine)
    house = House(engine)
    loop = house.loop()
    async with house.transaction() as db:
        sessions = await running(db)
        last = [(await load(db, s)).last_second or T0 for s in sessions]
    if sessions:
        house.clock.second = max(min(last) - T0 - AGAIN_S, 0)
        print("metering", flush=True)
        await house.run(loop, house.clock.second + 450, *sessions, step=2)
    await engine.dispose()
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
