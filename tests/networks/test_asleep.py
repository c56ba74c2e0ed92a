"""A laptop that sleeps for more than a minute: its browser stands still and nothing passes, then
all goes on; nobody clicks."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.networks.judging import flows_again
from tests.networks.lab import lab
from tests.networks.spaces import Wire
from tests.web.browsers import until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.nightly, pytest.mark.timeout(300)]

# The tariff ends a session after 90 seconds without media ("absence").
ASLEEP_S = 62
BACK_S = 12.0
RULE_S = 6


def browser_of(wire: Wire) -> list[int]:
    """Every process in the wire's network but the one that holds it: the browser's."""
    wanted = os.stat(f"/proc/{wire.space.pid}/ns/net").st_ino
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and os.stat(folder / "ns" / "net").st_ino == wanted:
                found.append(int(folder.name))
        except OSError:
            continue
    return [pid for pid in found if pid != wire.space.pid]


def signal_all(pids: list[int], what: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, what)


async def test_a_sleep_of_more_than_a_minute(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with lab(tmp_path) as place:
        host, client, wire = place.host, place.client, place.net.client
        await client.page.set_viewport_size({"width": 360, "height": 740})
        await place.meet()
        await place.show()
        counted = await until(host.clock, lambda now: now >= 3)
        asleep = browser_of(wire)
        wire.cut()
        signal_all(asleep, signal.SIGSTOP)
        begun = time.monotonic()
        try:
            # Interrupted at first, then why the meter stands, in the end who is not there.
            banner = host.page.locator(".banner.warn")
            await expect(banner).to_be_visible(timeout=20_000)
            told_s = time.monotonic() - begun
            await expect(banner).to_contain_text("The meter has been paused", timeout=20_000)
            await expect(banner).to_contain_text("Anna is offline", timeout=58_000)
            await asyncio.sleep(ASLEEP_S - (time.monotonic() - begun))
            clock_s = await host.clock() - counted
        finally:
            wire.mend()
            signal_all(asleep, signal.SIGCONT)
        woken = client.page.get_by_text("This device was asleep for 1:0")
        back_s, _ = await asyncio.gather(
            flows_again(place, 30), expect(woken).to_be_visible(timeout=20_000)
        )
        await expect(woken).to_contain_text("The meter stood meanwhile")
        wide = await client.page.evaluate("document.documentElement.scrollWidth")
        with capfd.disabled():
            print(
                f"\nasleep for {ASLEEP_S} s: the other side is told after {told_s:.0f} s,"
                f" media back {back_s:.1f} s after it, the meter counted {clock_s} s"
            )
        assert back_s <= BACK_S
        assert clock_s <= RULE_S
        assert wide <= 360
        await expect(banner).to_be_hidden()
        stood = await host.clock()
        assert stood <= counted + clock_s + BACK_S
        await until(host.clock, lambda now: now >= stood + 5)
