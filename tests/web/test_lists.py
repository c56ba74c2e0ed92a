"""Lists with filters and the month in figures: what is found, added up, downloaded, and by whom."""

import csv
import io
import zipfile
from typing import Any

import pytest

from tests.web.asking import JSON, ask
from tests.web.serving import Served
from tests.web.test_exports import newest
from tests.web.test_result import end
from tests.web.test_wiring import Live, live, see, turn
from web.documents_page import TICKS_MAX, ticks_of
from web.robot import Robot


async def ended(served: Served, one: Live) -> None:
    """Two minutes at 20.00, and the papers of them."""
    see(served, one.number, 70)
    await turn(served)
    await end(served, one.number)


async def test_a_session_is_found_added_up_and_downloaded(served_both: Served) -> None:
    served = served_both
    async with live(served, "client-pays") as one:
        await ended(served, one)
        for robot, other in ((one.host, "Анна Петрова"), (one.client, "Иван Кузнецов")):
            page = await robot.get("/sessions?topic=ПРОВОДИТСЯ&outcome=undecided&period=2026-11")
            [row] = page["rows"]
            assert (row["number"], row["other"]) == (one.number, other)
            assert (page["count"], page["clock_s"]) == (1, 70)
            assert [cost["minor"] for cost in page["costs"]] == [4000]
            assert page["pages"] == {"number": 1, "pages": 1, "previous": "", "next": ""}
        none = await one.host.get("/sessions?who=мария")
        assert (none["rows"], none["costs"], none["ever"]) == ([], [], True)
        assert (await one.host.get("/sessions?period=2025-Q1"))["count"] == 0
        file = await one.client.fetch("/sessions/register?form=csv-ru&period=2026-Q4")
        row, total = csv.DictReader(io.StringIO(file.decode("utf-8-sig")), delimiter=";")
        assert (row["Сеанс"], row["Начислено"], row["Ждёт решения"]) == (
            one.number,
            "40,00",
            "40,00",
        )
        assert (row["Результат"], total["Начислено"]) == ("ждёт ответа", "40,00")
        book = await one.host.fetch("/sessions/register?form=xlsx")
        assert zipfile.ZipFile(io.BytesIO(book)).testzip() is None
        told = await ask(served, "GET", "/sessions/register?form=pdf", one.host.token)
        assert told.status == 422


async def month_of(robot: Robot, query: str = "month=2026-11") -> dict[str, Any]:
    """The page of a month; each of its tables and its days end in its total."""
    page = dict(await robot.get(f"/reports?{query}"))
    total = page["total"]
    tables = [table["rows"] for table in page["tables"]] + [[day["row"] for day in page["days"]]]
    for rows in tables if page["tables"] else ():
        for name in ("sessions", "clock_s"):
            assert sum(row[name] for row in rows) == total[name]
        for n, whole in enumerate(total["sums"]):
            assert sum(row["sums"][n]["minor"] for row in rows) == whole["minor"]
    sums = [one["minor"] for one in total["sums"]]
    page["money"] = dict(zip(page["columns"], sums, strict=True))
    return page


async def test_a_month_in_figures_from_each_side(served: Served) -> None:
    """Not resolved: of 40.00 the client gets 32.00 back, the sides keep 4.00 each."""
    async with live(served, "client-pays") as one, served.robot() as office:
        await office.enter("accountant")
        await ended(served, one)
        waiting = await month_of(one.host)
        assert (waiting["money"]["waits"], waiting["money"]["consultant"]) == (4000, 0)
        path = f"/sessions/{one.number}/outcome"
        await one.client.post(path, outcome="unresolved", comment="Снова ошибка")
        host, client = await month_of(one.host), await month_of(one.client)
        assert host["money"] == {
            **{"paid": 4000, "refunded": 3200, "waits": 0},
            **{"consultant": 400, "connection": 0},
        }
        assert client["money"] == {"paid": 4000, "refunded": 3200, "kept": 800}
        assert [table["by"] for table in client["tables"]] == ["consultant", "outcome"]
        assert client["tables"][1]["rows"][0]["names"] == ["unresolved"]
        whole = await month_of(office)
        assert (whole["side"], whole["money"]["platform"]) == ("office", 400)
        assert whole["tables"][2]["rows"][0]["names"] == ["Иван Кузнецов", "Анна Петрова"]
        assert [day["day"] for day in whole["days"] if day["tall"]] == ["2026-11-21"]
        assert (await one.host.get("/dashboard"))["month_count"] == 1
        later = await month_of(one.host, "month=2027-02")
        assert (later["tables"], later["last"]) == ([], "2026-11-01")
        for odd in ("month=2026-Q4", "month=x", "month=9999-99", "side=office"):
            page = await month_of(one.client, odd)
            assert (page["month"], page["side"]) == ("2026-11", "client")


async def test_of_a_free_session_the_guest_learns_no_sum(served: Served) -> None:
    async with live(served, "host-pays") as one:
        await ended(served, one)
        paid = await month_of(one.host)
        assert paid["money"]["connection"] == 200
        [paper] = (await one.client.get("/documents"))["papers"]
        assert paper["amount"]["minor"] == 0
        page = await one.client.get(f"/documents/{paper['number']}")
        assert (page["total"]["minor"], page["lines"]) == (0, [])
        assert {each["amount"]["minor"] for each in page["history"]} == {0}
        own = await one.host.get(f"/documents/{paper['number']}")
        assert (own["total"]["minor"], own["lines"][0]["amount"]["minor"]) == (200, 200)


