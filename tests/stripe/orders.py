"""Every order of a flow's events, walked as a tree of savepoints.

Two beginnings that leave the same books have the same continuations, so they are walked once: the
number of orders that a walk stands for is counted and must be n!. Each event is delivered twice.
While it is applied, Stripe shows its objects as they were when the event was made: an old picture
must not undo what a newer one has done. At the end Stripe shows what is, and time passes until
nothing waits.
"""

import copy
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tests.rooms import metadata_of_all
from tests.stripe.fake.world import Object
from tests.stripe.scene import Scene

HOUR_S = 3600
ROUNDS_MAX = 40

Books = tuple[str, ...]

#: What depends on the order of rows, not on what they say.
_ORDER = {
    "account_id", "address", "at_us", "balance_after", "body", "changed_us", "created_us", "hash",
    "last_journal", "made_us", "note", "number", "prev_hash", "received_us", "recorded_us",
    "req_hash", "verdict", "version",
}  # fmt: skip
_ASIDE = ("ledger_batch", "ledger_control", "ledger_books", "ledger_bank", "ledger_payouts_told")
_ENTRIES = (
    "ledger_entry e join ledger_account a on a.id = e.account_id",
    ("e.journal_id", "a.kind", "a.owner", "e.currency", "e.amount"),
)


def _question(array: str) -> str:
    """All that later steps may depend on, in one statement; `array` makes a text of columns."""
    found = [_ENTRIES]
    for metadata in metadata_of_all():
        for table in metadata.sorted_tables:
            known = table.name.startswith("ledger_") and not table.name.startswith(_ASIDE)
            if known and table.name != "ledger_entry":
                own_id = {"id"} if table.name == "ledger_account" else set()
                columns = (c.name for c in table.columns if c.name not in _ORDER | own_id)
                found.append((table.name, tuple(columns)))
    parts = (
        f"select '{table}' || {array.format(', '.join(columns))} as fact from {table}"
        for table, columns in found
    )
    return " union all ".join(parts) + " order by fact"


QUESTIONS = {
    "sqlite": _question("json_array({})"),
    "postgresql": _question("cast(json_build_array({}) as text)"),
}


async def books(db: AsyncConnection) -> Books:
    """All rows that matter, in no order but their own."""
    return tuple((await db.exec_driver_sql(QUESTIONS[db.dialect.name])).scalars())


@dataclass
class Walk:
    """`rounds` do what our loops would: each answers how much it did."""

    db: AsyncConnection
    scene: Scene
    judge: Callable[[], Awaitable[Any]]
    ends: set[Any] = field(default_factory=set)
    steps: int = 0
    _known: dict[tuple[frozenset[str], Books], int] = field(default_factory=dict)

    async def over(self, events: list[Object]) -> int:
        """How many orders were covered; what each ended in is in `ends`."""
        return await self._over({event["id"]: event for event in events})

    async def _over(self, left: dict[str, Object]) -> int:
        state = (frozenset(left), await books(self.db))
        if state not in self._known:
            self._known[state] = await self._each(left) if left else await self._end()
        return self._known[state]

    async def _each(self, left: dict[str, Object]) -> int:
        orders = 0
        for id, event in left.items():
            undo = await self.db.begin_nested()
            await self._step(event)
            orders += await self._over({k: v for k, v in left.items() if k != id})
            await undo.rollback()
        return orders

    async def _step(self, event: Object) -> None:
        """One event, delivered twice, applied to an old picture of Stripe's objects."""
        self.steps += 1
        world = self.scene.world
        now, world.objects = world.objects, world.views[event["id"]] if world.views else {}
        try:
            assert await self.scene.deliver(event)
            assert not await self.scene.deliver(event)
            await self.scene.work()
        finally:
            world.objects = now

    async def _end(self) -> int:
        """Let time pass over a copy of the world, then see what the books say."""
        world, kept = self.scene.world, copy.deepcopy(vars(self.scene.world))
        undo = await self.db.begin_nested()
        await quiet(self.scene)
        self.ends.add(await self.judge())
        await undo.rollback()
        vars(world).update(kept)
        return 1


async def quiet(scene: Scene) -> None:
    """Hours pass and our loops turn until none of them has anything to do for a day."""
    idle = 0
    for _ in range(ROUNDS_MAX):
        idle = 0 if await scene.work_all() else idle + 1
        if idle == 2:
            return
        scene.world.now += HOUR_S
    raise AssertionError("the books do not come to rest")
