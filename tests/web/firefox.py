"""Real Firefox ESR for tests: started headless, spoken to in WebDriver BiDi over its own socket.

Format: https://www.w3.org/TR/webdriver-bidi/ as Debian's firefox-esr speaks it. Only what a test of
the product's pages needs, so that no driver has to be installed. What works here:

- A fake microphone and no question (`PREFERENCES`); the page must be on `http://localhost`.
- Headless Firefox has no screen to show (`NotFoundError`): `SCREEN` puts a moving canvas in place
  of the display. Everything behind `getDisplayMedia` is the product's own.
- Firefox offers no candidate on the loopback and pairs none with a relay's: the relay has to offer
  an address of the machine, and the machine must have one. Packets still do not leave it.
"""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.web.browsers import until
from web.locale import words

FIREFOX = "/usr/bin/firefox-esr"
ANSWER_WITHIN_S = 20
START_WITHIN_S = 30
POLL_S = 0.1
FRAME_MAX = 1 << 24
PREFERENCES: dict[str, Any] = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.disable_beforeunload": True,
    "extensions.update.enabled": False,
    "media.autoplay.block-webaudio": False,
    "media.autoplay.default": 0,
    "media.gmp-manager.updateEnabled": False,
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "remote.prefs.recommended": True,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}

SCREEN = """() => {
  if (!navigator.mediaDevices) return;
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1280, 720];
    const brush = canvas.getContext('2d');
    let n = 0;
    setInterval(() => {
      brush.fillStyle = `hsl(${n++ * 7 % 360} 80% 50%)`;
      brush.fillRect(0, 0, 1280, 720);
      brush.fillStyle = 'black';
      brush.fillText(String(n), n % 1000, 300);
    }, 50);
    return canvas.captureStream(20);
  };
}"""


class Refused(Exception):
    """Firefox answered a command with an error."""


@dataclass
class Firefox:
    """One tab of one browser. `problems`: what the page's console complained of."""

    line: ClientConnection
    problems: list[str] = field(default_factory=list)
    language: str = "en"
    tab: str = ""
    _asked: int = 0
    _waiting: dict[int, asyncio.Future[Any]] = field(default_factory=dict)

    async def read(self) -> None:
        """Hand out answers and remember complaints until the browser is gone."""
        with contextlib.suppress(ConnectionClosed):
            async for text in self.line:
                self._take(json.loads(text))

    def _take(self, told: dict[str, Any]) -> None:
        waiting = self._waiting.pop(told.get("id") or 0, None)
        if waiting is not None and not waiting.done():
            if told["type"] == "error":
                waiting.set_exception(Refused(f"{told['error']}: {told['message']}"))
            else:
                waiting.set_result(told["result"])
        elif told.get("method") == "log.entryAdded":
            entry = told["params"]
            if entry["level"] in ("error", "warn"):
                self.problems.append(str(entry["text"]))

    async def ask(self, method: str, **params: Any) -> Any:
        self._asked = number = self._asked + 1
        self._waiting[number] = answer = asyncio.get_running_loop().create_future()
        await self.line.send(json.dumps({"id": number, "method": method, "params": params}))
        return await asyncio.wait_for(answer, ANSWER_WITHIN_S)

    async def begin(self) -> None:
        await self.ask("session.new", capabilities={})
        await self.ask("session.subscribe", events=["log.entryAdded"])
        found = await self.ask("browsingContext.getTree")
        self.tab = found["contexts"][0]["context"]
        await self.ask("script.addPreloadScript", functionDeclaration=SCREEN)
        await self.size(1280, 800)

    async def size(self, width: int, height: int) -> None:
        await self.ask(
            "browsingContext.setViewport",
            context=self.tab,
            viewport={"width": width, "height": height},
        )

    async def open(self, address: str) -> None:
        await self.ask("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, awaited, by way of JSON."""
        told = await self.ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self.tab},
            awaitPromise=True,
            userActivation=True,
        )
        if told["type"] != "success":
            raise Refused(told["exceptionDetails"]["text"])
        return json.loads(told["result"]["value"])

    def say(self, message: str, /, **values: object) -> str:
        return words(self.language).gettext(message, **values)

    async def click(self, message: str, role: str = "button") -> None:
        """A real press of the pointer on what has this role and name."""
        found = await self._named(role, self.say(message))
        await self._press({"type": "element", "element": {"sharedId": found["sharedId"]}})

    async def click_on(self, selector: str) -> None:
        found = await self.wait({"type": "css", "value": selector})
        await self._press({"type": "element", "element": {"sharedId": found["sharedId"]}})

    async def fill(self, label: str, text: str) -> None:
        await self.click(label, role="textbox")
        keys = [{"type": kind, "value": one} for one in text for kind in ("keyDown", "keyUp")]
        await self._act({"type": "key", "id": "keys", "actions": keys})

    async def sees(self, message: str) -> None:
        """Until the words stand on the page."""
        sought = json.dumps(self.say(message))
        stands = f"document.body.innerText.includes({sought})"
        await until(lambda: self.evaluate(stands), bool, ANSWER_WITHIN_S)

    async def _named(self, role: str, name: str) -> Any:
        return await self.wait({"type": "accessibility", "value": {"role": role, "name": name}})

    async def wait(self, locator: dict[str, Any]) -> Any:
        """The first node that answers to the locator, as soon as there is one."""
        async with asyncio.timeout(ANSWER_WITHIN_S):
            while True:
                with contextlib.suppress(Refused):
                    told = await self.ask(
                        "browsingContext.locateNodes",
                        context=self.tab,
                        locator=locator,
                        maxNodeCount=1,
                    )
                    if told["nodes"]:
                        return told["nodes"][0]
                await asyncio.sleep(POLL_S)

    async def _press(self, origin: dict[str, Any]) -> None:
        moves = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        await self._act({"type": "pointer", "id": "mouse", "actions": moves})

    async def _act(self, source: dict[str, Any]) -> None:
        await self.ask("input.performActions", context=self.tab, actions=[source])


def _listens(log: Path) -> str | None:
    found = re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text())
    return found[1] if found else None


async def _address(log: Path) -> str:
    async def said() -> str | None:
        return _listens(log)

    return str(await until(said, bool, START_WITHIN_S))


@contextlib.asynccontextmanager
async def firefox(language: str = "en") -> AsyncIterator[Firefox]:
    """A headless Firefox with a new profile and one tab; killed and wiped afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="minuta-firefox-"))
    process = await _start(folder, language)
    try:
        address = await _address(folder / "log")
        async with connect(f"{address}/session", max_size=FRAME_MAX) as line:
            found = Firefox(line, language=language)
            reading = asyncio.create_task(found.read())
            await found.begin()
            yield found
        await reading
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        await asyncio.to_thread(shutil.rmtree, folder, True)


async def _start(folder: Path, language: str) -> asyncio.subprocess.Process:
    """A group of its own: the processes of its pages end with it."""
    wishes = PREFERENCES | {"intl.accept_languages": language}
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in wishes.items()]
    (folder / "user.js").write_text("\n".join(lines))
    options = ("--headless", "--no-remote", "--remote-debugging-port=0", f"--profile={folder}")
    with (folder / "log").open("w") as log:
        return await asyncio.create_subprocess_exec(
            FIREFOX,
            *options,
            stdout=log,
            stderr=log,
            env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
            start_new_session=True,
        )
