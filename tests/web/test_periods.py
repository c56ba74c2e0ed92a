"""Acts and statements for a period on their page: looked at, refused with words, issued once."""

from typing import Any

import pytest

import reports
from tests.web.asking import JSON, ask
from tests.web.serving import Served
from tests.web.test_result import end
from tests.web.test_wiring import live, see, turn
from web import period_page

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
        assert page["kinds"] == ["client", "wallet"]
        total = page["preview"]["total"]["minor"]
        assert total == 4000
        facts = {"kind": "client", "name": "ООО «Ромашка»", "inn": "7707083893", "kpp": "773601001"}
        made = await client.post(HOME, **facts)
        again = await client.post(HOME, **facts)
        assert made["issued"] == again["issued"] == "U-2026-000001"
        wallet = await client.post(HOME, kind="wallet", language="en", name="Client")
        assert wallet["issued"] == "L-2026-000001"
        listed = await client.get("/documents")
        kinds = {one["kind"]: one["amount"]["minor"] for one in listed["papers"]}
        assert kinds["period-act"] == total
        assert listed["total"]["minor"] == kinds["act"]
        pdf = await client.fetch("/documents/U-2026-000001.pdf")
        assert pdf.startswith(b"%PDF")
        other = await ask(served, "GET", "/documents/U-2026-000001.pdf", host.token)
        assert other.status == 404


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
        told = await ask(served, "POST", HOME, client.token, headers=JSON, json=wrong)
        assert told.status == 422
        assert set(told.value["errors"]) == {"inn", "kpp", "ogrn"}


async def test_the_accountant_chooses_whose(served: Served) -> None:
    async with live(served, "client-pays") as one, served.robot() as accountant:
        see(served, one.number, 30)
        await turn(served)
        await end(served, one.number)
        await accountant.enter("accountant")
        page = await accountant.get(HOME)
        assert (page["own"], page["kind"], len(page["buyers"])) == (False, "client", 1)
        assert page["others"][0]["name"]
        path, token = f"{HOME}?kind=earnings&buyer=nobody", accountant.token
        stranger = (await ask(served, "GET", path, token, headers=JSON)).value
        assert stranger["buyer"] == stranger["buyers"][0]["value"]
        path = f"{HOME}?kind=consultant"
        nothing = (await ask(served, "GET", path, token, headers=JSON)).value
        assert (nothing["buyers"], nothing["preview"]) == ([], None)


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
