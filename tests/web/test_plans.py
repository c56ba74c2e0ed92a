"""The platform's plans: looked at by officers, published by a curator with a reason."""

import json
from typing import Any

import pytest

from ledger.control import audit_trail
from metering import current_plan
from tests.web.asking import JSON, ask
from tests.web.serving import Served
from web.robot import Refused, Robot

PLAN = "/plans/host-pays"


def draft_of(page: dict[str, Any], **change: Any) -> str:
    return json.dumps(json.loads(page["draft"]) | change)


async def look(served: Served, robot: Robot, draft: str, **more: str) -> Any:
    fields = {"draft": draft, "version": "2"} | more
    return await ask(served, "POST", f"{PLAN}/preview", robot.token, headers=JSON, json=fields)


async def test_a_curator_looks_and_publishes(served_both: Served) -> None:
    """1.50 from the next session on; up to 15 seconds are not charged."""
    segment = {"from_second": 0, "rate": 150, "per_seconds": 60, "increment_seconds": 60}
    async with served_both.robot() as petr, served_both.robot() as ivan:
        await petr.enter("curator")
        await ivan.enter("consultant")
        before = await ivan.post("/sessions", topic="До", plan="host-pays", rate="20")
        plans = (await petr.get("/plans"))["plans"]
        assert [(one["plan"], one["current"]["version"]) for one in plans] == [
            ("client-pays", 1),
            ("host-pays", 1),
        ]
        draft = draft_of(await petr.get(PLAN), grace_seconds=15, segments=[segment])
        seen = (await look(served_both, petr, draft)).value
        assert [one["field"] for one in seen["changes"]] == ["grace_seconds", "segments"]
        lines = {one["connected_s"]: one["charge"]["minor"] for one in seen["tables"][0]["lines"]}
        assert [lines[s] for s in (15, 16, 60, 600, 3600)] == [0, 1_50, 1_50, 15_00, 90_00]
        for _ in range(2):  # pressed twice
            await petr.post(PLAN, draft=draft, version="2", why="связь дороже")
        after = await ivan.post("/sessions", topic="После", plan="host-pays", rate="20")
        rates = [(await ivan.get(f"/sessions/{one['number']}"))["rate"]["minor"] for one in (
            before, after)]  # fmt: skip
        assert rates == [1_00, 1_50]
        page = await petr.get(PLAN)
        newest = page["history"][0]
        assert (newest["version"], newest["why"], newest["by"]) == (2, "связь дороже", "Пётр Орлов")
    async with served_both.database.reading() as db:
        [row] = await audit_trail(db, action="tariff.publish")
        assert (row.actor.role, row.subject, row.why) == (
            "curator", "tariff:host-pays", "связь дороже")  # fmt: skip


FAULTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"timezone": "Mars"}, "tariff.timezone"),
    ({"payer": "client"}, "tariff.payer"),
    ({"version": 7}, "tariff.version"),
    ({"max_charge": 5, "min_charge": 10}, "tariff.max_charge"),
    ({"windows": [{"from": "08:00", "to": "20:00"}]}, "tariff.windows[0].segments"),
    ({"colour": "red"}, "tariff.colour"),
)


async def test_what_cannot_be_right_names_its_field(served: Served) -> None:
    async with served.robot() as petr:
        await petr.enter("curator")
        page = await petr.get(PLAN)
        for change, fault in FAULTS:
            typed = draft_of(page, **change)
            told = await look(served, petr, typed, why="так надо")
            assert (told.status, told.value["fault"]) == (422, fault)
            assert (told.value["draft"], told.value["why"]) == (typed, "так надо")
            with pytest.raises(Refused) as wrong:
                await petr.post(PLAN, draft=typed, version="2", why="так надо")
            assert wrong.value.status == 422
    async with served.database.reading() as db:
        assert (await current_plan(db, "host-pays")).version == 1


