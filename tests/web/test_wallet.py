"""Money comes in by the demo bank: paid once, refused, cancelled; nobody sees another's payment."""

from collections.abc import Sequence

import pytest

from ledger import Checkout
from ledger.errors import GatewayRefused, GatewayUnreachable
from ledger.gateway import CheckoutRequest
from tests.web.serving import Served
from web.keys import GATEWAY
from web.robot import Refused, Robot


async def begin(served: Served, payer: Robot, amount: str = "500", key: str = "k1") -> str:
    """The path of the bank's page."""
    top_up = await payer.post("/wallet/top-up", amount=amount, key=key)
    return str(top_up["url"]).removeprefix(served.base)


async def minor(payer: Robot) -> int:
    return int((await payer.get("/wallet"))["balance"]["minor"])


async def test_paid_top_up_is_credited_once(served_both: Served) -> None:
    """Анна 5000,00; пополнение 500,00 дважды нажато -> 5500,00."""
    async with served_both.robot() as client:
        await client.enter("client")
        bank = await begin(served_both, client)
        assert await minor(client) == 500_000
        assert (await client.get(bank))["amount"]["minor"] == 50_000
        for _ in range(2):
            paid = await client.post(bank, decision="pay")
            assert paid["state"] == "paid"
        assert await minor(client) == 550_000
        line = (await client.get("/wallet"))["movements"][0]
        assert (line["kind"], line["amount"]["minor"]) == ("top_up", 50_000)
        assert line["balance_after"]["minor"] == 550_000


async def test_the_same_form_sent_twice_is_one_payment(served: Served) -> None:
    async with served.robot() as client:
        await client.enter("client")
        assert await begin(served, client) == await begin(served, client)
        assert await begin(served, client) != await begin(served, client, key="k2")


@pytest.mark.parametrize(("decision", "state"), [("refuse", "refused"), ("cancel", "cancelled")])
async def test_what_the_bank_refuses_is_not_charged(
    served: Served, decision: str, state: str
) -> None:
    async with served.robot() as client, served.browser() as browser:
        await client.enter("client")
        bank = await begin(served, client)
        await client.post(bank, decision=decision)
        shown = await client.get(bank.replace("/demo-bank/", "/wallet/top-up/"))
        assert shown["state"] == state
        assert await minor(client) == 500_000
        headers = {"Authorization": f"Bearer {client.token}"}
        path = bank.replace("/demo-bank/", "/wallet/top-up/")
        async with browser.get(path, headers=headers) as answer:
            assert "Деньги не списаны" in await answer.text()


async def test_a_payment_under_way_is_pending_and_comes_later(served: Served) -> None:
    async with served.robot() as client:
        await client.enter("client")
        bank = await begin(served, client)
        path = bank.replace("/demo-bank/", "/wallet/top-up/")
        assert (await client.get(path))["state"] == "pending"
        await client.post(bank, decision="pay")
        shown = await client.get(path)
        assert (shown["state"], shown["balance"]["minor"]) == ("paid", 550_000)


async def test_another_partys_payment_does_not_exist(served: Served) -> None:
    async with served.robot() as client, served.robot() as other:
        await client.enter("client")
        await other.enter("consultant")
        bank = await begin(served, client)
        path = bank.replace("/demo-bank/", "/wallet/top-up/")
        for ask in (other.get(bank), other.get(path), other.post(bank, decision="pay")):
            with pytest.raises(Refused) as wrong:
                await ask
            assert wrong.value.status == 404
        assert await minor(client) == 500_000


@pytest.mark.parametrize("amount", ["", "99", "сто", "-500", "1e6", "2000000"])
async def test_sums_that_are_none_come_back(served: Served, amount: str) -> None:
    async with served.robot() as client:
        await client.enter("client")
        with pytest.raises(Refused) as wrong:
            await client.post("/wallet/top-up", amount=amount, key="k")
        assert wrong.value.status == 422


async def test_the_way_back_is_only_to_ourselves(served: Served) -> None:
    async with served.robot() as client, served.browser() as browser:
        await client.enter("client")
        headers = {"Authorization": f"Bearer {client.token}", "Accept": "application/json"}
        for back, kept in (("//evil.example", ""), ("https://evil.example", ""), ("/i/a", "/i/a")):
            asked = browser.get("/wallet/top-up", params={"back": back}, headers=headers)
            async with asked as answer:
                assert (await answer.json())["back"] == kept


class Bank:
    """Opens checkouts after so many troubles; notes the keys and whether a transaction waited."""

    def __init__(self, served: Served, *troubles: Exception) -> None:
        self.served, self.troubles = served, list(troubles)
        self.keys: list[str] = []
        served.app[GATEWAY].open_checkout = self.open_checkout  # type: ignore[method-assign]

    async def open_checkout(self, request: CheckoutRequest) -> Checkout:
        self.keys.append(request.idempotency_key)
        async with self.served.database.transaction():  # SQLite has one: nobody may hold it now
            pass
        if self.troubles:
            raise self.troubles.pop(0)
        return Checkout(request.top_up, f"{self.served.base}/demo-bank/{request.top_up}")


async def top_ups(served: Served) -> Sequence[str]:
    """Paths of the result pages of all top-ups ever planned."""
    async with served.database.reading() as db:
        found = await db.exec_driver_sql("select id from ledger_top_up")
        return [f"/wallet/top-up/{id}" for id in found.scalars()]


@pytest.mark.parametrize("trouble", [RuntimeError("killed"), GatewayUnreachable("silent")])
async def test_a_bank_that_was_not_reached_is_asked_again_under_the_same_key(
    served: Served, trouble: Exception
) -> None:
    """Сбой между записью и банком: строка осталась, страница спрашивает тем же ключом."""
    bank = Bank(served, trouble)
    async with served.robot() as client:
        await client.enter("client")
        if isinstance(trouble, RuntimeError):
            with pytest.raises(Refused, match="500"):
                await client.post("/wallet/top-up", amount="500", key="k")
        else:
            assert (await client.post("/wallet/top-up", amount="500", key="k"))["url"] == ""
        [path] = await top_ups(served)
        shown = await client.get(path)
        assert (shown["state"], len(bank.keys), len(set(bank.keys))) == ("pending", 2, 1)
        await client.post(shown["url"].removeprefix(served.base), decision="pay")
        assert await minor(client) == 550_000
        await client.get(path)
        assert len(bank.keys) == 2, "a bank that answered is not asked again"


async def test_a_bank_that_refuses_is_told(served: Served) -> None:
    Bank(served, GatewayRefused("amount_too_small"))
    async with served.robot() as client:
        await client.enter("client")
        refused = await client.post("/wallet/top-up", amount="500", key="k")
        assert (refused["state"], refused["refusal"]) == ("refused", "amount_too_small")
        assert await minor(client) == 500_000
