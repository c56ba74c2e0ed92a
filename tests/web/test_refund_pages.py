"""A client takes unspent money back, on the page and as a program."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Money, balance, cards
from ledger.control import SYSTEM, Actor, Switch, approve, turn, waiting_approvals
from tests.web.serving import Served
from web.robot import Refused, Robot

CURATOR = Actor("ivan", "curator")


async def paid_in(client: Robot, served: Served, amount: str = "1000", key: str = "k1") -> None:
    top_up = await client.post("/wallet/top-up", amount=amount, key=key)
    await client.post(str(top_up["url"]).removeprefix(served.base), decision="pay")


async def shown(client: Robot) -> Any:
    return await client.get("/wallet/refund")


async def until(client: Robot, state: str) -> Any:
    """The worker has carried the newest refund so far."""
    for _ in range(250):
        page = await shown(client)
        if page["rows"][0]["state"] == state:
            return page
        await asyncio.sleep(0.02)
    raise AssertionError(page["rows"])


async def test_money_goes_back_to_where_it_came_from(served_both: Served) -> None:
    """5 000,00 подарено, 1 000,00 внесено картой: вернуть можно 1 000,00; просит 400,00."""
    served = served_both
    async with served.robot() as client:
        await client.enter("client")
        assert (await shown(client))["most"]["minor"] == 0
        await paid_in(client, served)
        page = await shown(client)
        assert (page["balance"]["minor"], page["most"]["minor"]) == (600_000, 100_000)
        for _ in range(2):
            await client.post("/wallet/refund", amount="400", key="r1", why="I stop")
        page = await until(client, "done")
        assert (len(page["rows"]), page["rows"][0]["returned"]["minor"]) == (1, 40_000)
        assert (page["balance"]["minor"], page["most"]["minor"]) == (560_000, 60_000)
        line = (await client.get("/wallet"))["movements"][0]
        assert (line["kind"], line["amount"]["minor"]) == ("refund", -40_000)


@pytest.mark.parametrize(("amount", "says"), [("1000.01", "1"), ("сто", ""), ("", ""), ("-5", "")])
async def test_sums_that_cannot_go_back(served: Served, amount: str, says: str) -> None:
    async with served.robot() as client:
        await client.enter("client")
        await paid_in(client, served)
        with pytest.raises(Refused) as wrong:
            await client.post("/wallet/refund", amount=amount, key="r1")
        assert wrong.value.status == 422
        assert (await shown(client))["rows"] == []


async def test_a_large_sum_waits_for_a_second_person(served: Served) -> None:
    async with served.robot() as client:
        await client.enter("client")
        for n in range(5):
            await paid_in(client, served, "10000", f"k{n}")
        await client.post("/wallet/refund", amount="40000", key="r1")
        assert (await until(client, "waiting"))["most"]["minor"] == 1_500_000
        async with served.database.transaction() as db:
            (waiting,) = await waiting_approvals(db)
            await approve(db, waiting.id, CURATOR, served.clock())
        assert (await until(client, "done"))["rows"][0]["parts"] == 4


async def freeze(db: AsyncConnection, party: str, served: Served) -> None:
    await cards.freeze_wallet(db, party, "RUB", "k1", "suspicion", SYSTEM, served.clock())


async def test_what_stands_in_the_way_is_said(served: Served) -> None:
    async with served.robot() as client, served.browser() as browser:
        await client.enter("client")
        await paid_in(client, served)
        headers = {"Authorization": f"Bearer {client.token}"}
        async with browser.get("/wallet/refund", headers=headers) as answer:
            assert "Вернуть деньги" in await answer.text()
        async with served.database.transaction() as db:
            await turn(db, Switch.REFUNDS, False, CURATOR, "a leak", served.clock())
        assert (await shown(client))["closed"] == "switched_off"
        with pytest.raises(Refused) as wrong:
            await client.post("/wallet/refund", amount="10", key="r1")
        assert wrong.value.status == 503
        async with served.database.transaction() as db:
            await turn(db, Switch.REFUNDS, True, CURATOR, "mended", served.clock())
            found = await db.exec_driver_sql("select party from ledger_top_up")
            await freeze(db, found.scalar_one(), served)
        assert (await shown(client))["closed"] == "frozen"
        with pytest.raises(Refused) as wrong:
            await client.post("/wallet/refund", amount="10", key="r1")
        assert (wrong.value.status, wrong.value.code) == (409, "wallet_frozen")
        async with browser.get("/wallet/refund", headers=headers) as answer:
            assert "Баланс остановлен" in await answer.text()
    async with served.database.reading() as db:
        assert (await balance(db, Account(AccountKind.CASH, "demo"))).posted == Money(-700_000)


async def test_nobody_sees_anothers_refunds(served: Served) -> None:
    async with served.robot() as client, served.robot() as other:
        await client.enter("client")
        await other.enter("consultant")
        await paid_in(client, served)
        await client.post("/wallet/refund", amount="400", key="r1")
        assert (await shown(other))["rows"] == []
    async with served.robot() as stranger:
        with pytest.raises(Refused) as wrong:
            await stranger.get("/wallet/refund")
        assert wrong.value.status == 401
