"""Acts and statements for a period on their page: looked at, refused with words, issued once."""

import csv
import io
from typing import Any

import pytest
from lxml import etree

import reports
from reports.upd_rules import faults
from tests.web.asking import JSON, ask
from tests.web.serving import Served
from tests.web.test_exports import newest
from tests.web.test_result import end
from tests.web.test_wiring import live, see, turn
from web import period_page
from web.robot import Robot

HOME = "/documents/period"


async def test_an_act_and_a_statement(served: Served) -> None:
    """The client sees what was paid, issues it once, and anyone can verify the file."""
    async with live(served, "client-pays") as one:
        host, client = one.host, one.client
        see(served, one.number, 70)
        await turn(served)
        await end(served, one.number)
        page = await client.get(HOME)
        assert (page["kind"], page["preview"]["lines"]) == ("client", 1)
        assert page["kinds"] == ["client", "wallet", "partner"]
        total = page["preview"]["total"]["minor"]
        assert total == 4000
        facts = {"kind": "client", "name": "ООО «Ромашка»", "inn": "7707083893", "kpp": "773601001"}
        made = await client.post(HOME, **facts)
        again = await client.post(HOME, **facts)
        assert made["issued"] == again["issued"] == "U-2026-000001"
        wallet = await client.post(HOME, kind="wallet", language="en", name="Client")
        assert wallet["issued"] == "L-2026-000001"
        await settlements(served, client, host)
        listed = await client.get("/documents")
        kinds = {one["kind"]: one["amount"]["minor"] for one in listed["papers"]}
        assert kinds["period-act"] == total
        assert listed["total"]["minor"] == kinds["act"]
        pdf = await client.fetch("/documents/U-2026-000001.pdf")
        assert pdf.startswith(b"%PDF")
        other = await ask(served, "GET", "/documents/U-2026-000001.pdf", host.token)
        assert other.status == 404
        await transfer_document(served, client.token, host.token)


async def settlements(served: Served, client: Robot, host: Robot) -> None:
    """The client reconciles the wallet, the consultant gets the agent's report: each an own one."""

    async def asked(path: str, who: Robot) -> Any:
        return (await ask(served, "GET", path, who.token, headers=JSON)).value

    sums = (await asked(f"{HOME}?kind=partner", client))["preview"]
    opening, came, went = (sums[name]["minor"] for name in ("opening", "refunded", "charged"))
    assert sums["total"]["minor"] == opening + came - went
    made = await client.post(HOME, kind="partner", name="ООО «Ромашка»", inn="7707083893")
    assert made["issued"] == "R-2026-000001"
    page = await asked(f"{HOME}?kind=principal", host)
    assert page["kinds"][-2:] == ["partner", "principal"]
    assert (page["preview"]["lines"], page["preview"]["sold"]["minor"]) == (1, 4000)
    made = await host.post(HOME, kind="principal", name="ИП Ахметова")
    assert made["issued"] == "G-2026-000001"
    listed = [await asked("/documents?kind=agent-report", who) for who in (host, client)]
    numbers = [[one["number"] for one in page["papers"]] for page in listed]
    assert numbers == [["G-2026-000001"], []]
    assert (await client.fetch("/documents/R-2026-000001.pdf")).startswith(b"%PDF")


async def register_of_sessions(accountant: Robot, number: str) -> None:
    """A session in the register, its money divided; only the office may ask for it."""
    made = await accountant.post("/exports", register="sessions", form="csv-ru")
    file = await newest(accountant)
    assert (file["id"], file["state"], file["rows"]) == (made["files"][0]["id"], "ready", 1)
    data = (await accountant.fetch(file["path"])).decode("utf-8-sig")
    row, total = csv.DictReader(io.StringIO(data, newline=""), delimiter=";")
    assert (row["Сеанс"], row["Начислено"], row["Ждёт решения"]) == (number, "20,00", "20,00")
    assert (total["Сеанс"], total["Итого"], total["Валюта"]) == ("Итого", "20,00", "RUB")


async def transfer_document(served: Served, client: str, host: str) -> None:
    """The form knows what the act says, names what is wrong, and gives a file that keeps rules."""
    path = "/documents/U-2026-000001/upd"
    page = await ask(served, "GET", path, client, headers=JSON)
    assert (page.value["number"], page.value["inn"]) == ("U-2026-000001-r1", "7707083893")
    typed = {"name": page.value["name"], "inn": "7707083894", "receiver": "ё"}
    wrong = await ask(served, "POST", path, client, headers=JSON, json=typed)
    assert (wrong.status, set(wrong.value["errors"])) == (422, {"inn", "receiver"})
    made = await ask(served, "POST", path, client, json={"name": "ООО «Ромашка»"})
    root = etree.fromstring(made.text.encode("cp1251"))
    name = f"{root.get('ИдФайл')}.xml"
    assert (made.status, faults(name, made.text.encode("cp1251"))) == (200, [])
    assert root.find(".//ВсегоОпл").get("СтТовУчНалВсего") == "40.00"
    for token, what in ((host, path), (client, path.replace("U-", "L-"))):
        assert (await ask(served, "GET", what, token)).status == 404


