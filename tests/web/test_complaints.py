"""What people complain of in the field's best-known products, one test for each.

A complaint that has its test elsewhere stands in `ELSEWHERE` with the words of that test, so nobody
renames it away; the others are here. Those of a room are steps of one session, named after them.
"""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, expect

from tests.web.browsers import ROOT, Person, Server, person
from tests.web.serving import Served
from tests.web.test_result import end
from tests.web.test_room_browser import together
from tests.web.test_wiring import live, see, turn
from web.keys import SETTINGS

pytestmark = [pytest.mark.timeout(120)]

TESTS, ROOM = "tests/web", "web/browser/src/room"
ELSEWHERE = {
    "the call timer is negative": (f"{ROOM}/meter.test.ts", "is never negative"),
    "the timer jumps back": (f"{ROOM}/meter.test.ts", "a step back of a second is waited out"),
    "prepaid people talk past zero": (f"{TESTS}/test_room_money_browser.py", "test_money_ends"),
    "nobody can point at the other's screen": (
        f"{TESTS}/test_room_data_browser.py",
        "test_one_points_and_draws",
    ),
    "the screen is unreadable on a phone": (f"{ROOM}/zoom.test.ts", "between 100 and 400 %"),
    "a blip of the line covers everything": (
        f"{TESTS}/test_room_browser.py",
        "test_lost_line_comes_back_and_media_does_not_notice",
    ),
    "the banner of a blip comes at once": (f"{ROOM}/banner.test.ts", "told after two seconds"),
    "the microphone works though it was refused": (
        f"{TESTS}/test_room_browser.py",
        "test_room_works_for_who_refuses_the_microphone",
    ),
    "the guest hears nothing until a tap": (f"{ROOM}/speaker.test.ts", "worth a button"),
    "the host is led through pre-join": (
        f"{TESTS}/test_prejoin.py",
        "test_the_host_is_shown_the_room_and_not_the_door",
    ),
    "bars of quality all the time": (f"{ROOM}/banner.test.ts", "quiet while all is well"),
}
WAKE = """window.woken = 0; Object.defineProperty(navigator, 'wakeLock', {value: {
  request: () => { woken++; const lock = new EventTarget(); lock.released = false;
    lock.release = async () => { lock.released = true; }; window.lock = lock; return lock; }}})"""
SHARING = """const real = navigator.mediaDevices.getDisplayMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getDisplayMedia = o => { window.asked = o; return real(o); }"""
PHONE = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 7) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36"
)


@pytest.mark.parametrize("complaint", sorted(ELSEWHERE))
def test_it_has_a_test(complaint: str) -> None:
    file, words = ELSEWHERE[complaint]
    assert words in (ROOT / file).read_text()


async def hall_of_mirrors_when_sharing_the_own_tab(host: Person, client: Person) -> None:
    asked = await client.page.evaluate("asked")
    assert asked["selfBrowserSurface"] == "exclude"
    assert asked["surfaceSwitching"] == "include"
    await expect(client.page.locator(".showing")).to_be_visible()


async def leave_is_hit_instead_of_stop_sharing(host: Person, client: Person) -> None:
    await expect(client.button("Stop showing")).to_have_class("danger")
    leave = client.page.locator(".end-button")
    await expect(leave).to_have_class("quiet end-button")
    stop, away = await client.button("Stop showing").bounding_box(), await leave.bounding_box()
    assert stop is not None
    assert away is not None
    assert away["x"] - (stop["x"] + stop["width"]) >= 8
    await leave.click()
    await expect(client.page.get_by_role("dialog")).to_be_visible()
    await client.page.keyboard.press("Escape")
    await expect(client.text("Running")).to_be_visible()


async def the_phone_sleeps_and_the_call_dies(host: Person, client: Person) -> None:
    assert await client.page.evaluate("woken") == 1
    await client.page.evaluate("lock.released = true")  # as a browser does when a page is hidden
    await client.page.wait_for_function("() => woken === 2")


async def the_panel_opens_and_focus_stays(host: Person, client: Person) -> None:
    if await client.page.locator("chat-panel").is_visible():
        await client.button("Close the chat").click()
    toggle = client.page.locator("[data-chat]")
    await toggle.focus()
    await client.page.keyboard.press("Enter")
    await expect(client.page.locator("chat-panel textarea")).to_be_focused()
    await expect(client.page.get_by_role("log", name=client.say("Chat"))).to_be_visible()
    await client.button("Close the chat").focus()
    await client.page.keyboard.press("Enter")
    await expect(toggle).to_be_focused()


