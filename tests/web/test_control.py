"""The control room in pages: switches that act at once, limits, second persons, the journal."""

import pytest
from sqlalchemy import text

from ledger import Money, control
from tests.web.asking import JSON, ask, unmoved
from tests.web.serving import Served
from web.robot import Refused


async def entered(served: Served, role: str) -> str:
    async with served.robot() as one:
        return str((await one.post("/demo-login", role=role))["token"])


async def turned(served: Served, token: str, **form: str) -> int:
    told = await ask(served, "POST", "/control/switches/top_ups", token, headers=JSON, json=form)
    return told.status


async def test_a_switch_stops_the_next_top_up(served_both: Served) -> None:
    served, client = served_both, served_both.robot()
    async with client:
        await client.enter("client")
        curator = await entered(served, "curator")
        await client.post("/wallet/top-up", amount="100", key="before")
        assert await turned(served, curator, open="no", why="банк не отвечает") == 201
        for path in ("/wallet/top-up",):
            with pytest.raises(Refused) as stopped:
                await client.post(path, amount="100", key="after")
            assert (stopped.value.status, stopped.value.code) == (503, "switched_off")
        assert (await client.get("/wallet/top-up"))["closed"] == "switched_off"
        page = await ask(served, "GET", "/wallet/top-up", client.token)
        assert "Пополнения временно остановлены" in page.text
        assert await turned(served, curator, open="yes", why="отвечает") == 201
        await client.post("/wallet/top-up", amount="100", key="again")
        room = (await ask(served, "GET", "/control", curator, headers=JSON)).value
        [switch] = [one for one in room["switches"] if one["name"] == "top_ups"]
        assert (switch["open"], switch["why"], switch["by"]) == (True, "отвечает", "Пётр Орлов")
        journal = (await ask(served, "GET", "/control/journal", curator, headers=JSON)).value
        turns = [one for one in journal["lines"] if one["subject"] == "switch:top_ups"]
        assert [(one["action"], one["address"]) for one in turns] == [
            ("switch.open", "127.0.0.1"),
            ("switch.close", "127.0.0.1"),
        ]


async def test_a_switch_wants_a_reason_and_a_curator(served: Served) -> None:
    curator, accountant = await entered(served, "curator"), await entered(served, "accountant")
    async with unmoved(served):
        assert await turned(served, curator, open="no", why=" ") == 422
        assert await turned(served, curator, open="maybe", why="x") == 422
        assert await turned(served, accountant, open="no", why="x") == 403
        assert await turned(served, "", open="no", why="x") == 401
        told = await ask(
            served, "POST", "/control/switches/none", curator, headers=JSON, json={"open": "no"}
        )
        assert told.status == 404
    page = await ask(
        served, "POST", "/control/switches/refunds", curator, data={"open": "no", "why": ""}
    )
    assert (page.status, "Скажите почему" in page.text or "почему" in page.text) == (422, True)


@pytest.mark.parametrize("role", ["client", "consultant", ""])
@pytest.mark.parametrize("path", ["/control", "/control/journal", "/control/journal/check"])
async def test_only_officers_look_in(served: Served, role: str, path: str) -> None:
    token = await entered(served, role) if role else ""
    told = await ask(served, "GET", path, token, headers=JSON)
    assert told.status == (403 if role else 401)


async def test_limits_lower_at_once_and_rise_by_two(served: Served) -> None:
    curator = await entered(served, "curator")
    where = "/control/limits/top_up.most_a_day"

    async def in_force() -> int:
        room = (await ask(served, "GET", "/control", curator, headers=JSON)).value
        [limit] = [one for one in room["limits"] if one["what"] == "top_up.most_a_day"]
        return int(limit["amount"]["minor"])

    body = {"amount": "500", "why": "осторожно"}
    assert (await ask(served, "POST", where, curator, headers=JSON, json=body)).status == 201
    assert await in_force() == 50_000
    async with served.robot() as client:
        await client.enter("client")
        await client.post("/wallet/top-up", amount="300", key="a")
        with pytest.raises(Refused) as over:
            await client.post("/wallet/top-up", amount="201", key="b")
        assert over.value.status == 422
        page = await ask(
            served, "POST", "/wallet/top-up", client.token, data={"amount": "201", "key": "c"}
        )
        assert "Сегодня можно пополнить ещё не больше чем на 200,00" in page.text.replace(
            "\xa0", " "
        )
        await client.post("/wallet/top-up", amount="200", key="d")
    body = {"amount": "900", "why": "просят"}
    asked = await ask(served, "POST", where, curator, headers=JSON, json=body)
    assert (asked.status, asked.value["state"], await in_force()) == (201, "waiting", 50_000)
    room = (await ask(served, "GET", "/control", curator, headers=JSON)).value
    assert [one["mine"] for one in room["waiting"]] == [True]
    own = await ask(
        served,
        "POST",
        f"/control/approvals/{asked.value['id']}",
        curator,
        headers=JSON,
        json={"decision": "approve"},
    )
    assert (own.status, own.code) == (403, "same_person")
    for amount, path, status in (("x", where, 422), ("1", "/control/limits/nothing", 404)):
        bad = {"amount": amount, "why": "y"}
        told = await ask(served, "POST", path, curator, headers=JSON, json=bad)
        assert told.status == status


