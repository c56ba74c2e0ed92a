"""A consilium in three real browsers: called, agreed to, heard, seen, shown, left."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.web.browsers import Person, Server, person, until
from tests.web.test_room_browser import together

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.nightly,
    pytest.mark.timeout(240),
]

VOICES = """async () => {
  const pc = document.querySelector('session-room').conductor.media.sub.connection;
  if (!pc) return [];
  const all = await pc.getStats(), told = [];
  all.forEach(s => { if (s.type === 'inbound-rtp' && s.kind === 'audio')
    told.push(s.packetsReceived); });
  return told;
}"""


async def hears(one: Person, voices: int) -> None:
    """So many voices at once, each with packets of its own."""

    async def told() -> Any:
        return await one.page.evaluate(VOICES)

    await until(told, lambda got: len([n for n in got if n > 50]) == voices)


async def calls(host: Person) -> str:
    """The list opens from the head; the link that the host is given."""
    await host.page.locator("button[popovertarget=room-company]").click()
    await host.judge("room, calling")
    await host.page.locator("#room-company button[value=colleague]").click()
    link = host.page.locator("#room-company .copy-row input")
    await expect(link).to_be_visible()
    await host.judge("room, called")
    found = await link.input_value()
    await host.page.keyboard.press("Escape")
    return found


async def comes(maria: Person, link: str) -> None:
    await maria.open("/")
    await maria.speak()
    await maria.button("Enter as a second consultant").click()
    await maria.page.wait_for_url("**/dashboard")
    await maria.open(link)
    await maria.judge("the colleague's door")
    await maria.button("Come in").click()
    await maria.page.wait_for_url("**/room")


@pytest.mark.parametrize(("client_width", "maria_width"), [(360, 1280), (1280, 360)])
async def test_three_hear_and_see_each_other(
    running: Server, browser: Browser, client_width: int, maria_width: int
) -> None:
    host, client = await together(running, browser, client_width)
    maria = await person(browser, running.origin, "ru", maria_width)
    everybody = (host, client, maria)
    link = await calls(host)
    notice = client.page.locator("[data-call]")
    await expect(notice).to_contain_text("Same price, one meter")
    await client.judge("room, somebody is called")
    await notice.get_by_role("button", name="Fine").click()
    await expect(notice).to_have_count(0)
    await comes(maria, link)
    for one in everybody:
        await hears(one, 2)
    await until(maria.frames, lambda n: n > 5)
    for one in everybody:
        await expect(one.page.locator(".room-head > p")).to_contain_text(
            "Мария" if one is not maria else "Anna"
        )
        await one.judge("room, three")

    await maria.button("Show my screen").click()
    for one in (host, client):
        choice = one.page.locator(".screens")
        await choice.get_by_role("button", name="Мария Белова").click()
        before = await one.frames()
        await until(one.frames, lambda n, was=before: n > was + 5)
        await one.judge("room, the colleague's screen")
    await host.page.locator(".screens").get_by_role("button", name="Anna").click()
    before = await host.frames()
    await until(host.frames, lambda n: n > before + 5)
    await hears(host, 2)

    await maria.button("Leave").click()
    await maria.page.wait_for_url("**/dashboard")
    await expect(host.page.locator(".screens")).to_have_count(0)
    await until(host.frames, lambda n: n > before + 10)

    number = host.page.url.split("/")[-2]
    await host.page.locator(".end-button").click()
    await host.page.get_by_role("dialog").get_by_role("button", name="End the session").click()
    await host.page.wait_for_url("**/result")
    page = await host.value(f"/sessions/{number}")
    (seen,) = page["company"]
    assert seen["name"] == "Мария Белова"
    assert seen["with_client_s"] >= 5
    assert abs(seen["with_client_s"] - seen["with_host_s"]) <= 3
    await host.open(f"/sessions/{number}")
    await expect(host.page.get_by_text("Мария Белова")).to_be_visible()
    await host.judge("the session's page")
    assert host.problems + client.problems + maria.problems == []
