"""The bank rail on its pages: an invoice, a statement looked at and booked, four eyes, orders."""

from io import BytesIO
from typing import Any

import aiohttp
import pytest

from broker import parties
from ledger.bank.statements import Line
from ledger.control import SYSTEM, declare_residence
from tests.ledger.bank.writing import BANKS_FEES, NORTH, VECTOR, Bank
from tests.web.asking import ask
from tests.web.serving import START, Served
from web.payee import EXAMPLE
from web.robot import Refused, Robot

TODAY = START.date()
ANNA = {"amount": "1500", "name": "ООО «Вектор»", "inn": VECTOR.inn, "kpp": VECTOR.kpp}


async def resident(robot: Robot) -> None:
    await robot.post("/profile/residence", country="RU")


async def billed(robot: Robot, key: str = "k1", **instead: str) -> Any:
    return await robot.post("/wallet/invoice", **(ANNA | {"key": key} | instead))


def statement(*lines: Line, opening: int = 0, **instead: str) -> bytes:
    return Bank(lines, opening, account=EXAMPLE.requisites.account).one_c(**instead)


def came(rubles: int, purpose: str, number: str = "17", who: Any = VECTOR) -> Line:
    return Line(TODAY, rubles * 100, number, who, purpose, TODAY)


async def sent(served: Served, robot: Robot, data: bytes, name: str = "kl_to_1c.txt") -> Any:
    """What the look at a file says, and its status."""
    form = aiohttp.FormData()
    form.add_field("file", BytesIO(data), filename=name)
    told = await ask(
        served,
        "POST",
        "/bank/import",
        robot.token,
        data=form,
        headers={"Accept": "application/json"},
    )
    return told.status, told.value


async def wallet(robot: Robot) -> int:
    return int((await robot.get("/wallet"))["balance"]["minor"])


async def test_from_the_invoice_to_the_wallet(served_both: Served) -> None:
    """Анна: счёт на 1 500,00 → выписка → 1 500,00 на балансе; ещё раз — ничего."""
    served = served_both
    async with served.robot() as client, served.robot() as olga:
        await client.enter("client")
        await olga.enter("accountant")
        await resident(client)
        made = await billed(client)
        assert made["number"] == "B-2026-000001"
        assert made["payment_text"].startswith("ST00012|Name=ООО «Минута»|PersonalAcc=4070281")
        assert f"|Sum=150000|Purpose={made['purpose']}|" in made["payment_text"]
        assert (await billed(client))["number"] == made["number"], "the form was sent twice"
        before = await wallet(client)
        data = statement(came(1500, made["purpose"]), opening=500_000)
        status, seen = await sent(served, olga, data)
        assert (status, seen["fresh"], seen["questions"]) == (200, 1, 0)
        assert seen["sections"][0]["begins"]
        assert seen["sections"][0]["lines"][0]["rule"] == "exact"
        assert await wallet(client) == before, "a look books nothing"
        for again in (False, True):
            booked = await olga.post(f"/bank/import/{seen['sha256']}")
            assert booked["again"] is again
        assert await wallet(client) == before + 150_000
        assert (await client.get("/wallet/invoice/B-2026-000001"))["state"] == "paid"
        [account] = (await olga.get("/bank"))["accounts"]
        assert account["told"]["minor"] == account["books"]["minor"] == 650_000
        assert account["difference"]["minor"] == 0
        lines = await olga.get(f"/bank/accounts/{account['number']}")
        assert [one["invoice"] for one in lines["lines"]] == ["B-2026-000001"]


async def test_four_eyes(served: Served) -> None:
    """Ольга предлагает, Ольга подтвердить не может, Пётр подтверждает."""
    async with served.robot() as client, served.robot() as olga, served.robot() as petr:
        for robot, role in ((client, "client"), (olga, "accountant"), (petr, "curator")):
            await robot.enter(role)
        before = await wallet(client)
        _, seen = await sent(served, olga, statement(came(700, "Оплата", who=NORTH)))
        await olga.post(f"/bank/import/{seen['sha256']}")
        [asked] = (await olga.get("/bank/questions"))["questions"]
        path = f"/bank/questions/{asked['line']['id']}"
        for whose in ("nobody@demo.minuta.example", "B-2026-000777", "", "не почта"):
            with pytest.raises(Refused, match="422"):
                await olga.post(f"{path}/proposal", kind="wallet", whose=whose, why="x")
        with pytest.raises(Refused, match="422"):
            await olga.post(f"{path}/proposal", kind="own", why=" ")
        whose = "anna@demo.minuta.example"
        await olga.post(f"{path}/proposal", kind="wallet", whose=whose, why="письмо")
        assert (await olga.get("/bank/questions"))["questions"][0]["mine"]
        with pytest.raises(Refused, match="403"):
            await olga.post(f"{path}/decision", decision="confirm")
        with pytest.raises(Refused, match="422"):
            await petr.post(f"{path}/decision", decision="decline", why="")
        assert await wallet(client) == before
        await petr.post(f"{path}/decision", decision="confirm")
        assert await wallet(client) == before + 70_000
        assert (await petr.get("/bank/questions"))["questions"] == []
        with pytest.raises(Refused, match="409"):
            await petr.post(f"{path}/decision", decision="confirm")


