"""What two people do in the room beside talking, in real browsers: one points and draws, the other
sees it at the same place of the picture; a file goes from one to the other."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Route, expect

from tests.web.browsers import Person, Server, until
from tests.web.test_room_browser import together

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(120)]

# Left, top, width and height of the picture in the window, without the bars around it.
PICTURE = """() => {
  const video = document.querySelector('stage-view video');
  const { left, top, width, height } = video.getBoundingClientRect();
  const fit = Math.min(width / video.videoWidth, height / video.videoHeight);
  const [w, h] = [video.videoWidth * fit, video.videoHeight * fit];
  return [left + (width - w) / 2, top + (height - h) / 2, w, h];
}"""
POINTER = "document.querySelector('[data-pointer=host]')?.getBoundingClientRect().toJSON() ?? null"
BOX = "[...document.querySelectorAll('[data-mark]')].map(e => e.getBoundingClientRect().toJSON())"
NEAR = 0.02
EDGE_PX = 4  # half of the stroke's dark edge


async def spot(one: Person, across: float, down: float) -> tuple[float, float]:
    """The pixel of the window at these parts of the picture."""
    left, top, width, height = await one.page.evaluate(PICTURE)
    return left + across * width, top + down * height


async def part(one: Person, x: float, y: float) -> tuple[float, float]:
    """The parts of the picture at this pixel of the window."""
    left, top, width, height = await one.page.evaluate(PICTURE)
    return (x - left) / width, (y - top) / height


async def pointed_at(one: Person) -> tuple[float, float] | None:
    """Where the other side's pointer stands; its tip is its left upper corner."""
    box = await one.page.evaluate(POINTER)
    return await part(one, box["x"] + 1.5, box["y"] + 1.5) if box else None


async def box_of(one: Person, box: dict[str, Any]) -> tuple[float, float, float, float]:
    left, top = await part(one, box["left"] + EDGE_PX, box["top"] + EDGE_PX)
    right, bottom = await part(one, box["right"] - EDGE_PX, box["bottom"] - EDGE_PX)
    return left, top, right, bottom


async def points(host: Person, client: Person) -> None:
    """The consultant looks closer, and points at the same place all the same."""
    await host.button("Zoom in").click()
    await host.button("Point").click()
    await host.page.mouse.move(*await spot(host, 0.5, 0.5))
    await host.page.mouse.move(*await spot(host, 0.4, 0.7))
    seen = await until(lambda: pointed_at(client), lambda at: at and abs(at[1] - 0.7) < NEAR)
    assert seen == pytest.approx((0.4, 0.7), abs=NEAR)
    await expect(client.page.locator("[data-pointer=host] text")).to_have_text("Иван Кузнецов")
    await host.button("Point").click()
    await expect(client.page.locator("[data-pointer=host]")).to_have_count(0)
    await host.button("Zoom out").click()


async def draws(host: Person, client: Person) -> None:
    """A box by the mouse, an arrow by the keyboard; both stay after a lost line."""
    await host.button("Box").click()
    await host.page.mouse.move(*await spot(host, 0.2, 0.2))
    await host.page.mouse.down()
    await host.page.mouse.move(*await spot(host, 0.6, 0.5), steps=4)
    await host.page.mouse.up()
    for one in (host, client):
        await expect(one.page.locator("[data-mark]")).to_have_count(1)
        (box,) = await one.page.evaluate(BOX)
        assert await box_of(one, box) == pytest.approx((0.2, 0.2, 0.6, 0.5), abs=NEAR)
    await client.cut()
    await host.button("Arrow").click()
    await host.page.locator("stage-view .screen").focus()
    for key in ("ArrowLeft", "Enter", "Shift+ArrowUp", "Enter"):
        await host.page.keyboard.press(key)
    await expect(host.page.locator("[data-mark]")).to_have_count(2)
    await client.mend()
    await expect(client.page.locator("[data-mark]")).to_have_count(2)


async def clears(host: Person, client: Person) -> None:
    """Either side may; and what was drawn goes with the screen."""
    await client.button("Clear the marks").click()
    for one in (host, client):
        await expect(one.page.locator("[data-mark]")).to_have_count(0)
    await client.button("Pen").click()
    at = await spot(client, 0.5, 0.5)
    await client.page.mouse.click(*at)
    await expect(host.page.locator("[data-mark]")).to_have_count(1)
    await host.judge("room, drawn on, with files")
    await client.button("Stop showing").click()
    await expect(host.page.locator("[data-mark]")).to_have_count(0)
    await expect(host.button("Pen")).to_have_count(0)


DATA = b"%PDF-1.7 " + bytes(range(256)) * 8000  # two megabytes, four parts


async def gives(client: Person, host: Person, folder: Path) -> None:
    """The network goes away on the way and comes back; the whole file arrives all the same."""
    file = folder / "счёт.pdf"
    file.write_bytes(DATA)
    parts = []

    async def once_away(route: Route) -> None:
        if route.request.method == "PUT":
            parts.append(route.request.headers["content-range"])
        lost = route.request.method == "PUT" and len(parts) == 2
        await (route.abort() if lost else route.continue_())

    await client.page.route("**/files/*", once_away)
    await client.page.locator("[data-chat]").click()
    await client.page.locator("chat-panel input[type=file]").set_input_files(file)
    await expect(client.page.locator(".files")).to_contain_text("Waiting for an answer")
    assert parts.count(parts[1]) == 2, "the lost part is sent again"
    await host.button("Accept счёт.pdf").click()
    async with host.page.expect_download() as coming:
        await host.page.get_by_role("link", name="Save счёт.pdf").click()
    download = await coming.value
    assert download.suggested_filename == "счёт.pdf"
    await download.save_as(folder / "taken.pdf")
    assert (folder / "taken.pdf").read_bytes() == DATA
    await expect(client.page.locator(".files")).to_contain_text("Accepted")
    await client.judge("room, with a file")
    await client.button("Close the chat").click()


async def declines(host: Person, client: Person, folder: Path) -> None:
    """The one who is asked sees it over the room, and need not take it."""
    program = folder / "setup.exe"
    program.write_bytes(b"MZ" * 100)
    await host.page.locator("chat-panel input[type=file]").set_input_files(program)
    await expect(host.page.get_by_role("alert").get_by_text("Programs")).to_be_visible()
    await host.button("Cancel setup.exe").click()
    (folder / "offer.txt").write_text("offer")
    await host.page.locator("chat-panel input[type=file]").set_input_files(folder / "offer.txt")
    await expect(client.page.locator(".banner")).to_contain_text("offers you a file: offer.txt")
    await client.button("Look at the file").click()
    await client.button("Decline offer.txt").click()
    await expect(host.page.locator(".files")).to_contain_text("Declined")
    await client.button("Close the chat").click()


async def test_one_points_and_draws_and_the_other_sees_it_and_files_pass(
    running: Server, browser: Browser, tmp_path: Path
) -> None:
    host, client = await together(running, browser, client_width=360)
    await points(host, client)
    await draws(host, client)
    await gives(client, host, tmp_path)
    await declines(host, client, tmp_path)
    await clears(host, client)
    lost = [one for one in client.problems if "ERR_FAILED" in one]
    told = [one for one in host.problems if "415" in one]
    assert (len(lost), len(told)) == (1, 1)
    assert len(host.problems + client.problems) == 2, host.problems + client.problems
