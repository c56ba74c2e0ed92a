"""A side asks for arbitration and the other answers, in pages; the curator sees both."""

from broker import notices
from tests.web.asking import JSON, ask, unmoved
from tests.web.serving import Served
from tests.web.test_rulings import contested, ruled, told


async def dispute_of(served: Served, token: str, number: str) -> tuple[str, str, str]:
    """State, what the viewer may do, and who asked."""
    page = await ask(served, "GET", f"/sessions/{number}", token, headers=JSON)
    found = page.value["dispute"]
    return found["state"], found["may"], found["by"]


async def test_the_consultant_asks_and_the_client_answers(served: Served) -> None:
    async with contested(served) as (one, curator):
        where, number = f"/sessions/{one.number}/dispute", one.number
        host, client = one.host.token, one.client.token
        assert await dispute_of(served, host, number) == ("possible", "ask", "")
        assert (await curator.get("/rulings"))["rows"] == []
        page = await ask(served, "GET", f"/sessions/{number}", host)
        assert "Попросить куратора" in page.text
        empty = await told(served, one.host, where, comment=" ")
        assert (empty.status, list(empty.value["errors"])) == (422, ["comment"])
        done = await told(served, one.host, where, comment="Отчёт строится, видно в протоколе")
        assert done.status == 201, done.text
        assert await dispute_of(served, host, number) == ("asked", "", "host")
        assert await dispute_of(served, client, number) == ("asked", "answer", "host")
        [row] = (await curator.get("/rulings"))["rows"]
        assert (row["number"], row["dispute"]["state"]) == (number, "asked")
        assert (await told(served, one.client, where, comment="Он пустой")).status == 201
        assert (await told(served, one.client, where, comment="Он пустой")).status == 201
        other = await told(served, one.client, where, comment="Нет, полный")
        assert (other.status, other.value["code"]) == (409, "already_said")
        [row] = (await curator.get("/rulings"))["rows"]
        assert row["dispute"]["state"] == "answered"
        said = (await curator.get(f"/rulings/{number}"))["case"]["sayings"]
        assert [(each["role"], each["kind"]) for each in said][-2:] == [
            ("host", "dispute"),
            ("client", "dispute_answer"),
        ]
        for token in (host, client):
            page = await ask(served, "GET", where, token)
            assert page.text.count("<h1") == 1
            assert "Он пустой" in page.text
        async with served.database.reading() as db:
            kinds = [letter.kind for letter in await notices.outbox(db, 200)]
        assert (kinds.count("dispute_asked"), kinds.count("dispute_answered")) == (1, 1)


async def test_a_ruling_ends_the_dispute(served: Served) -> None:
    async with contested(served) as (one, curator):
        where, number = f"/sessions/{one.number}/dispute", one.number
        assert (await told(served, one.client, where, comment="Верните всё")).status == 201
        answer = await ask(served, "GET", f"/sessions/{number}/result", one.host.token)
        assert "Другая сторона просит куратора" in answer.text
        form = {"platform": "0", "host": "0", "why": "Помощи не было"}
        assert (await ruled(served, curator, number, **form)).status == 201
        assert await dispute_of(served, one.host.token, number) == ("ruled", "", "client")
        page = await ask(served, "GET", where, one.host.token)
        assert "Помощи не было" in page.text
        late = await told(served, one.host, where, comment="Была")
        assert (late.status, late.value["code"]) == (409, "dispute_closed")
        assert (await curator.get("/rulings"))["rows"] == []


async def test_strangers_and_late_comers_are_refused(served: Served) -> None:
    async with contested(served) as (one, curator):
        where = f"/sessions/{one.number}/dispute"
        async with unmoved(served):
            for who, status in ((curator, 404), ("", 401)):
                assert (await told(served, who, where, comment="x")).status == status
                token = who if isinstance(who, str) else who.token
                page = await ask(served, "GET", where, token, headers=JSON)
                assert page.status == status
            unknown = await told(served, one.host, "/sessions/S-2026-999999/dispute", comment="x")
            assert unknown.status == 404
        served.clock.pass_s(73 * 3600)
        late = await told(served, one.host, where, comment="Поздно")
        assert (late.status, late.value["code"]) == (409, "dispute_closed")
        page = await ask(served, "GET", where, one.host.token, headers=JSON)
        assert page.status == 404
