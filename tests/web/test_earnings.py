"""The page of payouts over HTTP: who sees it, what is asked, what leaves by the demo bank."""

from datetime import timedelta

import pytest

from broker import parties
from ledger import Account, AccountKind, Draft, Leg, post_many
from ledger.control import Actor, Switch, turn
from ledger.payouts import keep_reserves, set_weekly
from tests.web.serving import START, Served
from web.robot import Refused, Robot
from web.teller import one_round

CURATOR = Actor("petr", "curator")
PLACE = {
    "name": "ИП Кузнецов",
    "account": "40702810938000000001",
    "bik": "044525225",
    "inn": "500100732259",
}


async def earned(served: Served, minor: int = 1_000_000, days: int = 20) -> None:
    """Иван заработал столько-то дней назад; резерв взят, по неделям сам ничего не получает."""
    at = START - timedelta(days=days)
    async with served.database.transaction() as db:
        ivan = await parties.by_email(db, "ivan@demo.minuta.example")
        assert ivan is not None
        legs = (
            Leg(Account(AccountKind.CASH, "demo"), -minor),
            Leg(Account(AccountKind.EARNINGS, ivan.id), minor),
        )
        await post_many(db, [Draft("settle", f"S-{days}", "settlement", legs, f"S-{days}")], at)
        await keep_reserves(db, at)
        await set_weekly(db, ivan.id, False, Actor(ivan.id, "self"), at)


async def sums(consultant: Robot) -> tuple[int, int, int, int]:
    """Pending, cleared, kept back, on the way."""
    page = await consultant.get("/earnings")
    names = ("pending", "cleared", "reserved", "on_the_way")
    return tuple(page[name]["minor"] for name in names)  # type: ignore[return-value]


async def test_from_earnings_to_the_demo_bank(served_both: Served) -> None:
    """Вызрело 9 500,00; демо-счёт; запрос 6 000,00; дошло; письмо."""
    served = served_both
    async with served.robot() as consultant:
        await consultant.enter("consultant")
        await earned(served)
        assert await sums(consultant) == (0, 950_000, 50_000, 0)
        page = await consultant.get("/earnings")
        assert (page["closed"], page["payee"]) == ("no_payee", None)
        await consultant.post("/earnings/account")
        page = await consultant.get("/earnings")
        assert (page["closed"], page["payee"]["rail"]) == ("", "demo")
        for _ in range(2):  # the same form twice is one payout
            await consultant.post("/earnings/payouts", amount="6000", key="k1")
        await one_round(served.app)
        assert await sums(consultant) == (0, 350_000, 50_000, 0)
        [row] = (await consultant.get("/earnings"))["pay_outs"]
        assert (row["state"], row["amount"]["minor"]) == ("arrived", 600_000)
        letters = (await consultant.get("/mailbox"))["letters"]
        subjects = [letter["subject"] for letter in letters]
        assert "Выплата 6 000,00 ₽ отправлена" in subjects
        assert "Изменён счёт для выплат" in subjects


async def test_sums_that_cannot_be_asked_for(served: Served) -> None:
    async with served.robot() as consultant:
        await consultant.enter("consultant")
        await earned(served)
        await consultant.post("/earnings/account")
        for amount in ("", "abc", "99", "9500.01", "500001"):
            with pytest.raises(Refused) as wrong:
                await consultant.post("/earnings/payouts", amount=amount, key="k")
            assert wrong.value.status == 422, amount
        assert (await consultant.get("/earnings"))["pay_outs"] == []


async def test_a_bank_account_cools_off_and_waits(served: Served) -> None:
    """Сменил на счёт в банке: сутки ждём; запрошенное можно отменить."""
    async with served.robot() as consultant:
        await consultant.enter("consultant")
        await earned(served)
        with pytest.raises(Refused) as wrong:
            await consultant.post("/earnings/bank", **(PLACE | {"account": "4" * 20}))
        assert wrong.value.status == 422
        await consultant.post("/earnings/bank", **PLACE)
        page = await consultant.get("/earnings")
        assert (page["payee"]["rail"], page["payee"]["hint"]) == ("bank", "…0001")
        assert page["payee"]["since"] is not None
        await consultant.post("/earnings/payouts", amount="500", key="k1")
        await one_round(served.app)
        [row] = (await consultant.get("/earnings"))["pay_outs"]
        assert (row["state"], row["may_call_off"]) == ("ready", True)
        await consultant.post(f"/earnings/payouts/{row['id']}/cancellation")
        [row] = (await consultant.get("/earnings"))["pay_outs"]
        assert (row["state"], row["why"]) == ("refused", "called_off")
        assert (await sums(consultant))[1] == 950_000


async def test_once_a_week_by_itself_or_not(served: Served) -> None:
    async with served.robot() as consultant:
        await consultant.enter("consultant")
        await earned(served)
        await consultant.post("/earnings/weekly", weekly="no")
        await consultant.post("/earnings/account")
        await one_round(served.app)
        assert (await consultant.get("/earnings"))["pay_outs"] == []
        await consultant.post("/earnings/weekly", weekly="yes")
        served.clock.pass_s(7 * 86400)
        await one_round(served.app)
        await one_round(served.app)
        [row] = (await consultant.get("/earnings"))["pay_outs"]
        assert (row["state"], row["amount"]["minor"]) == ("arrived", 950_000)


async def test_a_closed_switch_is_told(served: Served) -> None:
    async with served.robot() as consultant:
        await consultant.enter("consultant")
        await earned(served)
        await consultant.post("/earnings/account")
        async with served.database.transaction() as db:
            await turn(db, Switch.PAYOUTS, False, CURATOR, "проверка", START)
        assert (await consultant.get("/earnings"))["closed"] == "switched_off"
        with pytest.raises(Refused) as wrong:
            await consultant.post("/earnings/payouts", amount="500", key="k")
        assert wrong.value.status == 503


async def test_only_for_consultants_and_only_ones_own(served: Served) -> None:
    async with served.robot() as consultant, served.robot() as client:
        await consultant.enter("consultant")
        await client.enter("client")
        await earned(served)
        await consultant.post("/earnings/account")
        await consultant.post("/earnings/payouts", amount="500", key="k1")
        [row] = (await consultant.get("/earnings"))["pay_outs"]
        for ask in (
            client.get("/earnings"),
            client.post("/earnings/account"),
            client.post(f"/earnings/payouts/{row['id']}/cancellation"),
        ):
            with pytest.raises(Refused) as wrong:
                await ask
            assert wrong.value.status == 403
