"""The client pays: price on the button, the end of the money, a top-up in time, 80 % back."""

import pytest
from playwright.async_api import Browser, expect

from tests.web.browsers import Person, Server, person, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

RATE = 3000  # of the demo client's 5 000: the second minute cannot be paid


async def invites(host: Person) -> str:
    await host.open("/")
    await host.speak()
    await host.button("Enter as a consultant").click()
    await publishes(host)
    await host.page.get_by_role("textbox", name=host.say("Topic")).fill("Closing the year")
    await host.page.locator("input[value=client-pays]").check()
    await host.button("Start a session").click()
    await host.page.wait_for_url("**/invites/**")
    link = await host.page.locator("copy-field input").input_value()
    await host.page.get_by_role("link", name=host.say("Enter the room")).click()
    return link


async def publishes(host: Person) -> None:
    """The rate is published first; the form of a session has it then."""
    await host.page.wait_for_url("**/dashboard")
    await host.open("/rate")
    await host.page.locator("#rate").fill(str(RATE))
    await host.button("See what it comes to").click()
    await host.page.locator("#preview button").click()
    await expect(host.page.locator(".banner.ok")).to_be_visible()
    await host.open("/dashboard")


async def joins(client: Person, link: str) -> None:
    """A paying client must be known: the demo door leads back to the invitation."""
    await client.open(link)
    await client.speak()
    await client.judge("pre-join of a payer")
    await client.page.locator("button[name=role]").first.click()
    await client.button("Join").click()
    await client.page.wait_for_url("**/room")


async def tops_up(client: Person, roubles: int) -> None:
    """Through the link of the banner, in a tab of its own; the room stays where it is."""
    async with client.context.expect_page() as coming:
        await client.page.get_by_role("link", name=client.say("Top up")).click()
    bank = await coming.value
    await bank.locator("#amount").fill(str(roubles))
    await bank.get_by_role("button", name=client.say("Pay"), exact=True).click()
    await bank.locator("button[value=pay]").click()
    await bank.wait_for_url("**/wallet/top-up/**")
    await bank.close()


async def limits(payer: Person, roubles: str) -> None:
    """By keyboard alone: the payer says what the session may cost at most."""
    settings = payer.page.get_by_role("button", name=payer.say("Settings"))
    await settings.focus()
    await payer.page.keyboard.press("Enter")
    field = payer.page.locator("#cap-sum")
    await field.focus()
    await payer.page.keyboard.type("much")
    await payer.page.keyboard.press("Enter")
    await expect(payer.page.locator(".banner.warn")).to_be_visible()
    await field.fill(roubles)
    await payer.page.keyboard.press("Enter")
    await expect(payer.page.locator("#cap-now")).to_contain_text("90,000.00")
    await payer.judge("the cap of a session")
    await payer.page.keyboard.press("Escape")
    await payer.button("Got it").click()


async def test_money_ends_comes_back_and_most_of_it_returns(
    running: Server, browser: Browser
) -> None:
    host = await person(browser, running.origin, "en")
    client = await person(browser, running.origin, "en", 390, color_scheme="dark")
    await joins(client, await invites(host))
    price = client.page.locator(".stage-card .primary")
    await expect(price).to_contain_text("3,000.00")
    await client.judge("terms of a payer")
    await expect(host.text("What is agreed")).to_be_visible()
    await limits(client, "90000")
    await expect(host.page.locator("#cap-sum")).to_have_count(0)
    await host.page.locator(".stage-card .primary").click()
    await price.click()
    for one in (host, client):
        await expect(one.text("Running")).to_be_visible()
        await expect(one.page.locator(".banner.danger")).to_be_visible()
    await expect(host.page.locator(".meter")).to_contain_text("3,000.00")
    await expect(host.page.get_by_role("link", name=host.say("Top up"))).to_have_count(0)
    await client.judge("room, the last minute")

    await until(client.clock, lambda now: now >= 50, limit_s=70)
    for one in (host, client):
        await expect(one.page.locator(".banner.danger")).to_contain_text("ends in")
    await client.judge("room, the last seconds")
    await tops_up(client, 20_000)
    await expect(client.page.locator(".banner.danger")).to_be_hidden()
    await until(host.clock, lambda now: now >= 63)
    await expect(client.page.locator(".meter")).to_contain_text("6,000.00")
    for one in (host, client):
        await expect(one.page.locator(".strip .signed")).to_have_count(2)

    await client.page.locator(".end-button").click()
    await client.page.get_by_role("dialog").locator(".danger").click()
    await client.page.wait_for_url("**/result")
    await client.page.locator("input[value=unresolved]").check()
    await client.page.locator("textarea[name=comment]").fill("The year is still open")
    await client.button("Send").click()
    await client.judge("result, not resolved")
    await client.open(f"/sessions/{client.page.url.split('/')[-2]}")
    await client.page.locator("summary", has_text=client.say("Why was each minute billed?")).click()
    await expect(client.page.locator(".why tbody tr")).to_have_count(2)
    await expect(client.page.locator(".why tbody")).to_contain_text("money 3,000.00")
    await client.judge("why each minute was billed")
    left = (await client.value("/dashboard"))["balance"]["minor"]
    assert left == 500_000 + 2_000_000 - 600_000 * 20 // 100
    assert host.problems + client.problems == []