async def test_what_is_refused_in_words(served: Served) -> None:
    async with served.robot() as client:
        await client.enter("client")
        for query, words in (
            ("since=2026-10-02&until=2026-10-01", "раньше, чем начинается"),
            ("since=2020-01-01&until=2026-01-01", "длиннее года"),
            ("until=2999-01-01", "ещё не наступил"),
            ("since=завтра", "Напишите день"),
        ):
            told = await ask(served, "GET", f"{HOME}?{query}", client.token)
            assert (told.status, words in told.text) == (422, True), query
        empty = await ask(served, "GET", HOME, client.token)
        assert (empty.status, "ни один оплаченный сеанс" in empty.text) == (200, True)
        wrong = {"kind": "wallet", "name": "Я", "inn": "7707083894", "kpp": "1", "ogrn": "1"}
        wrong |= {"vat_id": "DE 136 695 978"}
        told = await ask(served, "POST", HOME, client.token, headers=JSON, json=wrong)
        assert told.status == 422
        assert set(told.value["errors"]) == {"inn", "kpp", "ogrn", "vat_id"}


async def test_the_accountant_chooses_whose(served: Served) -> None:
    async with live(served, "client-pays") as one, served.robot() as accountant:
        see(served, one.number, 30)
        await turn(served)
        await end(served, one.number)
        await accountant.enter("accountant")
        page = await accountant.get(HOME)
        assert (page["own"], page["kind"], len(page["buyers"])) == (False, "client", 1)
        assert page["others"][0]["name"]
        await register_of_sessions(accountant, one.number)
        path, token = f"{HOME}?kind=earnings&buyer=nobody", accountant.token
        stranger = (await ask(served, "GET", path, token, headers=JSON)).value
        assert stranger["buyer"] == stranger["buyers"][0]["value"]
        path = f"{HOME}?kind=consultant"
        nothing = (await ask(served, "GET", path, token, headers=JSON)).value
        assert (nothing["buyers"], nothing["preview"]) == ([], None)


async def test_a_curator_looks_and_is_not_offered_to_issue(served: Served) -> None:
    async with live(served, "client-pays") as one, served.robot() as curator:
        see(served, one.number, 30)
        await turn(served)
        await end(served, one.number)
        await curator.enter("curator")
        page = await ask(served, "GET", HOME, curator.token)
        assert (page.status, 'id="preview"' in page.text) == (200, True)
        assert f'method="post" action="{HOME}"' not in page.text
        told = await ask(served, "POST", HOME, curator.token, headers=JSON, json={"name": "Я"})
        assert told.status == 403


async def test_what_is_called_issued_stands_in_the_register(served: Served) -> None:
    """Адрес страницы пишет кто угодно: чужая бумага и просто слова не названы выданными."""
    async with live(served, "client-pays") as one:
        see(served, one.number, 70)
        await turn(served)
        await end(served, one.number)
        made = (await one.client.post(HOME, kind="client", name="ООО «Ромашка»"))["issued"]
        for reader, number, told in (
            (one.client, made, True),
            (one.host, made, False),
            (one.client, "U-2026-000009", False),
            (one.client, "позвоните +7 900", False),
        ):
            page = await ask(served, "GET", f"{HOME}?kind=client&issued={number}", reader.token)
            assert (page.status, "Выпущен и запечатан" in page.text) == (200, told), number


async def test_a_paper_is_read_together_once_to_be_issued(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ни один сеанс не читается дважды, пока держится запись; ошибку в ИНН видно и с просмотром."""
    looked = []
    preview = period_page.reports.preview_act

    async def heard(*facts: Any) -> Any:
        looked.append(facts)
        return await preview(*facts)

    async with live(served, "client-pays") as one:
        see(served, one.number, 70)
        await turn(served)
        await end(served, one.number)
        monkeypatch.setattr(period_page.reports, "preview_act", heard)
        await one.client.post(HOME, kind="client", name="ООО «Ромашка»")
        assert looked == []
        never = {"kind": "client", "name": "Я", "since": "2020-01-01", "until": "2020-01-31"}
        told = await ask(served, "POST", HOME, one.client.token, headers=JSON, json=never)
        assert (told.status, told.value["issued"], told.value["preview"]) == (422, "", None)
        wrong = {"kind": "client", "name": "Я", "inn": "7707083894"}
        told = await ask(served, "POST", HOME, one.client.token, headers=JSON, json=wrong)
        assert (told.status, set(told.value["errors"])) == (422, {"inn"})
        assert (told.value["preview"]["lines"], len(looked)) == (1, 1)


async def test_the_accountant_finds_a_name_among_too_many(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        reports.Pair("client", (f"c{n}", f"ООО «Ромашка {n}»"), ("h1", "Анна")) for n in range(9)
    ]

    async def pairs_in(*_: object) -> list[reports.Pair]:
        return found

    monkeypatch.setattr(reports, "pairs_in", pairs_in)
    monkeypatch.setattr(reports, "PAIRS_MAX", 9)
    monkeypatch.setattr(period_page, "CHOICES_MAX", 4)
    async with served.robot() as accountant:
        await accountant.enter("accountant")

        async def asked(query: str) -> tuple[Any, str]:
            path = f"{HOME}?{query}"
            value = (await ask(served, "GET", path, accountant.token, headers=JSON)).value
            return value, (await ask(served, "GET", path, accountant.token)).text

        page, text = await asked("buyer=c7")
        assert [one["value"] for one in page["buyers"]] == ["c0", "c1", "c2", "c3", "c7"]
        assert (page["buyer"], page["found"], page["crowded"]) == ("c7", 9, True)
        assert "Показано имён: 5 из 9" in text
        assert "Выберите меньше дней" in text
        page, text = await asked("find=РОМАШКА 8")
        assert ([one["value"] for one in page["buyers"]], page["buyer"]) == (["c8"], "c8")
        assert "Показано имён" not in text
        page, text = await asked("find=нет такого")
        assert (page["buyers"], page["preview"]) == ([], None)
        assert "Ни у кого с таким именем" in text
