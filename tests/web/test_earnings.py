"""The page of payouts over HTTP: who sees it, what is asked, what leaves by the demo bank."""

from datetime import timedelta

import pytest

from broker import parties
from ledger import Account, AccountKind, Draft, Leg, post_many
from ledger.control import Actor, Switch, turn
from ledger.payouts import keep_reserves, set_weekly
from tests.web.asking import ask
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


async def earned(
    served: Served, minor: int = 1_000_000, days: int = 20, currency: str = "RUB"
) -> None:
    """Иван заработал столько-то дней назад; резерв взят, по неделям сам ничего не получает."""
    at = START - timedelta(days=days)
    async with served.database.transaction() as db:
        ivan = await parties.by_email(db, "ivan@demo.minuta.example")
        assert ivan is not None
        legs = (
            Leg(Account(AccountKind.CASH, "demo", currency), -minor),
            Leg(Account(AccountKind.EARNINGS, ivan.id, currency), minor),
        )
        await post_many(
            db, [Draft("settle", f"S-{days}{currency}", "settlement", legs, f"S-{days}")], at
        )
        await keep_reserves(db, at)
        await set_weekly(db, ivan.id, False, Actor(ivan.id, "self"), at)


async def sums(consultant: Robot) -> tuple[int, int, int, int]:
    """Pending, cleared, kept back, on the way."""
    [pot] = (await consultant.get("/earnings"))["pots"]
    names = ("pending", "cleared", "reserved", "on_the_way")
    return tuple(pot[name]["minor"] for name in names)  # type: ignore[return-value]


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
        for deed in (
            client.get("/earnings"),
            client.post("/earnings/account"),
            client.post(f"/earnings/payouts/{row['id']}/cancellation"),
        ):
            with pytest.raises(Refused) as wrong:
                await deed
            assert wrong.value.status == 403


async def test_each_currency_has_its_own_sums(served: Served) -> None:
    """10 000,00 ₽ и 400,00 €: два кошелька, выплата в евро не трогает рублей; предел в евро."""
    async with served.robot() as consultant, served.robot() as curator:
        await consultant.enter("consultant")
        await curator.enter("curator")
        await earned(served)
        await earned(served, 40_000, currency="EUR")
        await consultant.post("/earnings/account")
        page = await consultant.get("/earnings")
        assert [pot["cleared"] for pot in page["pots"]] == [
            {"minor": 950_000, "currency": "RUB"},
            {"minor": 38_000, "currency": "EUR"},
        ]
        await consultant.post("/earnings/payouts", amount="50", currency="EUR", key="k1")
        page = await consultant.get("/earnings")
        assert [pot["cleared"]["minor"] for pot in page["pots"]] == [950_000, 33_000]
        assert page["pay_outs"][0]["amount"] == {"minor": 5_000, "currency": "EUR"}
        with pytest.raises(Refused) as wrong:
            await consultant.post("/earnings/payouts", amount="50", currency="XXX", key="k2")
        assert wrong.value.status == 422
        shown = await ask(served, "GET", "/earnings", consultant.token)
        assert "380,00\xa0€" not in shown.text
        assert "330,00\xa0€" in shown.text
        limit = {"amount": "40", "currency": "EUR", "why": "осторожно"}
        await curator.post("/control/limits/payout.most", **limit)
        limits = {
            (one["amount"]["currency"], one["amount"]["minor"])
            for one in (await curator.get("/control"))["limits"]
            if one["what"] == "payout.most"
        }
        assert limits == {("RUB", 50_000_000), ("EUR", 4_000)}
        assert "Новый предел, €" in (await ask(served, "GET", "/control", curator.token)).text


async def test_a_new_place_wants_a_code_from_an_old_login(served: Served) -> None:
    """Вошёл давно: код на почту; чужой код и повтор не годятся, верный годится один раз."""
    async with served.robot() as consultant:
        await consultant.enter("consultant")
        await earned(served)
        served.clock.pass_s(301)
        with pytest.raises(Refused) as asked:
            await consultant.post("/earnings/bank", **PLACE)
        assert (asked.value.status, asked.value.code) == (403, "confirmation_needed")
        with pytest.raises(Refused) as asked:
            await consultant.post("/earnings/bank", **PLACE, code="000")
        assert asked.value.code == "confirmation_needed"
        assert (await consultant.get("/earnings"))["payee"] is None
        letter = (await consultant.get("/mailbox"))["letters"][0]
        assert "счёт для выплат" in letter["text"]
        code = letter["subject"].rpartition(" ")[2]
        await consultant.post("/earnings/bank", **PLACE, code=code)
        assert (await consultant.get("/earnings"))["payee"]["hint"] == "…0001"
        again = PLACE | {"account": "40702810538000000003"}
        shown = await ask(served, "POST", "/earnings/bank", consultant.token, data=again)
        assert shown.status in (403, 422)
        with pytest.raises(Refused):
            await consultant.post("/earnings/account", code=code)
        page = await ask(served, "POST", "/earnings/account", consultant.token, data={})
        assert (page.status, "Код из письма" in page.text) == (403, True)
