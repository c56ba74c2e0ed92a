"""The second half of `make screenshots`: pages as people see them, into docs/screenshots/gallery.

Those of `town.py` that are judged by eye, in Russian, light and dark, at 360, 768 and 1280 px, and
in English at 1280. A page joins by a line here. The palette keeps the folder small; the clock
stands, motion is reduced, so a picture changes only when its page does.
"""

import asyncio
import io
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

from tests.relay.browsers import SYNTHETIC, chromiums
from tests.web.browsers import ROOT
from tests.web.test_every_page import context_of
from tests.web.town import Town, a_town

PICTURES = ROOT / "docs" / "screenshots" / "gallery"
FLAGS = (*SYNTHETIC, "--font-render-hinting=none", "--force-color-profile=srgb")
COLOURS = 48
HIGHEST_PX = 1600  # a long table says nothing more further down
SHOWN = {
    "landing": "nobody /",
    "help": "nobody /help",
    "device": "nobody /help/device",
    "rules-reckoned": "nobody /rules?plan=client-pays&rate=20&minutes=12&seconds=30&balance=100",
    "verify": "nobody /verify",
    "not-found": "nobody /nowhere",
    "invite-over": "nobody {off_link}",
    "prejoin": "nobody {waiting_link}",
    "dashboard": "consultant /dashboard",
    "dashboard-empty": "colleague /dashboard",
    "dashboard-client": "client /dashboard",
    "invitation": "consultant /invites/{waiting_invite}",
    "room-waiting": "consultant /sessions/{waiting}/room",
    "result-consultant": "consultant /sessions/{ended}/result",
    "result-client": "client /sessions/{ended}/result",
    "sessions": "consultant /sessions",
    "session": "client /sessions/{ended}",
    "dispute": "client /sessions/{ended}/dispute",
    "ruling": "curator /rulings/{ended}",
    "wallet": "client /wallet",
    "top-up": "client /wallet/top-up",
    "payment-refused": "client /wallet/top-up/{refused}",
    "documents": "accountant /documents",
    "period": "client /documents/period",
    "exports": "client /exports",
    "design": "nobody /design",
}


def looks() -> Iterator[tuple[str, str, int]]:
    """Language, theme, width."""
    for theme in ("light", "dark"):
        for width in (360, 768, 1280):
            yield "ru", theme, width
        yield "en", theme, 1280


def small(picture: bytes) -> Image.Image:
    """With a palette: pages have few colours."""
    found = Image.open(io.BytesIO(picture)).convert("RGB")
    found = found.crop((0, 0, found.width, min(found.height, HIGHEST_PX)))
    return found.quantize(COLOURS, dither=Image.Dither.NONE)


async def shoot(page: Page, name: str) -> None:
    await page.evaluate("document.fonts.ready")
    await page.locator("body").evaluate(
        "async () => { for (const one of document.images) {"
        " one.loading = 'eager'; await one.decode(); } }"
    )
    picture = await page.screenshot(full_page=True)
    small(picture).save(PICTURES / f"{name}.png", optimize=True)


async def walk(browser: Browser, town: Town) -> None:
    for name, line in SHOWN.items():
        who, path = line.split(" ", 1)
        for language, theme, width in looks():
            context = await context_of(browser, town, who, language)
            page = await context.new_page()
            await page.set_viewport_size({"width": width, "height": 800})
            await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            await page.goto(path.format(**town.holes))
            await shoot(page, f"{name}-{width}-{theme}-{language}")
            await context.close()


async def main() -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        async with a_town(Path(folder)) as town, chromiums(1, FLAGS) as [browser]:
            await walk(browser, town)


if __name__ == "__main__":
    asyncio.run(main())
