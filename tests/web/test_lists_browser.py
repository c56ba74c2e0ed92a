"""The accountant's desk in Chromium: ticks stay over pages and are counted; nothing for axe."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.relay.browsers import SYNTHETIC, chromiums
from tests.reports.list_builders import add_paper, add_people, add_session
from tests.web.browsers import Person, person
from tests.web.serving import Served, serving
from web.documents_page import ROWS_ON_PAGE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

LISTS = ("/documents?period=own", "/reports?month=2026-10&side=office", "/exports?period=2026-10")


async def filled(served: Served) -> None:
    """A little more than one page of acts."""
    async with served.database.transaction() as db:
        await add_people(db)
        for n in range(ROWS_ON_PAGE + 3):
            await add_paper(db, n)
        for n in range(3):
            await add_session(db, n)


async def enters(who: Person, role: str) -> None:
    await who.open("/")
    await who.speak()
    await who.button(f"Enter as {role}").click()
    await who.page.wait_for_load_state()


async def test_ticks_stay_and_are_counted(tmp_path: Path) -> None:
    async with (
        serving(f"sqlite:///{tmp_path}/minuta.db", tmp_path) as served,
        chromiums(1, SYNTHETIC) as [browser],
    ):
        await filled(served)
        olga = await person(browser, served.base, "ru", width=390)
        await enters(olga, "an accountant")
        page = olga.page
        await olga.open("/documents")
        counted = page.locator("button[value=ticked]")
        await expect(counted).to_be_disabled()
        await page.locator("input[type=checkbox]").nth(1).check()
        await expect(counted).to_have_text(olga.say("Download ZIP, ticked: {n}", n=1))
        await olga.judge("ticked")
        await olga.button("Further").click()
        await page.wait_for_url("**page=2**")
        await page.locator("input[type=checkbox]").first.check()
        await expect(counted).to_have_text(olga.say("Download ZIP, ticked: {n}", n=2))
        await olga.button("Back").click()
        await page.wait_for_url("**page=1**")
        await expect(page.locator("input[type=checkbox]").nth(1)).to_be_checked()
        await counted.click()
        await page.wait_for_url("**/exports")
        await olga.judge("exports")
        await page.set_viewport_size({"width": 320, "height": 740})
        await page.emulate_media(color_scheme="dark")
        for path in LISTS:
            await olga.open(path)
            await olga.judge(f"{path} at 320, dark")
        assert olga.problems == []
