"""Every page in every state of `town.py`, in a real browser: WCAG 2.2 AA, widths, themes, targets.

In the suite each page is judged whole in the light at 320 px, for contrast in the dark, and for
what moves with the width at 1280. The nightly run judges all of it six times, in both languages.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests.web.browsers import AXE
from tests.web.town import NO_PAGES, TOWN, Town, a_town
from web.routes import routes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

NARROW, PHONE, DESKTOP = 320, 390, 1280
HEIGHT = 800
JUDGE = """async (rules) => {
  for (const one of document.getAnimations()) one.finish();  // colours change within 120 ms
  const wishes = rules.length ? {runOnly: {type: 'rule', values: rules}}
    : {rules: {'target-size': {enabled: true}}};
  const all = await axe.run({...wishes, resultTypes: ['violations']});
  return all.violations.map(one =>
    [one.id, ...one.nodes.map(node => node.html.slice(0, 140))].join(' '));
}"""
# Links inside of a sentence may be as high as their line (WCAG 2.5.8, inline).
MEASURE = """() => {
  const faults = [], wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) faults.push(`${wide} px wide in ${innerWidth}`);
  if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
  if (!document.title) faults.push('no title');
  for (const one of document.querySelectorAll('button, input, select, textarea, summary, a')) {
    if (!one.checkVisibility() || one.matches(':is(p, li, dd, td, th) a, .skip')) continue;
    const held = one.closest('label') ?? one;
    const {width, height} = held.getBoundingClientRect();
    if (width < 24 || height < 24)
      faults.push(`${Math.round(width)}x${Math.round(height)} ${one.outerHTML.slice(0, 120)}`);
  }
  return faults;
}"""
# A form that tells 422 and a page that is not there are shown as errors by the console: rightly.
# The relay here has no media, so its answers are none: rooms with media are judged in theirs.
EXPECTED = (
    "Failed to load resource: the server responded with a status of 4",
    "Failed to execute 'setRemoteDescription' on 'RTCPeerConnection': Failed to parse",
)


class Looker:
    """One role's page, and what was found wrong with what it has seen."""

    def __init__(self, page: Page) -> None:
        self.page, self.faults, self.where = page, [], ""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._complained(error.message))

    def tell(self, found: list[str]) -> None:
        self.faults += [f"{self.where}: {one}" for one in found]

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self._complained(message.text)

    def _complained(self, text: str) -> None:
        if not text.startswith(EXPECTED):
            self.tell([f"console: {text}"])

    async def open(self, path: str, where: str) -> None:
        self.where = where
        await self.page.goto(path, wait_until="load")

    async def judge(self, width: int, theme: str, *rules: str) -> None:
        """Only the rules named, or all that axe knows."""
        await self.page.set_viewport_size({"width": width, "height": HEIGHT})
        await self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        self.where = f"{self.where.split(' at ')[0]} at {width}, {theme}"
        self.tell(await self.page.evaluate(JUDGE, list(rules)))
        self.tell(await self.page.evaluate(MEASURE))


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(tmp_path) as found:
        yield found


async def context_of(browser: Browser, town: Town, who: str, language: str) -> BrowserContext:
    context = await browser.new_context(
        locale={"ru": "ru-RU", "en": "en-GB"}[language],
        viewport={"width": NARROW, "height": HEIGHT},
        base_url=town.served.base,
        permissions=["microphone"],
    )
    await context.add_cookies(
        [*town.cookies(who), {"name": "language", "value": language, "url": town.served.base}]
    )
    await context.add_init_script(AXE.read_text())
    return context


async def walk(browser: Browser, town: Town, language: str, thorough: bool) -> list[str]:
    """What is wrong, with the role, the path, the width and the theme."""
    lookers: dict[str, Looker] = {}
    for who, path in town.views():
        if who not in lookers:
            context = await context_of(browser, town, who, language)
            lookers[who] = Looker(await context.new_page())
        one = lookers[who]
        await one.open(path, f"{who} {path} {language}")
        if thorough:
            for width in (NARROW, PHONE, DESKTOP):
                for theme in ("light", "dark"):
                    await one.judge(width, theme)
        else:
            await one.judge(NARROW, "light")
            await one.judge(DESKTOP, "dark", "color-contrast", "target-size")
    return [fault for one in lookers.values() for fault in one.faults]


def test_every_route_is_looked_at_or_gives_no_page() -> None:
    told = {route.path for route in routes() if route.method == "GET"}
    assert told - set(TOWN) - NO_PAGES == set(), "a page that nobody judges: add it to town.py"
    assert NO_PAGES - told == set()
    assert {path for path in TOWN if path.startswith("/")} - told == set()


async def test_every_page_is_for_everybody(town: Town, browser: Browser) -> None:
    assert await walk(browser, town, "ru", thorough=False) == []


@pytest.mark.nightly
@pytest.mark.parametrize("language", ["ru", "en"])
async def test_every_page_in_every_width_and_theme(
    town: Town, browser: Browser, language: str
) -> None:
    assert await walk(browser, town, language, thorough=True) == []
