"""A consultant's own rate: looked at, published once, paid by the clients of later sessions."""

import pytest

from tests.web.asking import JSON, ask
from tests.web.serving import Served
from web.robot import Refused


async def test_a_rate_is_looked_at_published_and_paid_from_then_on(served_both: Served) -> None:
    """20.00 before, 25.00 after: the session made before keeps 20.00, and so does its page."""
    async with served_both.robot() as host, served_both.robot() as client:
        await host.enter("consultant")
        first = await host.post("/sessions", topic="До", plan="client-pays")
        page = await host.get("/rate")
        assert (page["rate"]["minor"], page["version"], page["history"]) == (20_00, 0, [])
        looked = await ask(served_both, "GET", "/rate?rate=25", host.token, headers=JSON)
        lines = [
            (one["connected_s"], one["charge"]["minor"], one["provider"]["minor"],
             one["platform"]["minor"])
            for one in looked.value["wanted_lines"]
        ]  # fmt: skip
        assert lines == [
            (60, 25_00, 22_50, 2_50),
            (600, 250_00, 225_00, 25_00),
            (1800, 750_00, 675_00, 75_00),
            (3600, 1500_00, 1350_00, 150_00),
        ]
        await host.post("/rate", rate="25", version="1")
        await host.post("/rate", rate="25", version="1")  # pressed twice
        second = await host.post("/sessions", topic="После", plan="client-pays", rate="25")
        page = await host.get("/rate")
        assert [(one["version"], one["rate"]["minor"]) for one in page["history"]] == [(1, 25_00)]
        await client.enter("client")
        doors = [await client.get(one["link"].removeprefix(served_both.base)) for one in (
            first, second)]  # fmt: skip
        assert [door["rate"]["minor"] for door in doors] == [20_00, 25_00]


async def test_what_is_no_rate_and_what_came_too_late(served: Served) -> None:
    async with served.robot() as host:
        await host.enter("consultant")
        for rate, version, status in (
            ("даром", "1", 422),
            ("0", "1", 422),
            ("900000", "1", 422),
            ("25", "", 422),
            ("25", "3", 409),
        ):
            with pytest.raises(Refused) as wrong:
                await host.post("/rate", rate=rate, version=version)
            assert wrong.value.status == status
        told = await ask(served, "GET", "/rate?rate=даром", host.token)
        assert (told.status, "Напишите ставку цифрами" in told.text) == (422, True)
        with pytest.raises(Refused) as wrong:
            await host.post("/sessions", topic="Тема", plan="client-pays", rate="30")
        assert wrong.value.status == 422
        assert (await host.get("/rate"))["history"] == []
        assert (await host.get("/sessions"))["rows"] == []


async def test_the_page_in_words_and_for_whom(served: Served) -> None:
    async with served.robot() as host, served.robot() as client:
        await host.enter("consultant")
        told = await ask(served, "GET", "/rate?rate=25", host.token)
        for words in (
            "Опубликовать 25,00\u00a0₽ за минуту",
            "1\u00a0350,00\u00a0₽",
            "90\u00a0% из",
        ):
            assert words in told.text, words
        await client.enter("client")
        told = await ask(served, "GET", "/rate", client.token, headers=JSON)
        assert told.status == 403
        with pytest.raises(Refused):
            await client.post("/rate", rate="25", version="1")
