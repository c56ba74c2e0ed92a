"""The whole main job by keyboard alone, from the invitation to the paper, with real media."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.web.browsers import Person, Server, person, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

TABS_MAX = 60
ROOM = """
- heading "Anna" [level=1]
- log "Chat"
- textbox "Message"
- timer
- group "Controls":
  - button "Microphone" [pressed]
  - button "Chat" [expanded]
  - button "Pause"
  - button "End"
"""


async def reach(one: Person, wanted: Locator) -> None:
    """Tab after Tab until it has the focus, which can be seen; a page may have put it there."""
    await expect(wanted).to_be_visible()
    for tabs in range(TABS_MAX):
        if await wanted.evaluate("one => one === document.activeElement"):
            ring = await wanted.evaluate("one => getComputedStyle(one).outlineStyle")
            assert ring != "none" or not tabs, "the focus cannot be seen"
            return
        await one.page.keyboard.press("Tab")
    raise AssertionError(f"not reached by Tab: {wanted}")


async def press(one: Person, wanted: Locator, key: str = "Enter") -> None:
    await reach(one, wanted)
    await one.page.keyboard.press(key)


async def fill(one: Person, wanted: Locator, text: str) -> None:
    await reach(one, wanted)
    await one.page.keyboard.type(text)


async def invites(host: Person) -> str:
    await host.open("/")
    await host.speak()
    await press(host, host.button("Enter as a consultant"))
    await host.page.wait_for_url("**/dashboard")
    await fill(host, host.page.get_by_role("textbox", name="Topic"), "A document does not post")
    chosen = host.page.locator("input[name=plan]:checked")
    await reach(host, chosen)
    if await chosen.get_attribute("value") != "host-pays":
        await host.page.keyboard.press("ArrowUp")
    await press(host, host.button("Start a session"))
    await host.page.wait_for_url("**/invites/**")
    link = await host.page.locator("copy-field input").input_value()
    await press(host, host.page.get_by_role("link", name="Enter the room"))
    await host.page.wait_for_url("**/room")
    return link


async def ends(host: Person) -> None:
    await press(host, host.page.locator(".end-button"))
    dialog = host.page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Stay")).to_be_focused()
    await host.page.keyboard.press("Shift+Tab")
    await expect(dialog.get_by_role("button", name="End the session")).to_be_focused()
    await host.page.keyboard.press("Enter")
    await host.page.wait_for_url("**/result")


async def paper(host: Person, folder: Path) -> None:
    await fill(host, host.page.locator("textarea[name=result]"), "The period was open")
    await press(host, host.button("Send"))
    await expect(host.page.locator("textarea[name=result]")).to_have_count(0)
    link = host.page.get_by_role("link", name="Download the record").first

    async def made() -> int:
        await host.page.reload()
        return await link.count()

    await until(made, bool)
    await reach(host, link)
    async with host.page.expect_download() as coming:
        await host.page.keyboard.press("Enter")
    await (await coming.value).save_as(folder / "record.pdf")
    assert (folder / "record.pdf").read_bytes().startswith(b"%PDF-")


async def test_the_main_job_without_a_mouse(
    running: Server, browser: Browser, tmp_path: Path
) -> None:
    host = await person(browser, running.origin, "en")
    client = await person(browser, running.origin, "en")
    link = await invites(host)
    await client.open(link)
    await fill(client, client.page.get_by_label("What is your name"), "Anna")
    await press(client, client.button("Join"))
    await client.page.wait_for_url("**/room**")
    await press(host, host.page.locator(".stage-card .primary"))
    await press(client, client.button("Show my screen"))
    await expect(client.text("Running")).to_be_visible()
    await until(host.frames, lambda n: n > 5)
    for one, other, text in ((client, host, "It does not post"), (host, client, "I see it")):
        await fill(one, one.page.locator("chat-panel textarea"), text)
        await one.page.keyboard.press("Enter")
        await expect(other.page.get_by_role("log").get_by_text(text)).to_be_visible()
    await expect(host.page.locator("session-room")).to_match_aria_snapshot(ROOM)
    await until(host.clock, lambda now: now >= 3)
    await ends(host)
    await paper(host, tmp_path)
    assert host.problems + client.problems == []
