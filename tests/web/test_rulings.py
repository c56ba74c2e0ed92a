"""Arbitration in pages: the list, the case, a ruling to the kopeck, two persons, who may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from broker import notices
from ledger import Money, control
from tests.web.asking import JSON, ask, unmoved
from tests.web.serving import Served
from tests.web.test_control import entered
from tests.web.test_trail import party_of, rows_of
from tests.web.test_wiring import Live, live, see, turn
from web import papers
from web.audit import audit
from web.keys import NEWS
from web.robot import Robot

ALL_TO_HER = {"platform": "0", "host": "0", "why": "Помощи не было"}


@asynccontextmanager
async def contested(served: Served) -> AsyncIterator[tuple[Live, Robot]]:
    """Три минуты по 20,00, «не решено»: платформе 6,00, Ивану 6,00, Анне назад 48,00."""
    async with live(served, "client-pays") as one, served.robot() as curator:
        see(served, one.number, 130)
        await turn(served)
        await one.host_wire.send("chat", id="c1", text="Смотрите, вот отчёт")
        await one.host_wire.send("end")
        await one.client_wire.next("bye")
        await served.app[NEWS].settle()
        await one.host.post(f"/sessions/{one.number}/result", result="Настроили отчёт")
        where = f"/sessions/{one.number}/outcome"
        await one.client.post(where, outcome="unresolved", comment="Отчёт пустой")
        await served.app[NEWS].settle()
        await papers.issue(served.app, one.number)
        await curator.enter("curator")
        yield one, curator


async def told(served: Served, who: Robot | str, path: str, **form: str) -> Any:
    """What a program gets: status and value."""
    token = who if isinstance(who, str) else who.token
    return await ask(served, "POST", path, token, headers=JSON, json=form)


async def listed(served: Served, curator: Robot, which: str) -> Any:
    """The rows of the list."""
    page = await ask(served, "GET", f"/rulings?which={which}", curator.token, headers=JSON)
    return page.value["rows"]


async def ruled(served: Served, curator: Robot, number: str, **form: str) -> Any:
    """Look at the sums, then rule as seen."""
    seen = await told(served, curator, f"/rulings/{number}/preview", **form)
    assert seen.status == 200, seen.text
    seen = seen.value["preview"]["seen"]
    return await told(served, curator, f"/rulings/{number}", **form, seen=seen)


def parts(page: Any) -> dict[str, tuple[int, int]]:
    return {
        one["to"]: (one["now"]["minor"], one["after"]["minor"]) for one in page["preview"]["parts"]
    }


async def test_a_curator_finds_for_the_consultant(served: Served) -> None:
    """10 % платформе, 90 % Ивану: 6,00 и 54,00; 48,00, возвращённые Анне, взяты обратно."""
    async with contested(served) as (one, curator):
        [row] = await listed(served, curator, "unresolved")
        assert (row["number"], row["charged"]["minor"], row["late"]) == (one.number, 6000, False)
        page = await curator.get(f"/rulings/{one.number}")
        assert [(said["role"], said["kind"], said["text"]) for said in page["case"]["sayings"]] == [
            ("host", "chat", "Смотрите, вот отчёт"),
            ("host", "result", "Настроили отчёт"),
            ("client", "outcome", "Отчёт пустой"),
        ]
        assert [page["case"][name] for name in ("mutual_s", "unresolved", "outcomes")] == [
            130,
            1,
            1,
        ]
        assert {paper["kind"] for paper in page["case"]["papers"]} == {"protocol", "act"}
        assert parts(page) == {
            "platform": (600, 600),
            "consultant": (600, 600),
            "client": (4800,) * 2,
        }
        form = {"preset": "resolved", "why": "Отчёт строится, видно в протоколе"}
        async with unmoved(served):
            seen = (await told(served, curator, f"/rulings/{one.number}/preview", **form)).value
        after = {"platform": (600, 600), "consultant": (600, 5400), "client": (4800, 0)}
        assert (parts(seen), seen["preview"]["short"]["minor"]) == (after, 0)
        form = {"platform": "10", "host": "90", "why": "Отчёт строится, видно в протоколе"}
        done = await ruled(served, curator, one.number, **form)
        assert (done.status, done.value["state"]) == (201, "granted")
        await served.app[NEWS].settle()
        for side in (one.client, one.host):
            session = await side.get(f"/sessions/{one.number}")
            assert session["ruling"]["reason"] == form["why"]
            assert session["ruling"]["claim"] == "Отчёт пустой"
            ways = {way["to"]: way["amount"]["minor"] for way in session["ways"]}
            assert ways == {"platform": 600, "consultant": 5400}
        [row] = [r for r in await rows_of(served, f"session:{one.number}") if r.action == "ruling"]
        petr = await party_of(served, "petr@demo.minuta.example")
        assert row.actor == control.Actor(petr, "curator", "127.0.0.1")
        assert (row.why, row.facts["client_was_minor"], row.facts["client_minor"]) == (
            form["why"], 4800, 0,
        )  # fmt: skip
        async with served.database.reading() as db:
            assert await audit(db) == []
            letters = [one for one in await notices.outbox(db, 200) if "ruling" in one.kind]
        assert {(letter.kind, "54,00" in letter.text) for letter in letters} == {
            ("ruling_client", False),
            ("ruling_host", True),
        }
        assert await listed(served, curator, "unresolved") == []
        made = await listed(served, curator, "ruled")
        assert [row["refunded"]["minor"] for row in made] == [0]


async def test_above_the_limit_a_second_person_decides(served: Served) -> None:
    async with contested(served) as (one, curator):
        async with served.database.transaction() as db:
            few, at = Money(10_00), served.clock()
            await control.set_limit(db, "ruling.two_persons", few, control.SYSTEM, "проба", at)
        where, accountant = f"/rulings/{one.number}", await entered(served, "accountant")
        form = {"platform": "10", "host": "90", "why": "Отчёт строится"}
        asked = await ruled(served, curator, one.number, **form)
        assert (asked.status, asked.value["state"]) == (201, "waiting")
        page = (await ask(served, "GET", where, accountant, headers=JSON)).value
        assert (page["proposed"]["mine"], page["case"]["outcome"]) == (False, "unresolved")
        seen = page["preview"]["seen"]
        assert "Решить при деле" in (await ask(served, "GET", "/control", accountant)).text
        answers = [
            await told(served, curator, f"{where}/decision", decision="approve", seen=seen),
            await told(served, accountant, f"{where}/decision", decision="approve", seen="0-0-0-0"),
            await told(served, accountant, f"{where}/decision", decision="decline"),
            await told(served, accountant, f"{where}/decision", decision="perhaps"),
        ]
        assert [answer.status for answer in answers] == [403, 422, 422, 422]
        other = form | {"host": "80"}
        assert (await ruled(served, curator, one.number, **other)).status == 422
        no = await told(served, accountant, f"{where}/decision", decision="decline", why="мало")
        assert (no.status, no.value["state"]) == (201, "declined")
        asked = await ruled(served, curator, one.number, **form)
        done = await told(served, accountant, f"{where}/decision", decision="approve", seen=seen)
        assert (done.status, done.value["state"]) == (201, "granted")
        session = await one.host.get(f"/sessions/{one.number}")
        assert session["ruling"]["reason"] == "Отчёт строится"
        late = await told(served, accountant, f"{where}/decision", decision="approve", seen=seen)
        assert late.status == 404


async def test_a_bonus_and_a_penalty_are_the_platforms_own(served: Served) -> None:
    """Отложено 20,00; премия 25,00 не выходит, 15,00 выходит; Анна платит ровно то же."""
    async with contested(served) as (one, curator):
        where = f"/rulings/{one.number}/preview"
        base = {"platform": "10", "host": "10", "why": "Вежливо, но не помог"}
        for kind, amount, why in (("bonus", "25", "0,00"), ("penalty", "6.01", "6,00")):
            wrong = await told(served, curator, where, **base, kind=kind, amount=amount)
            assert wrong.status == 422
            assert why in wrong.value["errors"]["amount"], wrong.value["errors"]
        budget = {"kind": "aside", "why": "на ноябрь", "key": "b1"}
        for amount, status in (("20", 201), ("20", 201), ("x", 422)):
            form = budget | {"amount": amount}
            assert (await told(served, curator, "/rulings/budget", **form)).status == status
        back = {"kind": "back", "why": "обратно", "amount": "20.01"}
        assert (await told(served, curator, "/rulings/budget", **back)).status == 422
        assert (await curator.get("/rulings"))["budgets"][0]["minor"] == 2000
        done = await ruled(served, curator, one.number, **base, kind="bonus", amount="15")
        assert done.status == 201, done.text
        session = await one.host.get(f"/sessions/{one.number}")
        assert session["ruling"]["change"]["minor"] == 1500
        session = await one.client.get(f"/sessions/{one.number}")
        assert session["ruling"]["change"] is None
        assert (await curator.get("/rulings"))["budgets"][0]["minor"] == 500
        again = await told(served, curator, where, **base, kind="penalty", amount="1")
        assert "15,00" in again.value["errors"]["amount"]
        async with served.database.reading() as db:
            assert await audit(db) == []


async def shown(served: Served, curator: Robot, number: str) -> None:
    """Страницы целиком и предпросмотр куском, как его берёт браузер."""
    for path in ("/rulings", "/rulings?which=ruled", "/rulings?number=s-2026-000001"):
        page = await ask(served, "GET", path, curator.token)
        assert (page.status, page.text.count("<h1>")) == (200, 1)
    page = await ask(served, "GET", f"/rulings/{number}", curator.token)
    assert "Отчёт пустой" in page.text
    headers = {"HX-Request": "true", "HX-Target": "preview"}
    form = {"platform": "101", "host": "0"}
    part = await ask(
        served, "POST", f"/rulings/{number}/preview", curator.token,
        headers=headers, data=form,
    )  # fmt: skip
    assert (part.status, "<h1>" in part.text, "error" in part.text) == (200, False, True)


async def test_what_is_refused(served: Served) -> None:
    async with contested(served) as (one, curator):
        where, client = f"/rulings/{one.number}", one.client
        await shown(served, curator, one.number)
        async with unmoved(served):
            for form in (
                {"platform": "60", "host": "50", "why": "x"},
                {"platform": "a", "host": "50", "why": "x"},
                {"platform": "10", "host": "90", "cap": "0", "why": "x"},
                {"platform": "10", "host": "90", "why": " "},
                {"platform": "10", "host": "90", "why": "x", "seen": "1-1-1-1-1"},
            ):
                wrong = await told(served, curator, where, **form)
                assert wrong.status == 422, form
                assert wrong.value["errors"], form
            assert (await told(served, client, where, **ALL_TO_HER)).status == 403
            assert (await told(served, "", where, **ALL_TO_HER)).status == 401
            accountant = await entered(served, "accountant")
            assert (await told(served, accountant, where, **ALL_TO_HER)).status == 403
            unknown = await told(served, curator, "/rulings/S-2026-999999", **ALL_TO_HER)
            assert unknown.status == 404
            decided = await told(served, curator, f"{where}/decision", decision="approve")
            assert decided.status == 404
        seen = (await told(served, curator, f"{where}/preview", **ALL_TO_HER)).value
        assert (await ruled(served, curator, one.number, **ALL_TO_HER)).status == 201
        late = ALL_TO_HER | {"seen": seen["preview"]["seen"], "ruling": seen["form"]["ruling"]}
        wrong = await told(served, curator, where, **late)
        assert (wrong.status, list(wrong.value["errors"])) == (422, ["seen"])
        free = await told(served, curator, f"{where}/preview", platform="0", host="0", cap="1,50")
        assert (free.status, parts(free.value)["client"]) == (200, (6000, 6000))
