"""The client's network goes away and another comes, with another address; nobody clicks."""

import asyncio
import time
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.networks.judging import flows_again, stretch
from tests.networks.lab import lab
from tests.web.browsers import Person, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.nightly, pytest.mark.timeout(240)]

# In which all of it happens.
WATCHED_S = 20
BACK_S = 5.0


async def appears(one: Person, words: str) -> None:
    await expect(one.page.get_by_text(words).first).to_be_visible(timeout=WATCHED_S * 1000)


# Without a moment between the two the browser tells the page of nothing.
@pytest.mark.parametrize("came", ["after the old", "before the old went"])
async def test_another_network(
    came: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with lab(tmp_path) as place:
        host, client = place.host, place.client
        await client.page.set_viewport_size({"width": 360, "height": 740})
        await place.meet()
        await place.show()
        counted = await until(host.clock, lambda now: now >= 3)
        begun = time.monotonic()
        watching = asyncio.create_task(stretch(place, WATCHED_S))
        place.net.client.roams(overlap=came == "before the old went")
        await asyncio.gather(
            appears(host, "Anna changed networks"), appears(client, "The connection is back")
        )
        told_s = time.monotonic() - begun
        wide = await client.page.evaluate("document.documentElement.scrollWidth")
        seen = await watching
        await flows_again(place, 10)
        clock_s = await host.clock() - counted
        with capfd.disabled():
            print(
                f"\na network that came {came}: the other side is told after {told_s:.1f} s,"
                f" no new frame for {seen.gap_s:.1f} s,"
                f" the meter counted {clock_s} of {time.monotonic() - begun:.0f} s"
            )
        assert seen.gap_s <= BACK_S
        assert wide <= 360
        stood = await host.clock()
        await until(host.clock, lambda now: now >= stood + 5)
