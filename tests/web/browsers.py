"""A real server and real Chromium for the tests of pages: how to start, enter, look and judge."""

import asyncio
import contextlib
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

from tests.conftest import free_port
from web.locale import words

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
START_WITHIN_S = 40
STOP_WITHIN_S = 15
POLL_S = 0.1

# What the page's own WebSocket does when the network is cut: closes, and opens no other.
CUT = """
window.cut = false;
window.lines = [];
const Real = window.WebSocket;
window.WebSocket = class extends Real {
  constructor(address) {
    super(window.cut ? address.replace(/socket$/, 'nowhere') : address);
    window.lines.push(this);
  }
};
"""


@dataclass
class Server:
    """`minuta serve --demo` as a process on a free port, with a database of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None
    media: str = "127.0.0.1"
    name: str = "localhost"
    more: dict[str, str] = field(default_factory=dict)  # settings of its own

    @property
    def origin(self) -> str:
        return f"http://{self.name}:{self.port}"

    async def start(self) -> None:
        settings = {
            "MINUTA_PORT": str(self.port),
            "MINUTA_ORIGIN": self.origin,
            "MINUTA_FOLDER": str(self.folder / "var"),
            "MINUTA_DATABASE_URL": f"sqlite:///{self.folder}/minuta.db",
            "MINUTA_MEDIA_ADDRESSES": self.media,
        } | self.more
        command = [sys.executable, "-m", "web", "serve", "--demo"]
        with (self.folder / "server.log").open("a") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log
            )
        async with asyncio.timeout(START_WITHIN_S):
            while not await asyncio.to_thread(_answers, f"{self.origin}/readyz"):
                if self.process.returncode is not None:
                    raise AssertionError((self.folder / "server.log").read_text()[-4000:])
                await asyncio.sleep(POLL_S)

    async def stop(self) -> None:
        """SIGTERM, which must end it cleanly and soon."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        async with asyncio.timeout(STOP_WITHIN_S):
            await self.process.wait()


@contextlib.asynccontextmanager
async def server(folder: Path, media: str = "127.0.0.1") -> AsyncIterator[Server]:
    """A running server, stopped afterwards; `media`: addresses of its relay, all when empty."""
    found = Server(folder, media=media)
    try:
        await found.start()
        yield found
    finally:
        await found.stop()


def _answers(address: str) -> bool:
    with contextlib.suppress(OSError), urlopen(address, timeout=2) as answer:
        return bool(answer.status == 200)
    return False


@dataclass
class Person:
    """Somebody with a browser context of their own, who speaks one language."""

    context: BrowserContext
    page: Page
    origin: str
    language: str
    problems: list[str] = field(default_factory=list)

    def say(self, message: str, /, **values: object) -> str:
        return words(self.language).gettext(message, **values)

    def button(self, message: str, /, **values: object) -> Locator:
        return self.page.get_by_role("button", name=self.say(message, **values)).first

    def text(self, message: str, /, **values: object) -> Locator:
        return self.page.get_by_text(self.say(message, **values)).first

    async def open(self, path: str) -> None:
        await self.page.goto(path if path.startswith("http") else self.origin + path)

    async def speak(self) -> None:
        """Choose the language by the button in the foot."""
        name = {"ru": "Русский", "en": "English"}[self.language]
        await self.page.get_by_role("button", name=name).click()
        await self.page.wait_for_load_state()

    async def value(self, path: str) -> Any:
        """The page's value as JSON: what a script of the same person would get."""
        headers = {"Accept": "application/json"}
        answer = await self.context.request.get(self.origin + path, headers=headers)
        assert answer.ok, (path, answer.status)
        return json.loads(await answer.text())

    async def judge(self, where: str) -> None:
        """One h1, a title, nothing that scrolls sideways, no fault that axe knows of.

        What is wrong joins the console's complaints in `problems`.
        """
        await self.page.wait_for_load_state()
        await self.page.evaluate(AXE.read_text())
        found = await self.page.evaluate(
            "axe.run().then(all => all.violations.map("
            "one => [one.id, ...one.nodes.map(node => node.html.slice(0, 160))]))"
        )
        wide, window = await self.page.evaluate(
            "[document.documentElement.scrollWidth, innerWidth]"
        )
        faults = [f"axe {one}" for one in found]
        faults += ["not one h1"] * (await self.page.locator("h1").count() != 1)
        faults += ["no title"] * (not await self.page.title())
        faults += [f"{wide} px wide in {window}"] * (wide > window)
        self.problems += [f"{where}: {fault}" for fault in faults]

    async def clock(self) -> int:
        """Seconds on the meter."""
        told = await self.page.locator("[role=timer] time").get_attribute("datetime")
        found = re.fullmatch(r"PT(\d+)S", told or "")
        assert found, told
        return int(found[1])

    async def frames(self) -> int:
        """Frames of the other side's screen that were decoded here."""
        return int(
            await self.page.evaluate(
                "document.querySelector('stage-view video')"
                "?.getVideoPlaybackQuality().totalVideoFrames ?? 0"
            )
        )

    async def incoming(self) -> dict[str, dict[str, Any]]:
        """By kind: codec, packets and what was decoded, from the receiving connection."""
        found = await self.page.evaluate(
            """async () => {
              const pc = document.querySelector('session-room').conductor.media.sub.connection;
              const all = await pc.getStats(), told = {};
              all.forEach(s => { if (s.type === 'inbound-rtp') told[s.kind] = {
                codec: all.get(s.codecId)?.mimeType ?? '', packets: s.packetsReceived,
                frames: s.framesDecoded ?? 0, lost: s.packetsLost }; });
              return told;
            }"""
        )
        return dict(found)

    async def cut(self) -> None:
        """The network is gone for the line; media has a path of its own."""
        await self.page.evaluate("cut = true; lines.forEach(line => line.close())")

    async def mend(self) -> None:
        await self.page.evaluate("cut = false")


async def person(
    browser: Browser, origin: str, language: str, width: int = 1280, **wishes: Any
) -> Person:
    """A context with a fake microphone; everything the console complains of is remembered."""
    context = await browser.new_context(
        locale={"ru": "ru-RU", "en": "en-GB"}[language],
        timezone_id="Europe/Moscow",
        viewport={"width": width, "height": 800 if width > 700 else 740},
        permissions=["microphone"],
        reduced_motion="reduce",
        **wishes,
    )
    context.set_default_timeout(15_000)
    await context.add_init_script(CUT)
    page = await context.new_page()
    found = Person(context, page, origin, language)

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "nowhere" not in message.text:
            found.problems.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: found.problems.append(f"{page.url}: {error}"))
    return found


async def until(what: Any, wanted: Any, limit_s: float = 20) -> Any:
    """Ask the async `what` until `wanted` is true of its answer, and give the answer."""
    answer = None
    for _ in range(int(limit_s / POLL_S)):
        answer = await what()
        if wanted(answer):
            return answer
        await asyncio.sleep(POLL_S)
    raise AssertionError(f"waited {limit_s} s in vain, last: {answer!r}")
