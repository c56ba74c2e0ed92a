"""Automatic top-ups over HTTP with the demo bank's four cards, and a session that goes on."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker import parties, sessions
from metering import FundsLow
from tests.web.serving import Served
from web.keys import CLOCK, DB, MONEY_DUE
from web.robot import Refused, Robot
from web.teller import one_round
from web.wiring import metered

TERMS = {"threshold": "6000", "amount": "500", "day_count": "3", "day_amount": "1500"}
HOME = "/wallet/auto-top-up"


async def agree(served: Served, payer: Robot, card: str, **changed: str) -> None:
    """Анна: 5 000,00 на балансе; порог выше, так что списание нужно сразу."""
    sent = await payer.post(HOME, key="k1", **(TERMS | changed))
    page = str(sent["location"]).removeprefix(served.base)
    assert page.startswith("/demo-bank/cards/")
    assert (await payer.get(page))["cards"] == ["pays", "asks", "empty", "stolen"]
    await payer.post(page, card=card)


async def minor(payer: Robot) -> int:
    return int((await payer.get("/wallet"))["balance"]["minor"])


async def states(payer: Robot) -> list[str]:
    return [run["state"] for run in (await payer.get(HOME))["runs"]][::-1]


async def test_from_consent_to_the_credit(served_both: Served) -> None:
    served = served_both
    async with served.robot() as client:
        await client.enter("client")
        assert (await client.get(HOME))["state"] == "off"
        await agree(served, client, "pays", threshold="9000")
        page = await client.get(HOME)
        assert (page["state"], page["card"]["last4"]) == ("on", "4242")
        for _ in range(4):  # the application's own rounds come in between
            await one_round(served.app)
        assert await states(client) == ["paid", "paid", "paid"], "the third ends the day"
        assert await minor(client) == 500_000 + 3 * 50_000
        subjects = [one["subject"] for one in (await client.get("/mailbox"))["letters"]]
        assert subjects.count("Баланс пополнен на 500,00 ₽") == 3
        assert "Дневной предел автопополнения" in subjects


async def test_the_bank_asks_the_owner(served: Served) -> None:
    async with served.robot() as client, served.robot() as other:
        await client.enter("client")
        await other.enter("consultant")
        await agree(served, client, "asks")
        await one_round(served.app)
        [run] = (await client.get(HOME))["runs"]
        assert run["state"] == "owner_needed"
        with pytest.raises(Refused) as wrong:
            await other.post(f"{HOME}/{run['id']}/confirmation")
        assert wrong.value.status == 404
        back = await client.post(f"{HOME}/{run['id']}/confirmation")
        await client.get(str(back["location"]).removeprefix(served.base))
        assert (await states(client))[0] == "paid"
        assert await minor(client) == 550_000


@pytest.mark.parametrize(
    ("card", "state", "on"), [("empty", "waiting", "on"), ("stolen", "refused", "off")]
)
async def test_cards_that_do_not_pay(served: Served, card: str, state: str, on: str) -> None:
    async with served.robot() as client:
        await client.enter("client")
        await agree(served, client, card)
        await one_round(served.app)
        assert await states(client) == [state]
        assert (await client.get(HOME))["state"] == on
        assert await minor(client) == 500_000


async def test_terms_that_make_no_sense(served: Served) -> None:
    wrong = ({"threshold": "x"}, {"amount": "99"}, {"day_amount": "499"}, {"day_count": "11"})
    async with served.robot() as client:
        await client.enter("client")
        for one in wrong:
            with pytest.raises(Refused) as refused:
                await client.post(HOME, **(TERMS | one))
            assert refused.value.status == 422, one
        assert (await client.get(HOME))["state"] == "off"


async def test_turned_off_and_forgotten(served: Served) -> None:
    async with served.robot() as client:
        await client.enter("client")
        await agree(served, client, "pays", threshold="100")
        await client.post(f"{HOME}/off")
        assert (await client.get(HOME))["state"] == "off"
        await client.post("/wallet/card/removal")
        page = await client.get(HOME)
        assert page["card"] is None
        with pytest.raises(Refused) as gone:
            await client.post("/wallet/card/removal")
        assert gone.value.status == 404


async def test_anothers_card_page_does_not_exist(served: Served) -> None:
    async with served.robot() as client, served.robot() as other:
        await client.enter("client")
        await other.enter("consultant")
        sent = await client.post(HOME, key="k1", **TERMS)
        page = str(sent["location"]).removeprefix(served.base)
        for ask in (other.get(page), other.post(page, card="pays")):
            with pytest.raises(Refused) as wrong:
                await ask
            assert wrong.value.status == 404
        with pytest.raises(Refused) as wrong:
            await client.post(page, card="gold")
        assert wrong.value.status == 422


async def test_a_session_that_runs_low_wakes_the_teller(served: Served) -> None:
    """Событие счётчика «денег мало»: кассир проснулся, карта списана, сеанс идёт дальше."""
    async with served.robot() as client:
        await client.enter("client")
        await agree(served, client, "pays")
        await one_round(served.app)
        metered(served.app, [FundsLow("S-2026-000001", 2)])
        for _ in range(100):
            if served.app[MONEY_DUE].is_set() or await minor(client) > 550_000:
                break
        assert await minor(client) >= 550_000


async def live_with_anna(db: AsyncConnection, served: Served, ago_s: int) -> tuple[str, int]:
    """Сеанс, который платит Анна: минута стоит 4 500,00 из её 5 000,00; второй не хватит."""
    at = served.app[CLOCK]() - timedelta(seconds=ago_s)
    host, anna = [
        await parties.by_email(db, f"{name}@demo.minuta.example") for name in ("ivan", "anna")
    ]
    assert host is not None
    assert anna is not None
    made, _ = await sessions.create(db, host.id, "Отчёт", "client-pays", 450_000, at, "t" * 32)
    await sessions.join(db, "t" * 32, anna, at)
    await sessions.enter(db, made.number, "host", at)
    await sessions.enter(db, made.number, "client", at)
    await sessions.press_start(db, made.number, "host", at)
    await sessions.press_start(db, made.number, "client", at)
    return made.number, int(at.timestamp()) + 1


async def witnessed(served: Served, number: str, begin: int, end: int) -> None:
    """Обе стороны видны в эти секунды; новости счётчика идут дальше, как из его цикла."""
    app = served.app
    async with app[DB].transaction() as db:
        events = await metering.observe(db, number, range(begin, end), app[CLOCK]())
        await sessions.record_events(db, events, app[CLOCK]())
    metered(app, events)


async def test_in_the_last_minute_the_saved_card_is_charged_and_the_session_goes_on(
    served: Served,
) -> None:
    app = served.app
    async with served.robot() as client:
        await client.enter("client")
        terms = {"threshold": "1000", "amount": "9000", "day_amount": "9000"}
        await agree(served, client, "pays", **terms)
        await one_round(app)
        assert await minor(client) == 500_000, "the wallet is not low yet"
        async with app[DB].transaction() as db:
            number, begin = await live_with_anna(db, served, 52)
            events = await metering.observe(db, number, range(begin, begin + 51), app[CLOCK]())
            await sessions.record_events(db, events, app[CLOCK]())
        assert (await client.get(f"/sessions/{number}"))["state"] == "final"
        metered(app, events)
        for _ in range(100):
            if await minor(client) > 500_000:
                break
            await one_round(app)
        assert await minor(client) == 500_000 - 450_000 + 900_000
        await witnessed(served, number, begin + 51, begin + 61)
        page = await client.get(f"/sessions/{number}")
        assert (page["state"], page["cost"]["minor"]) == ("live", 900_000)
        paid = [(one["n"], one["money"]["minor"], one["cause"]) for one in page["reasons"]]
        assert paid == [(1, 450_000, "rate"), (2, 450_000, "rate")]
        async with app[DB].reading() as db:
            kinds = [fact.kind for fact in await sessions.journal.facts(db, number)]
        assert kinds.index("funds_out") < kinds.index("funds_back")
