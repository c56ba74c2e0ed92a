"""A client's tab behind another one: timers are throttled by the browser itself, and still no
second is lost and no pause made up.

Nobody inspects the tab while it is hidden (`discarding.py`), so Chromium throttles it as it does
for a person; and nobody has a microphone, because a tab that plays a voice is spared.
The quick run shortens Chromium's own five minutes until intensive throttling to five seconds; the
nightly one waits for all ten minutes in real time with the defaults.
"""

import asyncio
import time
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.relay.browsers import SYNTHETIC
from tests.web import discarding
from tests.web.browsers import Person, Server, person, until
from tests.web.test_discarded import WITHOUT
from tests.web.test_room_browser import invites

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GRACE = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/5"
# How often a timer of a tenth of a second runs, by whether the page is hidden.
BEATS = """window.beats = {hidden: 0, seen: 0};
setInterval(() => beats[document.hidden ? 'hidden' : 'seen']++, 100)"""
# Each phase that the other side's head has shown since.
PHASES = """window.phases = []; new MutationObserver(() => {
  const tag = document.querySelector('.room-head .tag').className;
  if (phases.at(-1) !== tag) phases.push(tag);
}).observe(document.querySelector('.room-head'), {subtree: true, attributes: true,
  childList: true, characterData: true})"""


async def hides(running: Server, browser: Browser, folder: Path, away_s: int, *flags: str) -> None:
    """The client looks at something else for so long; then what the meter and both pages say."""
    host = await person(browser, running.origin, "en")
    await host.open("/")
    await host.speak()
    await host.page.evaluate(WITHOUT)
    await host.button("Enter as a consultant").click()
    link = await invites(host)
    async with discarding.discardable(folder / "profile", (*SYNTHETIC, *flags)) as other:
        async with other.visits(running.origin) as page:
            client = discarding.somebody(page, running.origin, "en")
            await begins(host, client, link)
            await page.evaluate(BEATS)
        await host.page.evaluate(PHASES)
        began, counted = time.monotonic(), await host.clock()
        await other.covers()
        await asyncio.sleep(away_s)
        lost = time.monotonic() - began - (await host.clock() - counted)
        await other.uncovers("/room")
        async with other.visits(running.origin) as page:
            client = discarding.somebody(page, running.origin, "en")
            beats = await page.evaluate("beats")
            await until(client.clock, lambda now: now >= counted + away_s - 1)
        phases = await host.page.evaluate("phases")
    assert abs(lost) <= 1.5, f"{lost} s of {away_s} were not counted"
    assert beats["hidden"] <= away_s * 1.5, f"the tab was not throttled: {beats}"
    assert all("warn" not in one for one in phases), phases
    number = host.page.url.split("/")[-2]
    told = await host.value(f"/sessions/{number}")
    assert all(one["state"] != "unpaid" for one in told["minutes"]), told["minutes"]


async def begins(host: Person, client: Person, link: str) -> None:
    await client.open(link)
    await client.page.evaluate(WITHOUT)
    await client.page.get_by_role("textbox").fill("Anna")
    await client.page.locator("form button.primary").click()
    await client.page.wait_for_url("**/room**")
    await expect(host.text("What is agreed")).to_be_visible()
    await host.page.locator(".stage-card .primary").click()
    await client.page.locator(".stage-card .primary").click()
    await until(host.clock, lambda now: now >= 3)


@pytest.mark.timeout(120)
async def test_a_hidden_tab_loses_no_second(
    running: Server, browser: Browser, tmp_path: Path
) -> None:
    await hides(running, browser, tmp_path, 20, GRACE)


@pytest.mark.nightly
@pytest.mark.timeout(900)
async def test_ten_minutes_behind_another_tab(
    running: Server, browser: Browser, tmp_path: Path
) -> None:
    await hides(running, browser, tmp_path, 600)
