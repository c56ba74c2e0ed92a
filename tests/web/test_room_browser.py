"""The main job by two people in real browsers, with real media through the real server."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, Dialog, expect

from tests.web.browsers import Person, Server, person, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

expect.set_options(timeout=15_000)
TOPIC = {"ru": "Не проводится документ", "en": "A document does not post"}
CLIENT = {"ru": "Анна", "en": "Anna"}


async def enters(host: Person) -> None:
    await host.open("/")
    await host.speak()
    await host.judge("landing")
    await host.button("Enter as a consultant").click()
    await host.page.wait_for_url("**/dashboard")
    await host.judge("dashboard")


async def tops_up(host: Person) -> None:
    """500 roubles through the demo bank."""
    before = (await host.value("/dashboard"))["balance"]["minor"]
    await host.open("/wallet/top-up")
    await host.judge("top-up")
    await host.page.locator("once-form button.primary").click()
    await host.page.wait_for_url("**/demo-bank/**")
    await host.judge("demo bank")
    await host.page.locator("button[value=pay]").click()
    await host.page.wait_for_url("**/wallet/top-up/**")
    await expect(host.page.get_by_role("status")).to_be_visible()
    await host.judge("topped up")
    after = (await host.value("/dashboard"))["balance"]["minor"]
    assert after > before


async def invites(host: Person) -> str:
    """Start a host-pays session; the link for the client."""
    await host.open("/dashboard")
    await host.page.get_by_role("textbox", name=host.say("Topic")).fill(TOPIC[host.language])
    await host.page.locator("input[value=host-pays]").check()
    await host.button("Start a session").click()
    await host.page.wait_for_url("**/invites/**")
    await host.judge("invitation")
    link = await host.page.locator("copy-field input").input_value()
    await host.page.get_by_role("link", name=host.say("Enter the room")).click()
    await host.page.wait_for_url("**/room")
    await expect(host.text("Waiting for the client")).to_be_visible()
    await host.judge("room, waiting")
    return link


async def joins(client: Person, link: str) -> None:
    """The guest: no log-in, one field, a microphone test, one button."""
    await client.open(link)
    await client.judge("pre-join")
    await client.button("Test the microphone").click()
    await expect(client.text("The microphone works")).to_be_visible()
    await client.page.get_by_label(client.say("What is your name")).fill(CLIENT[client.language])
    await client.judge("pre-join, microphone tested")
    await client.button("Join").click()
    await client.page.wait_for_url("**/room**")


async def starts(host: Person, client: Person) -> None:
    """Both see the terms and press; the guest presses by showing the screen."""
    for one in (host, client):
        await expect(one.text("What is agreed")).to_be_visible()
        await one.judge("room, together")
    await host.page.locator(".stage-card .primary").click()
    await client.button("Show my screen").click()
    for one in (host, client):
        await expect(one.text("Running")).to_be_visible()
    await expect(client.button("Stop showing")).to_be_visible()


async def sees(host: Person, codec: str) -> None:
    """The client's screen, decoded, in the codec that was asked for."""
    assert await until(host.frames, lambda n: n > 5)
    video = (await host.incoming())["video"]
    assert video["codec"].lower() == f"video/{codec.lower()}"
    await until(host.incoming, lambda told: told["audio"]["packets"] > 50)


async def writes(sender: Person, reader: Person, text: str) -> None:
    for one in (sender, reader):
        if not await one.page.locator("chat-panel").is_visible():
            await one.page.locator("[data-chat]").click()
    await sender.page.locator("chat-panel textarea").fill(text)
    await sender.page.keyboard.press("Enter")
    await expect(reader.page.get_by_role("log").get_by_text(text)).to_be_visible()
    await expect(sender.page.get_by_role("log").get_by_text(text)).to_have_count(1)


async def closes_chat(*people: Person) -> None:
    for one in people:
        if one.page.viewport_size and one.page.viewport_size["width"] < 1024:
            await one.button("Close the chat").click()


