"""A curator's form of a plan in a real browser: by keyboard, on a phone, in both languages."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.relay.browsers import SYNTHETIC, chromiums
from tests.web.browsers import Person, person
from tests.web.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PLAN = "/plans/host-pays"


async def enters(curator: Person) -> None:
    await curator.open("/")
    await curator.speak()
    await curator.button("Enter as a curator").click()
    await curator.page.wait_for_url("**/documents")
    await curator.open(PLAN)


async def test_a_night_price_is_written_by_keyboard_and_published(tmp_path: Path) -> None:
    """1,00 by day and 0,50 from ten to eight, without a reload until it is looked at."""
    async with (
        serving(f"sqlite:///{tmp_path}/minuta.db", tmp_path) as served,
        chromiums(1, SYNTHETIC) as [browser],
    ):
        petr = await person(browser, served.base, "ru", width=360)
        await enters(petr)
        page = petr.page
        await page.evaluate("window.sameDocument = true")
        await petr.button("Prices by the time of day").focus()
        await page.keyboard.press("Enter")
        begin = page.locator('[name="windows[0].from"]')
        await expect(begin).to_be_focused()
        await begin.fill("08:00")
        await page.locator('[name="windows[0].to"]').fill("22:00")
        await petr.button("Another time of day").press("Enter")
        await expect(page.locator('[name="windows[1].from"]')).to_be_focused()
        await expect(page.locator('[name="windows[1].from"]')).to_have_value("22:00")
        await expect(page.locator('[name="windows[1].to"]')).to_have_value("08:00")
        assert await page.evaluate("window.sameDocument"), "no reload for a row"
        await page.locator('[name="windows[1].segments[0].rate"]').fill("пол")
        await page.locator("#why").fill("ночью дешевле")
        await page.keyboard.press("Enter")
        wrong = page.locator('[name="windows[1].segments[0].rate"]')
        await expect(wrong).to_have_attribute("aria-invalid", "true")
        await expect(wrong).to_have_accessible_description("Напишите сумму цифрами")
        await petr.judge("wrong")
        await wrong.fill("0,50")
        await page.keyboard.press("Enter")
        await petr.button("Publish version {n}", n=2).click()
        await page.wait_for_url(re.compile(r"host-pays$"))
        await expect(page.get_by_text("ночью дешевле")).to_be_visible()
        petr.language = "en"
        await petr.speak()
        await petr.judge("windows in English")
        await petr.button("As JSON, for experts").click()
        await expect(page.locator("textarea")).to_have_value(re.compile('"rate": 50'))
        assert [problem for problem in petr.problems if "422" not in problem] == []
