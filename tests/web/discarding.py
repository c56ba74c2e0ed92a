"""A real discard of a tab by Chromium's own page of discards, and the tab's return.

A tab that somebody inspects is never discarded, and Playwright inspects every tab. So it comes to
this browser over its port, does what a person would, and leaves; the discard itself is pressed over
a plain connection of the DevTools protocol that looks into `chrome://discards` only.
"""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse
from playwright.async_api import Page, async_playwright

from tests.relay.browsers import CHROMIUM
from tests.web.browsers import Person, until

DISCARDS = "chrome://discards"
ANSWER_WITHIN_S = 20
# The row of the tab whose address has a piece in it; what is pressed is an action by its name.
ROWS = """(() => {
  const rows = [], walk = from => {
    for (const one of from.querySelectorAll('*')) {
      if (one.shadowRoot) walk(one.shadowRoot);
      if (one.matches('tr') && one.cells.length > 10) rows.push(one);
    }
  };
  walk(document);
  return rows.filter(row => row.cells[3].innerText.includes(%s));
})()"""
# The state, and after it what speaks against a discard.
STATE = "%s.map(row => row.cells[6].innerText + ': ' + row.cells[7].textContent).join()"
PRESS = """%s.forEach(row => [...row.querySelectorAll('[is=action-link]')]
  .find(one => one.textContent.includes(%s)).click())"""


class Browser:
    """A Chromium whose tabs nobody inspects but when asked; `address` of its DevTools."""

    def __init__(self, address: str, socket: ClientWebSocketResponse) -> None:
        self.address, self._socket = address, socket
        self._numbers = itertools.count(1)
        self._discards = ""

    async def ask(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """One command of the protocol, and its answer; events are passed over."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        await self._socket.send_json(message | ({"sessionId": session} if session else {}))
        async with asyncio.timeout(ANSWER_WITHIN_S):
            while (answer := await self._socket.receive_json()).get("id") != number:
                pass
        assert "error" not in answer, (method, answer)
        return dict(answer["result"])

    @contextlib.asynccontextmanager
    async def visits(self, origin: str) -> AsyncIterator[Page]:
        """The tab on pages of `origin` (the first one otherwise), inspected until the end."""
        async with async_playwright() as playwright:
            browser = await playwright.chromium.connect_over_cdp(self.address)
            pages = browser.contexts[0].pages
            yield next((page for page in pages if page.url.startswith(origin)), pages[0])
            await browser.close()

    async def covers(self) -> None:
        """Another tab is opened in front of all others."""
        target = (await self.ask("Target.createTarget", url="about:blank"))["targetId"]
        await self.ask("Target.activateTarget", targetId=target)

    async def uncovers(self, piece: str) -> None:
        """The tab whose address has the piece in it is in front again."""
        found = (await self.ask("Target.getTargets"))["targetInfos"]
        [target] = [one["targetId"] for one in found if piece in one["url"]]
        await self.ask("Target.activateTarget", targetId=target)

    async def discards(self, piece: str) -> None:
        """The tab whose address has the piece in it is put aside and thrown away."""
        target = (await self.ask("Target.createTarget", url=DISCARDS))["targetId"]
        await self.ask("Target.activateTarget", targetId=target)
        attached = await self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._discards = attached["sessionId"]
        await until(lambda: self._state(piece), bool)
        await self._press(piece, "Urgent Discard")
        await until(lambda: self._state(piece), lambda state: state.startswith("discarded"))

    async def loads(self, piece: str) -> None:
        """The tab is wanted again."""
        await self._press(piece, "Load")

    async def _state(self, piece: str) -> str:
        return str(await self._finds(STATE % (ROWS % json.dumps(piece))))

    async def _press(self, piece: str, action: str) -> None:
        await self._finds(PRESS % (ROWS % json.dumps(piece), json.dumps(action)))

    async def _finds(self, expression: str) -> Any:
        told = await self.ask(
            "Runtime.evaluate", self._discards, expression=expression, returnByValue=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")


@contextlib.asynccontextmanager
async def discardable(folder: Path, flags: Sequence[str]) -> AsyncIterator[Browser]:
    """A headless Chromium with a profile in `folder` that may open its internal pages."""
    _profile(folder)
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, "--headless", "--remote-debugging-port=0", f"--user-data-dir={folder}",
        *flags, "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        port, path = await until(lambda: asyncio.to_thread(_told, folder), bool)
        address = f"127.0.0.1:{port}"
        async with (
            ClientSession() as web,
            web.ws_connect(f"ws://{address}{path}", max_msg_size=0) as socket,
        ):
            yield Browser(f"http://{address}", socket)
    finally:
        process.terminate()
        await process.wait()


def _profile(folder: Path) -> None:
    folder.mkdir()
    (folder / "Local State").write_text(json.dumps({"internal_only_uis_enabled": True}))


def _told(folder: Path) -> list[str]:
    """Port and path of the DevTools, once they are there."""
    file = folder / "DevToolsActivePort"
    found = file.read_text().split() if file.exists() else []
    return found if len(found) == 2 else []


def somebody(page: Page, origin: str, language: str) -> Person:
    """Who sits at a tab of that browser."""
    page.context.set_default_timeout(15_000)
    return Person(page.context, page, origin, language)
