"""Real Chromium through the relay: four codecs, and the truth table of what is evidence.

The relay offers 127.0.0.1 only, so nothing leaves the machine's loopback.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page

from relay import LegLost, LegSecond, SecondWitnessed
from relay.endpoint import Endpoint
from tests.relay.browsers import (
    THIS_TAB,
    chromium_pids,
    chromiums,
    kill,
    open_page,
    page_address,
)
from tests.relay.conftest import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CODECS = ("VP8", "VP9", "H264", "AV1")

Subscribe = Callable[[Stage, Page, str, int], Awaitable[None]]


async def publish(stage: Stage, page: Page, leg: str, codec: str, generation: int = 0) -> None:
    offer = await page.evaluate("c => publish('pub', c)", codec)
    answer = await stage.engine.publish("S", leg, offer, generation)
    await page.evaluate("s => answer('pub', s)", answer.sdp)


async def subscribe(stage: Stage, page: Page, leg: str, generation: int = 0) -> None:
    offer = await page.evaluate("subscribe('sub')")
    answer = await stage.engine.subscribe("S", leg, offer, generation)
    await page.evaluate("s => answer('sub', s)", answer.sdp)


async def seen(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate("stats('sub')")
    return found


async def frames(page: Page, more_than: int, limit_s: float = 15.0) -> dict[str, Any]:
    """Statistics of the viewer once it has decoded so many frames."""
    for _ in range(int(limit_s * 10)):
        found = await seen(page)
        if (found.get("in_video") or {}).get("frames", 0) > more_than:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"no {more_than} frames: {found}")


async def passes(
    stage: Stage, shows: Page, looks: Page, codec: str, generation: int, watch: Subscribe
) -> dict[str, Any]:
    """From two fresh legs to picture and sound in the codec; what the viewer has of it."""
    await stage.engine.close_leg("S", "host")
    await stage.engine.close_leg("S", "client")
    await publish(stage, shows, "client", codec, generation)
    await publish(stage, looks, "host", "", generation)
    await watch(stage, looks, "host", generation)
    await watch(stage, shows, "client", generation)
    found = await frames(looks, 20)
    assert found["in_video"]["codec"] == f"video/{codec}"
    assert found["in_video"]["width"] == 1280
    assert (await seen(shows))["in_audio"]["packets"] > 0
    return found


async def test_every_codec_from_browser_to_browser(stage: Stage) -> None:
    async with page_address() as address, chromiums(2) as (one, other):
        shows, looks = [await open_page(b, address) for b in (one, other)]
        await shows.evaluate("capture({video: {frameRate: 30}})")
        await looks.evaluate("capture(null)")
        for generation, codec in enumerate(CODECS):
            found = await passes(stage, shows, looks, codec, generation, subscribe)
            assert found["in_video"]["lost"] == 0
            assert found["pair"][1] == "127.0.0.1"
            assert await looks.evaluate("window.first") < 1000, codec


async def test_late_candidates_are_taken_and_names_never_resolved(stage: Stage) -> None:
    async with page_address() as address, chromiums(1) as (browser,):
        page = await open_page(browser, address)
        await page.evaluate("capture(null)")
        await publish(stage, page, "client", "")
        for line in [*await page.evaluate("late.pub"), "candidate:1 1 udp 1 a-b.local 9 typ host"]:
            await stage.engine.candidate("S", "client", "pub", 0, line, "0")
        assert await stage.until(lambda: latest(stage, "client").audio_packets > 40)


def latest(stage: Stage, leg: str) -> LegSecond:
    """What was last witnessed of the leg."""
    told = stage.of(SecondWitnessed)
    found = [s for s in told[-1].legs if s.leg == leg] if told else []
    return found[0] if found else LegSecond(leg, present=False)


class Story:
    """Asks for the seconds between two moments, edges left out."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    async def during(self, lasts_s: float) -> tuple[list[LegSecond], int]:
        """The client's seconds in a stretch of time, and how many of them were mutual."""
        since = int(time.time()) + 2
        until = since + int(lasts_s)
        assert await self.stage.until(
            lambda: any(e.second >= until for e in self.stage.of(SecondWitnessed)), lasts_s + 8
        )
        told = [e for e in self.stage.of(SecondWitnessed) if since <= e.second <= until]
        legs = [leg for e in told for leg in e.legs if leg.leg == "client"]
        assert len(legs) == len(told), "of a second without the client nothing below would be said"
        return legs, sum(("client", "host") in e.pairs for e in told)


async def test_truth_table(stage: Stage) -> None:
    """Static screen, muted, hidden tab, no audio track, share stopped, browser killed."""
    others = chromium_pids()
    async with page_address() as address, chromiums(1, THIS_TAB) as (browser,):
        page = await open_page(browser, address)
        await page.mouse.click(5, 5)
        await page.evaluate("capture({video: true, preferCurrentTab: true})")
        host = await stage.join("host", Endpoint(("127.0.0.1",), video=False))
        await publish(stage, page, "client", "VP8")
        await subscribe(stage, page, "client")
        assert await stage.until(lambda: host.first_frame_ms is not None)
        story = Story(stage)

        async def then(change: str, lasts_s: float = 2) -> tuple[list[LegSecond], int]:
            await page.evaluate(change)
            return await story.during(lasts_s)

        rows = {
            "moving": await then("0"),
            "static": await then("moving = false, 0"),
            "muted": await then("mic.getAudioTracks()[0].enabled = false, 0"),
        }
        hidden = await page.context.new_page()
        await hidden.goto("about:blank")
        await hidden.bring_to_front()
        rows["hidden"] = await story.during(2)
        for name, (legs, mutual) in rows.items():
            assert all(leg.present for leg in legs), name
            assert all(leg.audio_packets >= 40 for leg in legs), (name, legs)
            assert mutual == len(legs), name
        assert sum(leg.video_packets for leg in rows["moving"][0]) > 20
        assert sum(leg.video_packets for leg in rows["static"][0]) < 60

        stopped, mutual = await then("screen_.getTracks().forEach(t => t.stop())")
        assert sum(leg.video_packets for leg in stopped) == 0
        assert mutual == len(stopped), "voice alone is enough"

        silent, mutual = await then("peers.pub.getSenders()[0].replaceTrack(null)", 3)
        assert all(leg.present for leg in silent)
        assert mutual == 0, "present but sending nothing is not a mutual second"

        killed = time.time()
        kill(chromium_pids() - others)
        assert await stage.until(lambda: [e for e in stage.of(LegLost) if e.leg == "client"])
        assert time.time() - killed <= 5


async def test_a_reloaded_page_resumes_with_a_new_generation(stage: Stage) -> None:
    async with page_address() as address, chromiums(2) as (one, other):
        shows, looks = [await open_page(b, address) for b in (one, other)]
        await shows.evaluate("capture({video: true})")
        await looks.evaluate("capture(null)")
        await publish(stage, shows, "client", "VP8")
        await subscribe(stage, looks, "host")
        before = (await frames(looks, 10))["in_video"]["frames"]
        await shows.reload()
        await shows.evaluate("capture({video: true})")
        await publish(stage, shows, "client", "VP8", generation=1)
        found = await frames(looks, before + 20)
        assert found["state"] == "connected"
        assert found["in_video"]["lost"] == 0
