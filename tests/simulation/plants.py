"""Faults planted into the product for the length of a test: each is one line that somebody could
forget. The book must find every one of them; else its silence about the product says nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Draft
from metering import bulk, charging, keeper, meter, store, store_bulk, verbs
from metering.around import Around
from metering.meter import Meter
from metering.runs import Run, within

Plant = Callable[[pytest.MonkeyPatch], None]


def charge_without_fence(patch: pytest.MonkeyPatch) -> None:
    """Neither a shard's epoch nor a meter's version is asked for: whoever slept writes on."""

    async def stand_still(
        _: AsyncConnection, meters: Sequence[Meter], epochs: Any
    ) -> tuple[set[int], set[str]]:
        return set(epochs), {one.session for one in meters}

    save = store.save_meters

    async def save_meters(
        db: AsyncConnection, meters: Sequence[Meter], at: Any, _: Any = None
    ) -> None:
        found = await store.versions(db, [one.session for one in meters], lock=False)
        known = [with_fields(one, version=found[one.session]) for one in meters]
        await save(db, known, at, None)

    patch.setattr(store_bulk, "stand_still", stand_still)
    patch.setattr(keeper.leases, "STOP_AFTER_S", 1 << 40)
    patch.setattr(store, "save_meters", save_meters)


def with_fields(one: Meter, **fields: Any) -> Meter:
    """A copy, whatever a meter is made of."""
    return one._replace(**fields) if hasattr(one, "_replace") else replace(one, **fields)


def forget_the_key(patch: pytest.MonkeyPatch) -> None:
    """A charge's journal is not known by its session and number, but by when it was asked for."""
    number, draft_of = count(), bulk.minute_draft

    def minute_draft(*facts: Any) -> Draft:
        return replace(draft_of(*facts), key=f"minute {next(number)}")

    patch.setattr(bulk, "minute_draft", minute_draft)
    patch.setattr(charging, "minute_draft", minute_draft)


def count_a_second_twice(patch: pytest.MonkeyPatch) -> None:
    """A second that comes again is counted again if it was the last."""

    def that_count(one: Meter, runs: Iterable[Run]) -> list[Run]:
        first = 0 if one.last_second is None else one.last_second
        fresh = within(runs, first, None)
        return [part for window in one.windows for part in within(fresh, *window)]

    patch.setattr(meter, "_that_count", that_count)


def keep_the_hold(patch: pytest.MonkeyPatch) -> None:
    """What was held for the next increment is not given back at the end."""

    async def nothing(*_: Any, **__: Any) -> None:
        pass

    patch.setattr(verbs, "void_parts", nothing)
    patch.setattr(charging, "void_parts", nothing)


def charge_at_now_plus_an_increment(patch: pytest.MonkeyPatch) -> None:
    """The next increment is due so long after the first second by the wall, gaps and all."""
    charge_due = meter._charge_due

    def by_the_wall(one: Meter, second: int) -> Any:
        if one.first_second is None:
            return charge_due(one, second)
        elapsed_s = second - one.first_second
        return charge_due(with_fields(one, clock_s=max(one.clock_s, elapsed_s)), second)

    patch.setattr(meter, "_charge_due", by_the_wall)


def forget_the_cap(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks whether the payer permits one more increment."""

    async def permitted(*_: Any) -> bool:
        return False

    patch.setattr(Around, "refuses", permitted)


def keep_the_seconds(patch: pytest.MonkeyPatch) -> None:
    """Seconds held for the next increment are not put back when the session ends."""

    async def forgotten(_db: Any, _shelf: Any, one: Meter) -> Meter:
        return with_fields(one, means=one.means.with_held(()))

    patch.setattr(verbs, "give_back", forgotten)
    patch.setattr(charging, "give_back", forgotten)


PLANTS: tuple[Plant, ...] = (
    charge_without_fence,
    forget_the_key,
    count_a_second_twice,
    keep_the_hold,
    charge_at_now_plus_an_increment,
    forget_the_cap,
    keep_the_seconds,
)
