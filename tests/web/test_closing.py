"""The closing of a month: on its page, by its day, held by one run at a time, faults named."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import reports
from broker import notices
from reports import Book, Month
from tests.web.asking import JSON, ask
from tests.web.serving import Served, serving
from tests.web.test_result import end
from tests.web.test_wiring import live, see, turn
from web import closing, closing_rows, closing_work
from web.closing_rows import ASKED, DONE, LEASE, ClosingTaken
from web.keys import SETTINGS
from web.robot import Robot

HOME = "/documents/months"
NOVEMBER = Book(Month(2026, 11))
DECEMBER_4 = datetime(2026, 12, 4, 9, tzinfo=UTC)


@pytest.fixture
async def over(tmp_path: Path) -> AsyncIterator[Served]:
    """A server on 4 December, after a session of November that its client paid."""
    async with serving(f"sqlite:///{tmp_path}/minuta.db", tmp_path) as served:
        async with live(served, "client-pays") as one:
            see(served, one.number, 70)
            await turn(served)
            await end(served, one.number)
        served.clock.at = DECEMBER_4
        yield served


async def finished(robot: Robot) -> Any:
    """The newest month, when nothing is on the way any more."""
    while (page := await robot.get(HOME))["busy"]:
        pass
    return page["closings"][0]


async def letters(served: Served) -> list[str]:
    async with served.database.reading() as db:
        found = await notices.outbox(db, 200)
    return [f"{one.to} {one.text}" for one in found if one.kind == "month_ready"]


async def test_from_the_page_to_the_letters(over: Served) -> None:
    async with over.robot() as accountant, over.robot() as client, over.robot() as curator:
        await accountant.enter("accountant")
        await client.enter("client")
        await curator.enter("curator")
        page = await accountant.get(HOME)
        assert (page["months"][0], page["issues"], page["closings"]) == ("2026-11-01", True, [])
        await accountant.post(HOME, month="2026-11", language="ru")
        done = await finished(accountant)
        assert (done["state"], done["faults"], done["done"]) == (DONE, [], done["total"])
        assert (done["acts"], done["certified"]) == (1, done["turnover"])
        assert done["certified"]["minor"] == 40_00
        told = await letters(over)
        assert len(told) == done["letters"] > 0
        [mine] = [one for one in told if one.startswith("anna@")]
        assert f"{over.base}/documents/U-2026-000001.pdf" in mine
        assert (await client.fetch("/documents/U-2026-000001.pdf")).startswith(b"%PDF")
        await accountant.post(HOME, month="2026-11")
        again = await finished(accountant)
        assert (again["round"], again["issued"], again["letters"]) == (2, 0, 0)
        assert await letters(over) == told
        assert not (await curator.get(HOME))["issues"]
        for robot, status in ((client, 403), (curator, 403)):
            sent = {"headers": JSON, "json": {"month": "2026-11"}}
            assert (await ask(over, "POST", HOME, robot.token, **sent)).status == status
        for month in ("2026-12", "", "2026-13"):
            sent = {"headers": JSON, "json": {"month": month}}
            refused = await ask(over, "POST", HOME, accountant.token, **sent)
            assert (refused.status, set(refused.value["errors"])) == (422, {"month"})
        page_text = (await ask(over, "GET", HOME, accountant.token)).text
        assert "40,00" in page_text


async def test_its_day_begins_it_once(served: Served) -> None:
    app, served.clock.at = served.app, DECEMBER_4
    await turn(served)
    await closing_work.begin_due(app)
    async with served.database.reading() as db:
        assert await closing_rows.listed(db) == [], "off by default"
    app._state[SETTINGS] = replace(app[SETTINGS], closing_day=5)
    await closing_work.begin_due(app)
    served.clock.pass_s(86_400)
    for _ in range(2):
        await turn(served)
        await closing_work.begin_due(app)
        await closing_work.carry_on(app)
    async with served.database.reading() as db:
        [one] = await closing_rows.listed(db)
    assert (one.state, one.round, one.asked_by, one.book) == (DONE, 1, "schedule", NOVEMBER)


async def test_what_cannot_be_issued_is_named_and_does_not_hold_up(
    over: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = reports.draft_monthly

    async def broken(db: Any, book: Any, place: reports.Place, *rest: Any) -> Any:
        if place.kind == "client":
            raise reports.TotalsDiffer("turnover of the period", 1, 2)
        return await real(db, book, place, *rest)

    desk = replace(closing_work.desk_of(over.app), pause_s=0)
    monkeypatch.setattr(reports, "draft_monthly", broken)
    await closing.ask(desk, NOVEMBER, "x")
    done = await closing.run(desk, NOVEMBER, lambda _: None)
    async with over.database.reading() as db:
        faults = await closing_rows.faults_of(db, NOVEMBER)
    assert [one.place.kind for one in faults] == ["client", "totals"]
    assert "paper says 1, ledger says 2" in faults[0].text
    assert (done.state, done.faults, done.sums.certified) == (DONE, 2, 0)
    monkeypatch.undo()
    await closing.ask(desk, NOVEMBER, "x", again=True)
    mended = await closing.run(desk, NOVEMBER, lambda _: None)
    assert (mended.faults, mended.issued, mended.sums.certified) == (0, 1, 40_00)


async def test_one_run_at_a_time(served_both: Served) -> None:
    served, at = served_both, DECEMBER_4
    served.clock.at = at
    desk = closing_work.desk_of(served.app)
    with pytest.raises(closing.MonthNotOver):
        await closing.ask(desk, Book(Month(2026, 12)), "x")
    assert (await closing.ask(desk, NOVEMBER, "x")).state == ASKED
    async with served.database.transaction() as db:
        assert [one.book for one in await closing_rows.waiting(db, at)] == [NOVEMBER]
        await closing_rows.claim(db, NOVEMBER, "first", at)
        with pytest.raises(ClosingTaken):
            await closing_rows.claim(db, NOVEMBER, "second", at + LEASE - timedelta(seconds=1))
        assert await closing_rows.waiting(db, at) == []
        assert (await closing_rows.claim(db, NOVEMBER, "second", at + LEASE)).holder == "second"
        for late in (
            closing_rows.set_out(db, NOVEMBER, "first", 1),
            closing_rows.passed(db, NOVEMBER, "first", reports.Place("client", "a"), 1),
            closing_rows.finish(db, NOVEMBER, "first", at),
        ):
            with pytest.raises(ClosingTaken):
                await late
        await closing_rows.release(db, NOVEMBER, "first")
        await closing_rows.set_out(db, NOVEMBER, "second", 1)
        for party in ("a", "b"):
            place = reports.Place("client", party)
            await closing_rows.passed(db, NOVEMBER, "second", place, 1)
        found = await closing_rows.one(db, NOVEMBER)
    assert found is not None
    assert (found.done, found.total, found.issued, found.place) == (2, 2, 2, place)