HOSTILE = (
    (b"<!DOCTYPE x []><Document/>", "doctype", "DOCTYPE"),
    (b"x" * (11 * 1024 * 1024), "too_large", ""),
    (statement(came(1, "x"))[:-30], "truncated", ""),
    (statement(came(1, "x")).replace(b"\r\n\xd1", b"\r\nC"), "look_alikes", "двух алфавитов"),
    (Bank([came(1, "x")]).one_c(), "unknown_account", ""),
)


async def test_hostile_files_are_refused_with_the_reason(served: Served) -> None:
    async with served.robot() as olga:
        await olga.enter("accountant")
        for data, code, words in HOSTILE:
            status, value = await sent(served, olga, data)
            assert (status, value["code"], value["sections"]) == (422, code, [])
            if code not in ("doctype", "look_alikes"):
                continue
            form = aiohttp.FormData()
            form.add_field("file", BytesIO(data), filename="kl.txt")
            page = await ask(served, "POST", "/bank/import", olga.token, data=form)
            assert page.status == 422
            assert words in page.text
        assert (await olga.get("/bank"))["statements"] == []


async def test_wrong_requisites_come_back(served: Served) -> None:
    async with served.robot() as client:
        await client.enter("client")
        await resident(client)
        for wrong in (
            {"inn": "7805123457"},
            {"inn": "12"},
            {"kpp": "1"},
            {"name": ""},
            {"amount": "99"},
            {"amount": "сто"},
        ):
            with pytest.raises(Refused, match="422"):
                await billed(client, **wrong)
        assert (await client.get("/wallet/invoice"))["rows"] == []


async def test_whose_the_pages_are(served: Served) -> None:
    """Чужого счёта нет; банк видят бухгалтер и куратор."""
    async with served.robot() as client, served.robot() as other, served.robot() as olga:
        await client.enter("client")
        await other.enter("consultant")
        await olga.enter("accountant")
        await resident(client)
        number = (await billed(client))["number"]
        path = f"/wallet/invoice/{number}"
        assert (await olga.get(path))["number"] == number
        for robot in (other, olga):
            with pytest.raises(Refused, match="404"):
                await robot.post(f"{path}/cancellation")
        with pytest.raises(Refused, match="404"):
            await other.get(path)
        for robot in (client, other):
            for closed in ("/bank", "/bank/import", "/bank/questions", "/bank/accounts/1"):
                with pytest.raises(Refused, match="403"):
                    await robot.get(closed)
        assert (await client.post(f"{path}/cancellation"))["state"] == "cancelled"


async def test_the_rail_is_for_those_who_live_in_russia(served: Served) -> None:
    async with served.robot() as client:
        await client.enter("client")
        for country, closed in (("", "no_residence"), ("DE", "wrong_rail"), ("RU", "")):
            async with served.database.transaction() as db:
                anna = await parties.by_email(db, "anna@demo.minuta.example")
                assert anna
                await db.exec_driver_sql("delete from ledger_control_residence")
                if country:
                    await declare_residence(db, anna.id, country, SYSTEM, START)
            assert (await client.get("/wallet/invoice"))["closed"] == closed
            if closed:
                with pytest.raises(Refused):
                    await billed(client)
        assert (await billed(client))["state"] == "open"


async def test_every_page_in_both_languages(served: Served) -> None:
    async with served.robot() as client, served.robot() as olga:
        await client.enter("client")
        await olga.enter("accountant")
        await resident(client)
        await billed(client)
        fee = Line(TODAY, -2900, "3", BANKS_FEES, "Комиссия", TODAY)
        out = Line(TODAY, -100, "4", NORTH, "Аренда", TODAY)
        data = statement(came(500, "В-2026-1"), came(7, "?", "9", NORTH), fee, out, opening=9_900)
        _, seen = await sent(served, olga, data)
        await olga.post(f"/bank/import/{seen['sha256']}")
        await olga.post("/bank/orders")  # nobody waits for a payout, so no file is made
        found = await olga.get("/bank")
        assert (found["due"], found["order_files"]) == (0, [])
        with pytest.raises(Refused, match="404"):
            await olga.get("/bank/orders/2026-000001.txt")
        account = EXAMPLE.requisites.account
        for language, word in (("ru", "Банк"), ("en", "Bank")):
            for path in ("/bank", "/bank/import", "/bank/questions", f"/bank/accounts/{account}"):
                page = await ask(served, "GET", path, olga.token, language)
                assert page.status == 200
                assert word or page.text
            for path in ("/wallet/invoice", "/wallet/invoice/B-2026-000001"):
                page = await ask(served, "GET", path, client.token, language)
                assert page.status == 200
                assert "B-2026-000001" in page.text