async def same_clock(host: Person, client: Person) -> int:
    """A page that is told a moment later may lag; it catches up at once, and stays."""

    async def both() -> tuple[int, int]:
        return await asyncio.gather(host.clock(), client.clock())

    own, _ = await until(both, lambda pair: abs(pair[0] - pair[1]) <= 1, limit_s=3)
    return int(own)


async def pauses(host: Person, client: Person) -> None:
    """The clock stands for both, and goes on from where it stood."""
    await host.button("Pause").click()
    for one in (host, client):
        await expect(one.page.locator(".room-head .tag.warn")).to_be_visible()
        await one.judge("room, paused")
    stood = await same_clock(host, client)
    await asyncio.sleep(2.5)
    assert await same_clock(host, client) - stood <= 1
    await host.button("Go on").click()
    await expect(client.page.locator(".room-head .tag.ok")).to_be_visible()
    await until(client.clock, lambda now: now > stood + 1)


async def ends(host: Person, client: Person) -> None:
    await host.page.locator(".end-button").click()
    await host.judge("room, the question before the end")
    await (
        host.page.get_by_role("dialog")
        .get_by_role("button", name=host.say("End the session"))
        .click()
    )
    for one in (host, client):
        await one.page.wait_for_url("**/result")
        await expect(one.page.get_by_role("heading", name=one.say("Session ended"))).to_be_visible()
        await one.judge("result")


async def tells(host: Person, client: Person) -> None:
    """Both forms of the result page."""
    await host.page.locator("textarea[name=result]").fill("Период открыт, документ проведён")
    await host.button("Send").click()
    await expect(host.page.get_by_text("документ проведён").first).to_be_visible()
    await client.page.locator("input[value=resolved]").check()
    await client.button("Send").click()
    await expect(client.page.locator("form.outcome")).to_have_count(0)
    for one in (host, client):
        await one.judge("result, sent")


async def verifies(host: Person, folder: Path) -> None:
    """The record is a PDF, and the site says that it is authentic."""
    link = host.page.get_by_role("link", name=host.say("Download the record")).first

    async def made() -> int:
        await host.page.reload()
        return await link.count()

    await until(made, bool)
    async with host.page.expect_download() as coming:
        await link.click()
    file = folder / "record.pdf"
    await (await coming.value).save_as(file)
    assert file.read_bytes().startswith(b"%PDF-")
    await host.open("/verify")
    await host.page.locator("input[type=file]").set_input_files(file)
    await host.button("Verify").click()
    await expect(host.text("The document is authentic")).to_be_visible()
    await host.judge("verified")


@pytest.mark.parametrize(
    ("language", "host_width", "client_width", "codec"),
    [("ru", 1280, 360, "VP9"), ("en", 360, 1280, "VP8")],
)
async def test_main_job(
    running: Server,
    browser: Browser,
    language: str,
    host_width: int,
    client_width: int,
    codec: str,
) -> None:
    host = await person(browser, running.origin, language, host_width)
    client = await person(browser, running.origin, language, client_width)
    await enters(host)
    await tops_up(host)
    await joins(client, await invites(host))
    await client.open(f"{client.page.url.split('?')[0]}?codec={codec}")
    await starts(host, client)
    await sees(host, codec)
    await writes(client, host, "Пишет про закрытый период")
    await writes(host, client, "Вижу. Откройте «Администрирование»")
    await closes_chat(host, client)
    for one in (host, client):
        await one.judge("room, live")
    await until(host.clock, lambda now: now >= 5)
    await same_clock(host, client)
    await pauses(host, client)
    await ends(host, client)
    await tells(host, client)
    await verifies(host, running.folder)
    assert host.problems + client.problems == []


async def together(
    running: Server, browser: Browser, client_width: int = 1280
) -> tuple[Person, Person]:
    """Two people with the meter running, without judging the pages on the way."""
    host = await person(browser, running.origin, "en")
    client = await person(browser, running.origin, "en", client_width)
    await host.open("/")
    await host.speak()
    await host.button("Enter as a consultant").click()
    link = await invites(host)
    await client.open(link)
    await client.page.get_by_label(client.say("What is your name")).fill("Anna")
    await client.button("Join").click()
    await starts(host, client)
    await until(host.frames, lambda n: n > 5)
    return host, client


