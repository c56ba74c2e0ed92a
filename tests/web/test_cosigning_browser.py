"""Two browsers sign the minutes; one stops, the meter says why it stands, and goes on with it."""

import pytest
from playwright.async_api import Browser, expect

from tests.web.browsers import Person, Server, person, until
from tests.web.test_room_browser import ends
from tests.web.test_room_money_browser import invites, joins

pytestmark = [pytest.mark.browser, pytest.mark.nightly, pytest.mark.timeout(400)]

STOP = """() => {
  const real = SubtleCrypto.prototype;
  real.kept ??= real.sign;
  real.sign = () => Promise.reject(new Error('not now'));
}"""
# What is kept in this browser; and one that a session long over has left.
KEYS = """() => new Promise(found => {
  indexedDB.open('minuta', 1).onsuccess = ({ target: { result: base } }) => {
    base.transaction('keys').objectStore('keys').getAllKeys().onsuccess = ({ target }) => {
      base.close();
      found(target.result);
    };
  };
})"""
OLD = """() => new Promise(put => {
  const opening = indexedDB.open('minuta', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
  opening.onsuccess = () => {
    const base = opening.result;
    const keys = base.transaction('keys', 'readwrite').objectStore('keys');
    keys.put({ keptMs: Date.now() - 31 * 86400e3 }, 'old');
    keys.put({ keptMs: Date.now() - 29 * 86400e3 }, 'young');
    keys.put({ last: null }, 'undated').onsuccess = () => { base.close(); put(); };
  };
})"""
GO_ON = "() => { SubtleCrypto.prototype.sign = SubtleCrypto.prototype.kept; }"


async def pays_in(client: Person) -> None:
    await client.open("/wallet/top-up")
    await client.page.locator("#amount").fill("20000")
    await client.page.get_by_role("button", name=client.say("Pay"), exact=True).click()
    await client.page.locator("button[value=pay]").click()
    await client.page.wait_for_url("**/wallet/top-up/**")


async def test_who_stops_signing_stops_the_meter(running: Server, browser: Browser) -> None:
    host = await person(browser, running.origin, "en")
    client = await person(browser, running.origin, "ru", 360)
    await joins(client, await invites(host))
    room = client.page.url
    await pays_in(client)
    await client.open(room)
    await client.page.evaluate(STOP)
    for one in (host, client):
        await one.page.locator(".stage-card .primary").click()
    await expect(host.page.locator(".strip .billed")).to_have_count(1, timeout=30_000)
    await expect(host.page.locator(".strip .signed")).to_have_count(0)

    said = host.page.locator(".banner.warn")
    await expect(said).to_contain_text("does not sign the minutes", timeout=150_000)
    await expect(client.page.locator(".banner.warn")).to_contain_text("не подписывает минуты")
    for one in (host, client):
        await one.judge("the meter waits for a signature")
        await one.page.screenshot(path=running.folder / f"unsigned-{one.language}.png")
    stood = await host.clock()
    await client.page.evaluate(GO_ON)
    await until(host.clock, lambda now: now > stood + 3, limit_s=60)
    await expect(host.page.locator(".strip .signed")).to_have_count(2)
    await expect(said).to_be_hidden()

    await client.page.evaluate(STOP)
    await expect(said).to_contain_text("does not sign the minutes", timeout=200_000)
    stood = await host.clock()
    await host.button("Go on without signatures").click()
    await until(host.clock, lambda now: now > stood + 3, limit_s=60)
    assert host.problems + client.problems == []


async def test_a_key_is_kept_no_longer_than_its_session(running: Server, browser: Browser) -> None:
    host = await person(browser, running.origin, "en")
    client = await person(browser, running.origin, "ru", 360)
    await host.open("/")
    await host.page.evaluate(OLD)
    await joins(client, await invites(host))
    room = client.page.url
    await pays_in(client)
    await client.open(room)
    await until(lambda: host.page.evaluate(KEYS), lambda keys: "old" not in keys and len(keys) == 3)
    for one in (host, client):
        await one.page.locator(".stage-card .primary").click()
    await expect(host.page.locator(".strip .signed")).to_have_count(1, timeout=90_000)
    await ends(host, client)
    assert sorted(await host.page.evaluate(KEYS)) == ["undated", "young"]
    assert await client.page.evaluate(KEYS) == []
