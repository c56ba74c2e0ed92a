"""Payment news over HTTP: signed or refused, booked once however often it comes."""

import asyncio
from typing import Any

import pytest

import ledger
from ledger import Account, AccountKind, Money, PaymentState
from tests.web.serving import Served
from web.keys import GATEWAY, LOOP
from web.robot import Robot, come_true


async def begun(served: Served, robot: Robot) -> Any:
    await robot.enter("client")
    return await robot.post("/wallet/top-up", amount="1000")


async def sent(served: Served, body: bytes, headers: dict[str, str]) -> int:
    url = "/hooks/demo-bank"
    async with served.browser() as bank, bank.post(url, data=body, headers=headers) as answer:
        return answer.status


def event(served: Served, top_up: Any) -> tuple[bytes, dict[str, str]]:
    gateway: Any = served.app[GATEWAY]
    amount = Money(top_up["amount"]["minor"])
    body, headers = gateway.event(top_up["ref"], amount, PaymentState.PAID, served.clock())
    return body, headers


async def test_a_payment_is_credited_once_however_often_it_is_told(served_both: Served) -> None:
    """5 000,00 + 1 000,00 = 6 000,00, сообщено двадцать раз одновременно."""
    served = served_both
    async with served.robot() as robot:
        body, headers = event(served, await begun(served, robot))
        told = await asyncio.gather(*(sent(served, body, headers) for _ in range(20)))
        assert set(told) == {204}
        await until(robot, 600_000)
    async with served.database.reading() as db:
        cash = await ledger.balance(db, Account(AccountKind.CASH, "demo"))
        assert cash.posted.minor == -700_000  # demo accounts 6 000,00 and this payment
        assert await ledger.check(db) == []


async def until(robot: Robot, minor: int) -> None:
    """The worker has credited what the webhook stored."""
    for _ in range(250):
        if (await robot.get("/wallet"))["balance"]["minor"] == minor:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it was not credited")


@pytest.mark.parametrize("change", ["body", "signature", "late", "none"])
async def test_a_forged_or_old_event_is_refused_and_moves_nothing(
    served: Served, change: str
) -> None:
    async with served.robot() as robot:
        body, headers = event(served, await begun(served, robot))
        if change == "body":
            body = body.replace(b"100000", b"900000")
        if change == "signature":
            headers = {name: value[:-1] + "x" for name, value in headers.items()}
            headers["Content-Type"] = "application/json"
        if change == "late":
            served.clock.pass_s(301)
        if change == "none":
            headers = {"Content-Type": "application/json"}
        assert await sent(served, body, headers) == 400
        assert (await robot.get("/wallet"))["balance"]["minor"] == 500_000


async def test_a_busy_database_lets_the_bank_send_again(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was stored, so nothing is acknowledged; sent again, it is."""
    monkeypatch.setattr("web.handlers.stripe_hook.ANSWER_S_MAX", 0.05)
    async with served.robot() as robot:
        body, headers = event(served, await begun(served, robot))
        async with served.database.transaction():
            assert await sent(served, body, headers) == 503
        monkeypatch.undo()
        assert await sent(served, body, headers) == 204
        await until(robot, 600_000)


async def test_more_than_a_bank_sends_is_refused(served: Served) -> None:
    assert await sent(served, b"x" * 300_000, {"Content-Type": "application/json"}) == 413


async def test_machines_that_watch_get_plain_answers(served: Served) -> None:
    await come_true(lambda: served.app[LOOP].lease is not None, 10)
    async with served.browser() as machine:
        async with machine.get("/healthz") as answer:
            assert await answer.json() == {"alive": True}
        async with machine.get("/readyz") as answer:
            assert await answer.json() == {"ready": True, "database": True, "meters": True}
            assert not answer.cookies
        async with machine.get("/metrics") as answer:
            assert "minuta_requests_total" in await answer.text()
