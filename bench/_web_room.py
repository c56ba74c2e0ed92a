"""A room in Chromium for `bench/web.py`: how soon a message shows, what a moving pointer costs."""

from playwright.async_api import Browser, CDPSession

from bench._web_pages import RUNS, Worst
from tests.web.browsers import Person, Server
from tests.web.test_room_browser import together
from tests.web.test_room_data_browser import spot

MOVES = 60
PACE_MS = 33  # thirty positions a second, as the room sends them
# Both pages of one browser have one clock behind `timeOrigin`; a frame later it is on the screen.
SENT = """addEventListener('keydown', e => {
  if (e.key === 'Enter') window.sentAt = performance.timeOrigin + performance.now();
}, true)"""
SHOWN = """new MutationObserver(() => requestAnimationFrame(
  () => window.shownAt ||= performance.timeOrigin + performance.now()))
  .observe(document.querySelector('chat-panel .chat'), {childList: true, subtree: true})"""
MOVED = """window.moved = 0; new MutationObserver(() => window.moved++).observe(
  document.querySelector('stage-view'), {attributes: true, subtree: true,
  attributeFilter: ['transform']})"""


async def room_lines(browser: Browser, running: Server) -> list[Worst]:
    """Both sides in one room with media."""
    host, client = await together(running, browser)
    said = Worst("room, message to screen", 100, "ms")
    await host.page.evaluate(SENT)
    await client.page.evaluate(SHOWN)
    for n in range(RUNS):
        said.add("room", await _said(host, client, f"message {n}"))
    drawn = Worst("room, CPU of marks a frame", 4, "ms")
    for _ in range(RUNS):
        drawn.add("room", await _drawn(host, client))
    return [said, drawn]


async def _said(host: Person, client: Person, text: str) -> float:
    await client.page.evaluate("window.shownAt = 0")
    await host.page.locator("chat-panel textarea").fill(text)
    await host.page.keyboard.press("Enter")
    await client.page.get_by_role("log").get_by_text(text).wait_for()
    await client.page.wait_for_timeout(100)
    shown = float(await client.page.evaluate("shownAt"))
    return shown - float(await host.page.evaluate("sentAt"))


DRAWING = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")


async def _busy_s(devtools: CDPSession) -> float:
    """Seconds that the page has spent on scripts, styles and layout since the session looks on."""
    told = await devtools.send("Performance.getMetrics")
    return sum(float(one["value"]) for one in told["metrics"] if one["name"] in DRAWING)


async def _drawn(host: Person, client: Person) -> float:
    """What a move of the other side's pointer costs here, in ms, with all else that runs then."""
    devtools = await client.page.context.new_cdp_session(client.page)
    await devtools.send("Performance.enable")
    await host.button("Point").click()
    await host.page.mouse.move(*await spot(host, 0.5, 0.5))
    await client.page.locator("[data-pointer=host]").wait_for()
    await client.page.evaluate(MOVED)
    began = await _busy_s(devtools)
    for n in range(MOVES):
        await host.page.mouse.move(*await spot(host, 0.2 + n / 100, 0.4))
        await host.page.wait_for_timeout(PACE_MS)
    busy = await _busy_s(devtools) - began
    moved = int(await client.page.evaluate("moved"))
    await host.button("Point").click()
    await devtools.detach()
    return busy / max(moved, 1) * 1000
