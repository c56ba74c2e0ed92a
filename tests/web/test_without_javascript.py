"""Scripts off: everything but the room works, by links and forms alone."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.web.serving import Served
from tests.web.test_result import end
from tests.web.test_wiring import live, see, turn
from web.keys import SETTINGS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(120)]


async def plain_page(browser: Browser, served: Served, token: str = "") -> Page:
    """A page of somebody whose browser runs no scripts."""
    context = await browser.new_context(
        locale="en-GB", base_url=served.base, java_script_enabled=False
    )
    context.set_default_timeout(10_000)
    await context.add_cookies([{"name": "language", "value": "en", "url": served.base}])
    if token:
        name = served.app[SETTINGS].cookie
        await context.add_cookies([{"name": name, "value": token, "url": served.base}])
    return await context.new_page()


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name).first.click()


async def test_in_by_a_door_language_theme_and_out(browser: Browser, served: Served) -> None:
    page = await plain_page(browser, served)
    await page.goto("/")
    await press(page, "Русский")
    await expect(page.locator("html")).to_have_attribute("lang", "ru")
    await press(page, "English")
    await press(page, "Enter as a consultant")
    await page.locator("details.menu > summary").click()
    await press(page, "Dark")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    for name in ("Sessions", "Balance", "Payouts", "Documents", "Dashboard"):
        await page.get_by_role("navigation").get_by_role("link", name=name).first.click()
        await expect(page.locator("h1")).to_have_count(1)
    await page.locator("details.menu > summary").click()
    await press(page, "Log out")
    await page.goto("/dashboard")
    await expect(page).to_have_url(f"{served.base}/login?next=/dashboard")


async def test_a_session_is_made_and_the_guest_comes_to_the_room(
    browser: Browser, served: Served
) -> None:
    """There the page says that it needs scripts; nothing has been asked for in vain before."""
    host, guest = await plain_page(browser, served), await plain_page(browser, served)
    await host.goto("/")
    await press(host, "Enter as a consultant")
    await host.get_by_role("textbox", name="Topic").fill("A document does not post")
    await host.locator("input[value=host-pays]").check()
    await press(host, "Start a session")
    link = await host.locator("copy-field input").input_value()
    await guest.goto(link)
    await press(guest, "Join")
    await guest.get_by_label("What is your name").fill("Anna")
    await press(guest, "Join")
    await guest.wait_for_url("**/room")
    # Chromium draws no <noscript> when a test turns scripts off, only when a person does.
    assert "The room needs JavaScript" in await guest.content()
    await host.goto("/dashboard")
    await (
        host.get_by_role("link", name="A document does not post")
        .or_(host.get_by_role("link", name="Enter the room"))
        .first.click()
    )
    await host.wait_for_url("**/room")
    assert "The room needs JavaScript" in await host.content()


async def test_results_are_sent_and_the_paper_is_verified(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    async with live(served, "client-pays") as one:
        see(served, one.number, 70)
        await turn(served)
        await end(served, one.number)
        host = await plain_page(browser, served, one.host.token)
        await host.goto(f"/sessions/{one.number}/result")
        await host.get_by_label("What was done").fill("The period was open")
        await press(host, "All 5")
        await press(host, "Send")
        await expect(host.get_by_text("The period was open").first).to_be_visible()
        client = await plain_page(browser, served, one.client.token)
        await client.goto(f"/sessions/{one.number}/result")
        await client.locator("input[value=unresolved]").check()
        await press(client, "Send")
        await client.get_by_label("Comment").fill("It came back")
        await client.locator("input[value=unresolved]").check()
        await press(client, "Send")
        await expect(client.locator("form.outcome")).to_have_count(0)
        async with client.expect_download() as coming:
            await client.locator("a[href$='.pdf']").first.click()
        file = tmp_path / "record.pdf"
        await (await coming.value).save_as(file)
    await client.goto("/verify")
    await client.locator("input[type=file]").set_input_files(file)
    await press(client, "Verify")
    await expect(client.get_by_text("The document is authentic")).to_be_visible()


async def test_money_comes_in_and_minutes_are_reckoned(browser: Browser, served: Served) -> None:
    page = await plain_page(browser, served)
    await page.goto("/")
    await page.get_by_role("link", name="Count what a session costs").click()
    await page.get_by_label("Who pays").select_option("client-pays")
    await page.get_by_label("The consultant's rate").fill("20")
    await page.get_by_label("Connected, minutes").fill("12")
    await page.get_by_label("and seconds").fill("1")
    await press(page, "Reckon")
    await expect(page.locator("#calculator ~ .figures")).to_contain_text("260.00")
    await page.goto("/")
    await press(page, "Enter as a client")
    await page.goto("/wallet/top-up")
    await page.locator("once-form button.primary").click()
    await page.locator("button[value=pay]").click()
    await expect(page.get_by_role("status")).to_be_visible()
    await page.goto("/wallet")
    await expect(page.get_by_text("6,000.00").first).to_be_visible()