async def test_what_else_is_refused(served: Served) -> None:
    async with served.robot() as petr, served.robot() as olga, served.robot() as ivan:
        await petr.enter("curator")
        await olga.enter("accountant")
        await ivan.enter("consultant")
        page = await petr.get(PLAN)
        good = draft_of(page, lead_s=20)
        for draft, version, why, status in (
            ("[]", "2", "why", 422),
            ("{", "2", "why", 422),
            ('{"lead_s": 1, "lead_s": 2}', "2", "why", 422),
            (good, "2", " ", 422),
            (good, "3", "why", 409),
            (good, "x", "why", 422),
        ):
            with pytest.raises(Refused) as wrong:
                await petr.post(PLAN, draft=draft, version=version, why=why)
            assert wrong.value.status == status
        assert (await olga.get(PLAN))["curator"] is False
        for other, path in ((olga, PLAN), (ivan, PLAN), (petr, "/plans/evening")):
            with pytest.raises(Refused) as wrong:
                await other.post(path, draft=good, version="2", why="why")
            assert wrong.value.status in (403, 404)
        told = await ask(served, "GET", "/plans", ivan.token, headers=JSON)
        assert told.status == 403


async def test_the_pages_in_words(served: Served) -> None:
    async with served.robot() as petr:
        await petr.enter("curator")
        for path in ("/plans", PLAN):
            told = await ask(served, "GET", path, petr.token)
            assert "Платит консультант" in told.text
            assert "1,00\u00a0₽ за минуту" in told.text
        typed = draft_of(await petr.get(PLAN), timezone="Mars")
        fields = {"draft": typed, "version": "2", "why": ""}
        told = await ask(served, "POST", f"{PLAN}/preview", petr.token, json=fields)
        assert "<code>tariff.timezone</code>" in told.text


async def sent(served: Served, robot: Robot, fields: dict[str, str], path: str = "/preview") -> Any:
    told = await ask(served, "POST", PLAN + path, robot.token, headers=JSON, data=fields)
    return told.status, told.value


async def test_a_plan_is_written_in_fields(served: Served) -> None:
    """1.00 by day, 0.50 at night; the draft of JSON and that of fields say the same."""
    async with served.robot() as petr:
        await petr.enter("curator")
        typed = (await petr.get(PLAN))["form"]["values"] | {"version": "2", "why": "ночь дешевле"}
        status, page = await sent(served, petr, typed | {"do": "by_the_clock"})
        assert (status, page["form"]["windows"], page["form"]["new"]) == (
            200,
            [1],
            "windows[0].from",
        )
        day = page["form"]["values"] | {"windows[0].from": "08:00", "windows[0].to": "22:00"}
        _, page = await sent(served, petr, typed | day | {"do": "add:windows"})
        night = page["form"]["values"] | {"windows[1].segments[0].rate": "0,50"}
        form = {k: v for k, v in night.items() if not k.startswith("segments")} | {
            name: typed[name] for name in ("version", "why")
        }
        wrong = form | {"windows[1].to": "07:00", "windows[1].segments[0].rate": "мало"}
        status, page = await sent(served, petr, wrong)
        assert (status, list(page["errors"])) == (422, ["windows[1].segments[0].rate"])
        status, page = await sent(served, petr, form | {"windows[1].to": "07:00"})
        assert (status, page["fault"], list(page["errors"])) == (422, "tariff.windows", ["windows"])
        status, page = await sent(served, petr, form)
        assert (status, [one["window"] for one in page["tables"]]) == (200, [1, 2])
        assert [one["field"] for one in page["changes"]] == ["segments", "timezone", "windows"]
        _, written = await sent(served, petr, form | {"do": "json"})
        assert written["form"] is None
        draft = {"draft": written["draft"], "version": "2", "why": "", "do": "fields"}
        _, back = await sent(served, petr, draft)
        assert back["form"]["windows"] == [1, 1]
        status, _ = await sent(served, petr, form, path="")
        assert status == 201
    async with served.database.reading() as db:
        found = (await current_plan(db, "host-pays")).tariff
    assert [w.segments[0].rate for w in found.windows] == [100, 50]
    assert found.timezone == "Europe/Moscow"
