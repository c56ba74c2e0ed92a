"""Pages in Chromium for `bench/web.py`: when they show, whether they jump, how soon they answer."""

import gzip
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from tests.web.town import Town

RUNS = 3
# Pages that people meet first, and the fullest ones.
PAINTED = (
    "nobody /",
    "nobody /help",
    "nobody /rules",
    "nobody {waiting_link}",
    "consultant /dashboard",
    "client /wallet",
    "client /sessions/{ended}",
    "consultant /invites/{waiting_invite}",
    "accountant /documents",
)
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
CPU_TIMES_SLOWER = 4
WATCH = """
window.seen = {lcp: 0, cls: 0, inp: 0};
const watch = (type, take, more) => new PerformanceObserver(
  list => list.getEntries().forEach(take)).observe({type, buffered: true, ...more});
watch('largest-contentful-paint', one => seen.lcp = one.startTime);
watch('layout-shift', one => { if (!one.hadRecentInput) seen.cls += one.value; });
watch('event', one => { if (one.interactionId) seen.inp = Math.max(seen.inp, one.duration); },
  {durationThreshold: 16});
"""
BLOCKING = """performance.getEntriesByType('resource')
  .filter(one => one.renderBlockingStatus === 'blocking').length + 1"""


@dataclass(slots=True)
class Worst:
    """A line in the making: what was seen, by page."""

    what: str
    limit: float
    unit: str
    seen: dict[str, list[float]] = field(default_factory=dict)

    def add(self, where: str, value: float) -> None:
        self.seen.setdefault(where, []).append(value)


async def page_lines(browser: Browser, town: Town) -> list[Worst]:
    """Sizes and times of the pages."""
    size, took = Worst("HTML of a page, gz", 12, "kB"), Worst("server, a page at rest", 50, "ms")
    await _asked(town, size, took)
    slow = Worst("LCP, slow phone", 1000, "ms")
    near = Worst("LCP, loopback", 400, "ms")
    jumps = Worst("CLS, slow phone", 0.02, "")
    block = Worst("requests that block the first paint", 4, "")
    for line in PAINTED:
        who, path = line.split(" ", 1)
        for _ in range(RUNS):
            async with await _context(browser, town, who) as context:
                seen = await _opened(context, path.format(**town.holes), slow=True)
            slow.add(line, seen["lcp"])
            jumps.add(line, seen["cls"])
            block.add(line, seen["blocking"])
            async with await _context(browser, town, who) as context:
                near.add(line, (await _opened(context, path.format(**town.holes), False))["lcp"])
    answer = Worst("INP, CPU 4 times slower", 100, "ms")
    for who, path, act in ACTS:
        for _ in range(RUNS):
            async with await _context(browser, town, who) as context:
                answer.add(f"{who} {path}", await _pressed(context, path, act))
    return [size, block, slow, near, answer, jumps, took]


async def _asked(town: Town, size: Worst, took: Worst) -> None:
    """Every page of the town, asked plainly: how large it is packed, and when it came."""
    for who, path in town.views():
        headers = {"Authorization": f"Bearer {town.tokens[who]}"} if who in town.tokens else {}
        async with town.served.browser() as http:
            for _ in range(RUNS):
                began = time.perf_counter()
                async with http.get(path, headers=headers) as answer:
                    body = await answer.read()
                took.add(f"{who} {path}", (time.perf_counter() - began) * 1000)
            size.add(f"{who} {path}", len(gzip.compress(body, 5)) / 1000)


async def _context(browser: Browser, town: Town, who: str) -> BrowserContext:
    context = await browser.new_context(
        locale="ru-RU", viewport={"width": 390, "height": 740}, base_url=town.served.base
    )
    await context.add_cookies(town.cookies(who))
    await context.add_init_script(WATCH)
    return context


async def _slowed(page: Page, network: bool) -> None:
    devtools = await page.context.new_cdp_session(page)
    if network:
        await devtools.send("Network.enable")
        await devtools.send("Network.emulateNetworkConditions", SLOW)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_TIMES_SLOWER})


async def _opened(context: BrowserContext, path: str, slow: bool) -> dict[str, Any]:
    """What was painted when, until half a second after all is there."""
    page = await context.new_page()
    if slow:
        await _slowed(page, network=True)
    await page.goto(path, wait_until="load")
    await page.evaluate("document.fonts.ready")
    await page.wait_for_timeout(500)
    seen = dict(await page.evaluate("seen"))
    return seen | {"blocking": await page.evaluate(BLOCKING)}


async def _pressed(
    context: BrowserContext, path: str, act: Callable[[Page], Awaitable[None]]
) -> float:
    """The slowest answer to what is pressed, in ms; under 16 there is none to tell."""
    page = await context.new_page()
    await page.goto(path, wait_until="load")
    await _slowed(page, network=False)
    await act(page)
    await page.wait_for_timeout(500)
    return float(await page.evaluate("seen.inp"))


async def _opens_the_menu(page: Page) -> None:
    menu = page.locator("details.menu > summary").first
    await menu.click()
    await menu.click()


async def _types_a_topic(page: Page) -> None:
    await page.locator("textarea, input[type=text]").first.click()
    await page.keyboard.type("Не проводится документ")


ACTS = (
    ("client", "/wallet", _opens_the_menu),
    ("colleague", "/dashboard", _types_a_topic),
    ("nobody", "/rules", _types_a_topic),
)
