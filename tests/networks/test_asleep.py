"""A laptop that slept for most of a minute: nothing passes, then everything; nobody clicks."""

import asyncio
import time
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.networks.judging import flows_again
from tests.networks.lab import lab
from tests.web.browsers import until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.nightly, pytest.mark.timeout(240)]

# The tariff ends a session after a minute without media ("absence").
ASLEEP_S = 45
BACK_S = 20.0
RULE_S = 6


async def test_a_while_without_any_network(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with lab(tmp_path) as place:
        host = place.host
        await place.meet()
        await place.show()
        counted = await until(host.clock, lambda now: now >= 3)
        place.net.client.cut()
        begun = time.monotonic()
        # Interrupted at first, then why the meter stands.
        banner = host.page.locator(".banner.warn")
        await expect(banner).to_be_visible(timeout=20_000)
        told_s = time.monotonic() - begun
        await asyncio.sleep(ASLEEP_S - told_s)
        clock_s = await host.clock() - counted
        place.net.client.mend()
        back_s = await flows_again(place, 60)
        with capfd.disabled():
            print(
                f"\nasleep for {ASLEEP_S} s: the other side is told after {told_s:.0f} s,"
                f" media back {back_s:.0f} s after it, the meter counted {clock_s} s"
            )
        assert back_s <= BACK_S
        assert clock_s <= RULE_S
        stood = await host.clock()
        await until(host.clock, lambda now: now >= stood + 5)
