"""The tab of who watches is discarded by the browser, really, and opened again: the same side, its
own key for receipts, new connections; the other side reads of it."""

import asyncio
import time
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.relay.browsers import SYNTHETIC
from tests.web import discarding
from tests.web.browsers import Person, Server, person, until

pytestmark = [pytest.mark.browser, pytest.mark.nightly, pytest.mark.timeout(240)]

AWAY_S = 15
BACK_S = 10.0
ASIDE = "The browser had put this tab aside to save memory. You are back"
# A tab that holds a microphone, or plays a voice, is protected from being discarded; so nobody has
# a microphone here, and what is heard is silence.
WITHOUT = """localStorage.setItem('minuta.mic', '{"wanted": false}')"""
# The public half of the key in IndexedDB, and how this page came to be.
SELF = """async () => {
  const {conductor} = document.querySelector('session-room');
  const base = await new Promise((resolve, reject) => {
    const opening = indexedDB.open('minuta', 1);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = reject;
  });
  const all = base.transaction('keys').objectStore('keys').getAll();
  await new Promise(resolve => { all.onsuccess = resolve; });
  const keys = [];
  for (const {pair} of all.result)
    keys.push(JSON.stringify(await crypto.subtle.exportKey('jwk', pair.publicKey)));
  return {discarded: document.wasDiscarded, me: conductor.state.me, keys,
          line: conductor.media.sub.connection.localDescription.sdp.match(/^o=.*$/m)[0]};
}"""


async def begins(host: Person, client: Person) -> None:
    await host.open("/")
    await host.speak()
    await host.page.evaluate(WITHOUT)
    await host.button("Enter as a consultant").click()
    await host.page.wait_for_url("**/dashboard")
    await host.page.get_by_role("textbox", name=host.say("Topic")).fill("A tab put aside")
    await host.page.locator("input[value=host-pays]").check()
    await host.button("Start a session").click()
    await host.page.wait_for_url("**/invites/**")
    link = await host.page.locator("copy-field input").input_value()
    await host.page.get_by_role("link", name=host.say("Enter the room")).click()
    await client.open(link)
    await client.page.get_by_label(client.say("What is your name")).fill("Anna")
    await client.button("Join").click()
    await expect(host.text("What is agreed")).to_be_visible()
    await host.page.locator(".stage-card .primary").click()
    await client.button("Show my screen").click()
    await until(host.frames, lambda n: n > 5)
    await until(host.clock, lambda now: now >= 3)


async def test_a_discarded_tab_comes_back_as_the_same_side(
    running: Server, browser: Browser, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    client = await person(browser, running.origin, "en", 360)
    await client.context.add_init_script(WITHOUT)
    async with discarding.discardable(tmp_path / "profile", SYNTHETIC) as other:
        async with other.visits(running.origin) as page:
            host = discarding.somebody(page, running.origin, "en")
            await begins(host, client)
            before = await page.evaluate(SELF)
        clock_s = await client.clock()
        await other.discards("/room")
        gone = time.monotonic()
        said = client.page.locator(".banner.warn")
        await expect(said).to_contain_text("The meter has been paused", timeout=20_000)
        await expect(said).to_contain_text("is offline")
        told_s = time.monotonic() - gone
        wide = await client.page.evaluate("document.documentElement.scrollWidth")
        await asyncio.sleep(max(0.0, AWAY_S - (time.monotonic() - gone)))
        stood = await client.clock()
        await other.loads("/room")
        back = time.monotonic()
        await expect(client.text("Running")).to_be_visible(timeout=20_000)
        await expect(said).to_be_hidden()
        back_s = time.monotonic() - back
        async with other.visits(running.origin) as page:
            host = discarding.somebody(page, running.origin, "en")
            await expect(host.text(ASIDE)).to_be_visible()
            await until(host.frames, lambda n: n > 5)
            after = await page.evaluate(SELF)
        with capfd.disabled():
            print(
                f"\na discarded tab: the other side is told after {told_s:.1f} s, the meter runs"
                f" {back_s:.1f} s after it is opened again, counted {stood - clock_s} s of {AWAY_S}"
            )
    assert (before["discarded"], after["discarded"]) == (False, True)
    assert (before["me"], after["me"]) == ("host", "host")
    assert len(before["keys"]) == 1
    assert after["keys"] == before["keys"]
    assert after["line"] != before["line"]
    assert stood - clock_s <= 8
    assert back_s <= BACK_S
    assert wide <= 360
    assert client.problems == []
