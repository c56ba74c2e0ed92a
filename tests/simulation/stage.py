"""Where days are lived: one database and one event loop for all of them, to save time."""

import asyncio
import sqlite3

from tests.conftest import create_all
from tests.rooms import metadata_of_all
from tests.simulation.book import Book
from tests.simulation.inline import Inline, engine_on
from tests.simulation.script import SHARDS, Script
from tests.simulation.world import World

OUTBOX = "CREATE TABLE outbox (kind TEXT, session TEXT, n INTEGER)"


class Stage:
    """The database and the loop of tasks on which one day after another is lived."""

    def __init__(self) -> None:
        self.database = Inline()
        self.engine = engine_on(self.database)
        self.runner = asyncio.Runner()
        self.template = self.runner.run(self._template())

    async def _template(self) -> sqlite3.Connection:
        """The whole schema, and only the shards that somebody pays from."""
        await create_all(self.engine, metadata_of_all())
        marks = ",".join(map(str, SHARDS))
        self.database.raw.execute(f"DELETE FROM metering_shards WHERE shard NOT IN ({marks})")
        self.database.raw.execute(OUTBOX)
        copy = sqlite3.connect(":memory:")
        self.database.raw.backup(copy)
        return copy

    def live(self, script: Script) -> Book:
        """Live a day. Raises: AssertionError, with the script."""
        try:
            return self.runner.run(self._day(script))
        except Exception as error:
            error.add_note(f"replay: SEED={script.seed} make nightly T=simulation\n{script}")
            raise

    async def _day(self, script: Script) -> Book:
        self.database.forget(self.template)
        world = World(script, self.database, self.engine)
        self.database.ear = world
        try:
            await world.live()
        finally:
            for node in world.nodes.values():
                if node.turning is not None:
                    node.turning.cancel()
        return world.book

    def close(self) -> None:
        self.runner.run(self.engine.dispose())
        self.runner.close()
        self.template.close()
        self.database.raw.close()
