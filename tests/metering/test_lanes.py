"""Lanes of batches side by side: as many transactions at once, and the same books."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger import Account, AccountKind
from metering import arm, charges, client_pays_tariff, host_pays_tariff, loop, start
from metering.shards import shard_of
from tests.metering.books import COMMISSION, House, at, clean, escrow, fund, money

WALLETS = [Account(AccountKind.PREPAID, f"party-{n}") for n in range(24)]
OPENING = 100_00
MINUTES = 2


class Crowd(House):
    """Counts the transactions that are open at once."""

    inside = most = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        async with super().transaction() as db:
            self.inside += 1
            self.most = max(self.most, self.inside)
            try:
                yield db
            finally:
                self.inside -= 1


def session_of(number: int) -> str:
    return f"S-2026-{number:06}"


@pytest.fixture
async def crowd(fresh_engine: AsyncEngine) -> Crowd:
    """Two dozen wallets; every other session is paid by the host, to the one platform account."""
    crowd = Crowd(fresh_engine)
    async with crowd.transaction() as db:
        for number, wallet in enumerate(WALLETS):
            name = session_of(number)
            credit, tariff = escrow(name), client_pays_tariff()
            if number % 2:
                credit, tariff = COMMISSION, host_pays_tariff()
            await fund(db, OPENING, to=wallet)
            await arm(db, name, wallet, credit, tariff, at(-5))
            await start(db, name, at(0))
    return crowd


async def test_four_lanes_charge_what_one_would(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "LANES", ((1, 4), (0, 4)))
    assert {shard_of(wallet) % 4 for wallet in WALLETS} == {0, 1, 2, 3}
    of_one_writer = crowd.engine.dialect.name == "sqlite"
    metering = crowd.loop()
    metering.one_writer = of_one_writer
    names = [session_of(number) for number in range(len(WALLETS))]
    await crowd.run(metering, 60 * (MINUTES - 1) + 1, *names)
    assert crowd.most == (1 if of_one_writer else 4)
    async with crowd.transaction() as db:
        assert await clean(db)
        assert {len(await charges(db, name)) for name in names} == {MINUTES}
        for number, wallet in enumerate(WALLETS):
            paid = MINUTES * (1_00 if number % 2 else 20_00)
            assert (await money(db, wallet))[0] == OPENING - paid
        assert await money(db, COMMISSION) == (MINUTES * 1_00 * len(WALLETS) // 2, 0)


def test_few_meters_go_in_one_batch() -> None:
    """Batches are cut for as many lanes as pay; evidence alone asks for two at most."""
    assert [loop.lanes_for(due, 0) for due in (0, 99, 100, 1_999, 2_000, 100_000)] == [
        *(1, 1),
        *(2, 2),
        *(4, 4),
    ]
    assert [loop.lanes_for(0, grown) for grown in (99, 100, 100_000)] == [1, 2, 2]
    assert [loop.lanes_for(some, 100_000) for some in (1, 1_999, 2_000)] == [2, 2, 4]