async def proposed(served: Served, action: str = "correction") -> str:
    async with served.database.transaction() as db:
        clerk = control.Actor("clerk", "accountant")
        one = await control.propose(
            db, action, "line:1", Money(700), clerk, "похоже на счёт 7", served.clock()
        )
    return one.id


async def test_the_second_person_decides_on_a_page(served: Served) -> None:
    accountant, where = await entered(served, "accountant"), "/control/approvals/"
    where += await proposed(served)
    page = await ask(served, "GET", "/control", accountant)
    assert "похоже на счёт 7" in page.text
    unreasoned = await ask(served, "POST", where, accountant, data={"decision": "decline"})
    assert unreasoned.status == 422
    body = {"decision": "decline", "why": "не похоже"}
    done = await ask(served, "POST", where, accountant, headers=JSON, json=body)
    assert (done.status, done.value["state"], done.value["reason"]) == (
        201,
        "declined",
        "не похоже",
    )
    late = await ask(served, "POST", where, accountant, headers=JSON, json={"decision": "approve"})
    assert (late.status, late.code) == (409, "approval_ended")
    none = await ask(
        served,
        "POST",
        "/control/approvals/none",
        accountant,
        headers=JSON,
        json={"decision": "approve"},
    )
    assert (none.status, none.code) == (404, "approval_unknown")
    assert "Отклонено" in (await ask(served, "GET", "/control", accountant)).text


async def test_the_journal_is_searched_and_checked(served: Served) -> None:
    curator = await entered(served, "curator")
    await proposed(served)
    await turned(served, curator, open="no", why="проверка")

    async def lines(query: str) -> list[str]:
        told = await ask(served, "GET", f"/control/journal?{query}", curator, headers=JSON)
        assert told.status == 200
        return [one["action"] for one in told.value["lines"]]

    everything = await lines("")
    assert everything[:2] == ["switch.close", "approval.proposed"]
    assert await lines("action=switch") == ["switch.close"]
    assert await lines("subject=line:1") == ["approval.proposed"]
    assert await lines("who=petr@demo.minuta.example") == ["switch.close"]
    assert await lines("since=2026-11-21&until=2026-11-21&action=switch") == ["switch.close"]
    assert await lines("until=2026-11-20") == []
    assert await lines("since=rubbish&before=rubbish") == everything
    checked = (await ask(served, "GET", "/control/journal/check", curator, headers=JSON)).value
    assert (checked["faults"], checked["count"]) == ([], len(everything))
    async with served.database.transaction() as db:
        await db.execute(text("DROP TRIGGER ledger_control_audit_no_update"))
        await db.execute(text("UPDATE ledger_control_audit SET why = 'иначе' WHERE number = 2"))
    page = await ask(served, "GET", "/control/journal/check", curator)
    assert "Цепочка нарушена" in page.text
    assert "audit 2" in page.text


async def test_a_top_up_leaves_its_rows(served: Served) -> None:
    """What a top-up left behind: begun by a person from an address, credited by the system."""
    async with served.robot() as client:
        await client.enter("client")
        begun = await client.post("/wallet/top-up", amount="100", key="k")
        await client.post(f"/demo-bank/{begun['id']}", decision="pay")
        await client.post("/wallet/top-up", amount="100", key="k")
    async with served.database.reading() as db:
        rows = await control.audit_trail(db, subject=f"top_up:{begun['id']}")
    assert {"top_up.begun", "top_up.credited"} <= {row.action for row in rows}
    assert len([row for row in rows if row.action == "top_up.begun"]) == 1
    [first] = [row for row in rows if row.action == "top_up.begun"]
    assert (first.actor.role, first.actor.address) == ("self", "127.0.0.1")
    assert first.facts["amount_minor"] == 10_000