async def the_keyboard_covers_the_chat(host: Person, client: Person) -> None:
    wanted = "document.querySelector('meta[name=viewport]').content"
    assert "interactive-widget=resizes-content" in await client.page.evaluate(wanted)
    await client.page.set_viewport_size({"width": 390, "height": 740})
    await client.page.locator("[data-chat]").click()
    field = client.page.locator("chat-panel textarea")
    assert await field.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 16
    await client.page.set_viewport_size({"width": 390, "height": 400})  # a keyboard came up
    await expect(field).to_be_in_viewport(ratio=1)
    await expect(client.page.locator("[role=timer]")).to_be_in_viewport(ratio=1)


async def the_room_opens_a_camera_unasked(host: Person, client: Person) -> None:
    """Nobody is sent away for want of one: it is never asked for."""
    for one in (host, client):
        assert await one.page.evaluate("cameras") == 0


STEPS: tuple[Callable[[Person, Person], Awaitable[None]], ...] = (
    hall_of_mirrors_when_sharing_the_own_tab,
    leave_is_hit_instead_of_stop_sharing,
    the_phone_sleeps_and_the_call_dies,
    the_room_opens_a_camera_unasked,
    the_panel_opens_and_focus_stays,
    the_keyboard_covers_the_chat,
)
CAMERAS = """window.cameras = 0; const media = navigator.mediaDevices, ask = media.getUserMedia;
media.getUserMedia = o => { if (o.video) cameras++; return ask.call(media, o); }"""


@pytest.mark.browser
@pytest.mark.slow
async def test_complaints_of_a_room(
    running: Server, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def watched(*given: object, **wishes: object) -> Person:
        one = await person(*given, **wishes)  # type: ignore[arg-type]
        for script in (WAKE, SHARING, CAMERAS):
            await one.context.add_init_script(f"{{ {script} }}")
        return one

    monkeypatch.setattr("tests.web.test_room_browser.person", watched)
    host, client = await together(running, browser)
    for step in STEPS:
        await step(host, client)
    assert host.problems + client.problems == []


@pytest.mark.browser
@pytest.mark.slow
async def test_the_phone_has_a_dead_button_for_its_screen(served: Served, browser: Browser) -> None:
    """It is told before joining, and has another way at once."""
    async with served.robot() as host:
        await host.enter("consultant")
        made = await host.post("/sessions", topic="1C", plan="host-pays", rate="20")
    guest = await person(browser, served.base, "en", 390, user_agent=PHONE)
    await guest.open(made["link"])
    await expect(guest.text("A phone's browser cannot show its screen")).to_be_visible()
    await expect(guest.button("Send the link")).to_be_visible()
    await guest.open("/help/device")
    await expect(guest.button("Show my screen")).to_have_count(0)


async def test_the_guest_is_taken_to_log_in(served: Served) -> None:
    """Who waits stands in the heading, one field, one button; no way to a log-in page."""
    async with served.robot() as host, served.browser() as guest:
        await host.enter("consultant")
        made = await host.post("/sessions", topic="1C", plan="host-pays", rate="20")
        async with guest.get(made["link"].removeprefix(served.base)) as answer:
            page = await answer.text()
    assert 'href="/login' not in page
    assert "Иван Кузнецов ждёт вас</h1>" in page
    assert page.count('<input id="') == 1
    assert "Для вас бесплатно" in page


async def test_a_survey_after_every_call(served: Served) -> None:
    """The result is a page and its form a part of it: no dialog, nothing chosen beforehand."""
    async with live(served, "client-pays") as one, served.browser() as browser:
        see(served, one.number, 5)
        await turn(served)
        await end(served, one.number)
        cookies = {served.app[SETTINGS].cookie: one.client.token}
        async with browser.get(f"/sessions/{one.number}/result", cookies=cookies) as answer:
            page = await answer.text()
    assert "form" in page
    assert "<dialog" not in page
    assert " checked" not in page
    assert f'href="/sessions/{one.number}"' in page, "leaving is a link"
