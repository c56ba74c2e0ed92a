"""Firefox ESR at either end of the main job: joins, hears, sees, is heard and seen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.relay.browsers import SYNTHETIC, chromiums
from tests.web.browsers import Server, person, server, until
from tests.web.firefox import Firefox, firefox
from tests.web.test_room_browser import enters, invites

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(120)]

# By direction and kind, from both connections of the room.
COUNTED = """(async () => {
  const { sub, pub } = document.querySelector('session-room').conductor.media, told = {};
  for (const end of [sub, pub]) {
    const all = await end.connection.getStats();
    all.forEach(s => {
      if (s.type === 'inbound-rtp') told['in ' + s.kind] = {
        packets: s.packetsReceived, frames: s.framesDecoded ?? 0, lost: s.packetsLost };
      if (s.type === 'outbound-rtp') told['out ' + s.kind] = {
        packets: s.packetsSent, codec: all.get(s.codecId)?.mimeType ?? '' };
    });
  }
  return told;
})()"""
CLOCK = "document.querySelector('[role=timer] time').getAttribute('datetime')"


@pytest.fixture
async def ends(tmp_path: Path) -> AsyncIterator[tuple[Server, Browser, Firefox]]:
    """The server and both browsers, started side by side."""
    async with AsyncExitStack() as stack:
        running, [chromium], fox = await asyncio.gather(
            stack.enter_async_context(server(tmp_path, media="")),
            stack.enter_async_context(chromiums(1, SYNTHETIC)),
            stack.enter_async_context(firefox("ru")),
        )
        yield running, chromium, fox


async def counted(fox: Firefox) -> dict[str, dict[str, Any]]:
    return dict(await fox.evaluate(COUNTED))


async def hears(fox: Firefox) -> dict[str, dict[str, Any]]:
    """Sound comes in and goes out; what was counted."""
    return dict(
        await until(
            lambda: counted(fox),
            lambda told: (
                min(
                    told.get("in audio", {}).get("packets", 0),
                    told.get("out audio", {}).get("packets", 0),
                )
                > 50
            ),
        )
    )


async def shows(origin: str, chromium: Browser, fox: Firefox) -> None:
    """The client in Firefox shows the screen and talks to the consultant in Chromium."""
    host = await person(chromium, origin, "en")
    await enters(host)
    await fox.open(await invites(host))
    await fox.click("Test the microphone")
    await fox.sees("The microphone works")
    await fox.fill("What is your name", "Anna")
    await fox.click("Join")
    await expect(host.text("What is agreed")).to_be_visible()
    await host.page.locator(".stage-card .primary").click()
    await fox.click("Show my screen")
    await fox.sees("Running")
    assert await until(host.frames, lambda n: n > 20)
    await until(host.incoming, lambda told: told["audio"]["packets"] > 50)
    told = await hears(fox)
    assert told["in audio"]["lost"] == 0
    assert told["out video"]["codec"]
    await until(host.clock, lambda now: now > 0)
    assert host.problems == []


async def sees(origin: str, chromium: Browser, fox: Firefox) -> None:
    """The consultant in Firefox sees the client's screen and hears the client in Chromium."""
    client = await person(chromium, origin, "en")
    await fox.ask("storage.deleteCookies")
    await fox.open(origin)
    await fox.click_on("button[name=role][value=consultant]")
    await fox.fill("Topic", "A document does not post")
    await fox.click_on("input[value=host-pays]")
    await fox.click("Start a session")
    await fox.wait({"type": "css", "value": "copy-field input"})
    await client.open(await fox.evaluate("document.querySelector('copy-field input').value"))
    await fox.click("Enter the room", role="link")
    await client.page.get_by_label(client.say("What is your name")).fill("Anna")
    await client.button("Join").click()
    await fox.sees("What is agreed")
    await fox.click_on(".stage-card .primary")
    await client.button("Show my screen").click()
    told = await until(
        lambda: counted(fox), lambda told: told.get("in video", {}).get("frames", 0) > 20
    )
    assert told["in video"]["lost"] == 0
    assert (await hears(fox))["in audio"]["lost"] == 0
    await until(client.incoming, lambda told: told["audio"]["packets"] > 50)
    await until(lambda: fox.evaluate(CLOCK), lambda told: told not in (None, "PT0S"))
    assert client.problems == []


async def test_firefox_is_heard_and_seen_then_hears_and_sees(
    ends: tuple[Server, Browser, Firefox],
) -> None:
    running, chromium, fox = ends
    await shows(running.origin, chromium, fox)
    await sees(running.origin, chromium, fox)
    assert fox.problems == []
