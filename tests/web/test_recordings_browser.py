"""Two people record their session in real browsers; the file plays."""

import asyncio
from pathlib import Path

import av
import pytest
from playwright.async_api import Browser, Locator, expect

from tests.web.browsers import Person, Server, until
from tests.web.test_room_browser import ends, together

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


def indicator(one: Person) -> Locator:
    return one.page.locator(".room-head").get_by_text(one.say("Being recorded"))


async def agrees(host: Person, client: Person) -> None:
    """The consultant suggests; the question comes to the client by itself."""
    await host.button("Record").click()
    await host.judge("room, suggesting to record")
    await host.button("Agree and ask {name}", name="Anna").click()
    question = client.page.get_by_role("dialog")
    await expect(question).to_be_visible()
    await expect(question).to_contain_text(client.say("I agree to the recording"))
    await client.judge("room, asked to record")
    await client.button("I agree to the recording").click()
    await expect(question).to_be_hidden()
    for one in (host, client):
        await expect(indicator(one)).to_be_visible()
        await one.judge("room, being recorded")


async def stops(client: Person, host: Person) -> None:
    await indicator(client).click()
    await client.judge("room, before the recording is stopped")
    await client.button("Stop recording").click()
    for one in (host, client):
        await expect(indicator(one)).to_have_count(0)


async def downloads(one: Person, number: str, file: Path) -> None:
    """From the session's page, once the film is there."""
    link = one.page.get_by_role("link", name=one.say("Download the recording"))

    async def made() -> int:
        await one.open(f"/sessions/{number}")
        return await link.count()

    await until(made, bool)
    await one.judge("session, with a recording")
    async with one.page.expect_download() as coming:
        await link.click()
    await (await coming.value).save_as(file)


def plays(file: Path) -> tuple[int, int, float]:
    """Frames and sounds that were decoded, and the seconds between the first and last frame."""
    with av.open(str(file)) as film:
        times = [frame.time or 0.0 for frame in film.decode(video=0)]
    with av.open(str(file)) as film:
        sounds = sum(1 for _ in film.decode(audio=0))
    return len(times), sounds, times[-1] - times[0]


async def test_both_agree_one_stops_and_both_get_the_file(
    running: Server,
    browser: Browser,
    tmp_path: Path,
) -> None:
    host, client = await together(running, browser)
    await client.page.set_viewport_size({"width": 360, "height": 740})
    await agrees(host, client)
    await asyncio.sleep(2)
    await stops(client, host)
    number = host.page.url.split("/")[-2]
    await ends(host, client)
    files = [tmp_path / "host.webm", tmp_path / "client.webm"]
    for one, file in zip((host, client), files, strict=True):
        await downloads(one, number, file)
    assert files[0].read_bytes() == files[1].read_bytes()
    frames, sounds, seconds = await asyncio.to_thread(plays, files[0])
    assert frames >= 5
    assert sounds >= 80
    assert 1 <= seconds <= 12
    assert not host.problems + client.problems