async def test_a_document_as_a_page_and_its_history(served: Served) -> None:
    async with live(served, "client-pays") as one:
        await ended(served, one)
        listed = (await one.client.get("/documents?kind=act"))["papers"]
        number = listed[0]["number"]
        await one.client.post(
            f"/sessions/{one.number}/outcome", outcome="unresolved", comment="Снова ошибка"
        )
        await end(served, one.number)
        page = await one.client.get(f"/documents/{number}")
        assert [line["amount"]["minor"] for line in page["lines"]] == [4000, -3200]
        assert (page["total"]["minor"], page["newer"]) == (800, "")
        assert page["sides"][1]["name"] == "Анна Петрова"
        assert [each["state"] for each in page["history"]] == ["issued", "superseded"]
        old = await one.client.get(f"/documents/{number}-r1")
        assert (old["total"]["minor"], old["newer"]) == (4000, f"{number}-r2")
        shown = await ask(served, "GET", f"/documents/{number}-r1", one.client.token)
        assert f"/documents/{number}-r2" in shown.text
        assert old["sha256"] in shown.text
        gone = await one.client.get("/documents?state=superseded")
        assert f"{number}-r1" in [each["number"] for each in gone["papers"]]
        told = await ask(served, "GET", f"/documents/{number}", one.host.token)
        assert told.status == 404
        for kind, facts in (("client", {"name": "ООО «Ромашка»"}), ("wallet", {"name": "Анна"})):
            made = await one.client.post("/documents/period", kind=kind, **facts)
            paper = await one.client.get(f"/documents/{made['issued']}")
            of_act = [one.number] if kind == "client" else []  # nothing moved in the wallet's days
            assert [line["session"] for line in paper["lines"]] == of_act
            assert paper["sides"][1]["name"] == facts["name"]


async def test_what_is_ticked_becomes_a_zip_of_just_that(served: Served) -> None:
    async with live(served, "client-pays") as one:
        await ended(served, one)
        papers = (await one.client.get("/documents"))["papers"]
        names = {paper["kind"]: paper["number"] for paper in papers}
        page = await one.client.get(f"/documents?kind=protocol&n={names['act']}&n=x")
        assert (page["ticked"], page["elsewhere"]) == ([names["act"]], [names["act"]])
        turned = await one.client.post("/documents", do="2", kind="act", n=names["act"])
        assert turned["location"] == f"/documents?kind=act&page=2&n={names['act']}"
        await one.client.post("/documents", do="ticked", n=names["act"])
        file = await newest(one.client)
        assert (file["rows"], file["picked"], file["form"]) == (1, 1, "zip")
        held = zipfile.ZipFile(io.BytesIO(await one.client.fetch(file["path"]))).namelist()
        assert [name for name in held if name.endswith(".pdf")] != []
        assert not [name for name in held if names["protocol"] in name]
        served.clock.pass_s(1)
        await one.client.post("/documents", do="found", period="2026-11")
        assert (await newest(one.client))["rows"] == 2
        await one.host.post("/documents", do="ticked", n=names["act"])
        assert (await newest(one.host))["rows"] == 0, "an act of somebody else"


async def test_boxes_of_a_form_are_kept_without_javascript(served: Served) -> None:
    """Turning the page by a press carries every box along; nothing ticked is no file."""
    async with served.browser() as browser:
        async with browser.get("/") as page:
            token = (await page.text()).split('name="csrf" value="')[1].split('"')[0]
        await browser.post("/demo-login", data={"role": "accountant", "csrf": token})
        async with browser.get("/documents") as page:
            token = (await page.text()).split('name="csrf" value="')[1].split('"')[0]
        boxes = [("n", "A-2026-000001"), ("n", "P-2026-000002"), ("n", "nothing")]
        form = [*boxes, ("csrf", token), ("do", "2"), ("party", "Вектор")]
        async with browser.post("/documents", data=form, allow_redirects=False) as told:
            ticked = "n=A-2026-000001&n=P-2026-000002"
            assert told.headers["Location"].endswith(f"page=2&{ticked}")
        bare = [("csrf", token), ("do", "ticked")]
        async with browser.post("/documents", data=bare, allow_redirects=False) as told:
            assert told.headers["Location"].startswith("/documents")


def test_ticks_are_numbers_each_once_and_not_too_many() -> None:
    many = [f"A-2026-{n:06d}" for n in range(TICKS_MAX + 9)]
    assert ticks_of(["x", many[0], many[0], "A-2026-000001-r2"]) == (many[0], "A-2026-000001-r2")
    assert len(ticks_of(many)) == TICKS_MAX


@pytest.mark.parametrize(
    "path",
    [
        "/sessions?who=%5B%2A&topic=%3F&page=0&period=9999-99",
        "/sessions?page=99999999999999999999&outcome=x&side=office",
        "/sessions?since=2026-02-30&until=0000-00-00",
        "/documents?page=-1&state=x&n=1&party=%5B%2A",
        "/reports?month=2026-13&currency=XXX&side=x",
    ],
)
async def test_odd_addresses_show_the_list(served: Served, path: str) -> None:
    async with served.robot() as robot:
        await robot.enter("consultant")
        for headers in ({}, JSON):
            assert (await ask(served, "GET", path, robot.token, headers=headers)).status == 200