async def test_lost_line_comes_back_and_media_does_not_notice(
    running: Server, browser: Browser
) -> None:
    host, client = await together(running, browser)
    await client.cut()
    before = await host.frames()
    await client.page.locator("chat-panel textarea").fill("written without a line")
    await client.page.keyboard.press("Enter")
    await expect(client.text("Connection lost, reconnecting")).to_be_visible()
    assert await host.frames() > before
    await client.mend()
    await expect(host.page.get_by_role("log").get_by_text("written without")).to_have_count(1)
    await expect(client.text("Connection lost, reconnecting")).to_be_hidden()
    await expect(client.page.get_by_text("sending")).to_have_count(0)
    await until(host.clock, lambda now: now >= 4)
    await same_clock(host, client)


async def test_microphone_off_and_screen_stopped_keep_the_meter_running(
    running: Server, browser: Browser
) -> None:
    """Muting never stops the sound track; stopping the screen is told to the other side."""
    host, client = await together(running, browser)
    await client.page.keyboard.press("m")
    microphone = client.button("Microphone")
    await expect(microphone).to_have_attribute("aria-pressed", "false")
    await expect(client.text("You are speaking, but the microphone is off")).to_be_visible()
    before = (await host.incoming())["audio"]["packets"]
    await client.button("Stop showing").click()
    await expect(host.text("{name} stopped showing", name="Anna")).to_be_visible()
    await until(host.incoming, lambda told: told["audio"]["packets"] > before + 50)
    stood = await host.clock()
    await until(host.clock, lambda now: now >= stood + 3)
    await client.button("Show my screen").click()
    await until(host.frames, lambda n: n > 5)
    assert host.problems + client.problems == []


async def test_room_works_for_who_refuses_the_microphone(running: Server, browser: Browser) -> None:
    """Silence is sent instead, so the meter runs; chat and screen work."""
    host = await person(browser, running.origin, "en")
    client = await person(browser, running.origin, "en")
    await client.context.add_init_script(
        "navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))"
    )
    await host.open("/")
    await host.speak()
    await host.button("Enter as a consultant").click()
    await client.open(await invites(host))
    await client.button("Test the microphone").click()
    await expect(client.page.get_by_text("The browser blocks the microphone")).to_be_visible()
    await client.page.get_by_label(client.say("What is your name")).fill("Anna")
    await client.button("Join").click()
    await expect(host.text("What is agreed")).to_be_visible()
    await host.page.locator(".stage-card .primary").click()
    await client.button("Start with voice only").click()
    await until(host.clock, lambda now: now >= 3)
    await writes(client, host, "I have no microphone")
    await client.button("Show my screen").click()
    await until(host.frames, lambda n: n > 5)


async def test_restart_of_the_server_loses_only_sockets(running: Server, browser: Browser) -> None:
    """Both pages come back by themselves: new tickets, new connections, the same clock."""
    host, client = await together(running, browser)
    counted = await until(host.clock, lambda now: now >= 3)
    await running.stop()
    await running.start()
    for one in (host, client):
        await until(one.clock, lambda now: now >= counted + 3, limit_s=40)
    await same_clock(host, client)
    before = await host.frames()
    await until(host.frames, lambda n: n > before + 5)
    await writes(client, host, "after the restart")


async def test_reload_comes_back_to_the_running_session(running: Server, browser: Browser) -> None:
    """Leaving asks first; a reloaded page finds the clock, the chat and the other's screen."""
    host, client = await together(running, browser)
    await writes(client, host, "before the reload")
    asked = []

    async def agree(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    host.page.on("dialog", agree)
    await host.page.reload()
    assert asked == ["beforeunload"]
    await expect(host.text("Running")).to_be_visible()
    await expect(host.page.get_by_role("log").get_by_text("before the reload")).to_be_visible()
    await until(host.frames, lambda n: n > 5)
    await until(host.clock, lambda now: now >= 3)
    await same_clock(host, client)
