"""A wallet that was frozen in the middle of a session: it pays no further minute."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import AccountFrozen
from ledger.freezing import freeze, thaw
from metering import MeterState, MeterStopped, arm, client_pays_tariff, load, observe, start
from tests.metering.books import BOB, SESSION, T0, at, begin, clean, escrow, fund, money, seconds


async def test_it_ends_as_when_money_runs_out(db: AsyncConnection) -> None:
    """100,00; минута прошла, кошелёк заморожен: вторая минута не началась."""
    await begin(db, 100_00)
    await observe(db, SESSION, seconds(0, 30), at(31))
    await freeze(db, BOB)
    events = await observe(db, SESSION, seconds(30, 120), at(121))
    assert events[-1] == MeterStopped(SESSION, "funds", 60, T0 + 60)
    assert await money(db) == (80_00, 0)
    assert await money(db, escrow()) == (20_00, 0)
    assert await clean(db)


async def test_it_cannot_begin(db: AsyncConnection) -> None:
    await fund(db, 100_00)
    await freeze(db, BOB)
    await arm(db, SESSION, BOB, escrow(), client_pays_tariff(), at(0))
    with pytest.raises(AccountFrozen):
        await start(db, SESSION, at(0))
    await thaw(db, BOB)
    assert (await start(db, SESSION, at(0))).state is MeterState.RUNNING
    assert (await load(db, SESSION)).state is MeterState.RUNNING
