"""The product between two people on bad networks: server and coturn, a Chromium on each wire."""

import contextlib
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Playwright, async_playwright, expect

from tests.networks.spaces import RELAY, TURN, Networks, Wire
from tests.relay.browsers import CHROMIUM, SYNTHETIC
from tests.web.browsers import Person, Server, person

PORT, TURN_PORT, TURN_TLS_PORT = 8080, 3478, 443
SECRET = "a secret of coturn and the product, for tests only"
TURN_URLS = f"turn:{TURN}:{TURN_PORT}?transport=udp,turn:{TURN}:{TURN_PORT}?transport=tcp"
CONFIG = Path(__file__).resolve().parents[2] / "deploy" / "turnserver.conf"
FLAGS = (
    *(flag for flag in SYNTHETIC if "loopback" not in flag),
    f"--unsafely-treat-insecure-origin-as-secure=http://{RELAY}:{PORT}",
)

# When the page was let in, and when its video elements had a first frame, in ms of the clock.
WATCH = """
window.seen = {joined: 0, frame: 0};
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(address) {
    super(address);
    this.addEventListener('message', ({data}) => {
      if (/"type": ?"welcome"/.test(data)) seen.joined = Date.now();
    });
  }
};
addEventListener('loadeddata', ({target}) => {
  if (target.matches('stage-view video')) seen.frame = Date.now();
}, true);
"""

STATS = """async () => {
  const {pub, sub} = document.querySelector('session-room').conductor.media;
  const told = {pub: pub.connection?.connectionState, sub: sub.connection?.connectionState};
  for (const pc of [pub.connection, sub.connection]) {
    const all = await pc?.getStats() ?? new Map();
    all.forEach(s => {
      if (s.type === 'inbound-rtp') told[s.kind] = {...s};
      if (s.type === 'outbound-rtp') told['out_' + s.kind] = {...s};
      if (s.type === 'transport' && s.selectedCandidatePairId) {
        const own = all.get(all.get(s.selectedCandidatePairId)?.localCandidateId);
        told[pc === pub.connection ? 'pub_path' : 'sub_path'] =
          own?.relayProtocol ? 'turn ' + own.relayProtocol : own?.candidateType ?? '';
      }
    });
  }
  return told;
}"""


@contextlib.contextmanager
def coturn(*options: str, address: str = TURN, peers: tuple[str, ...] = (RELAY,)) -> Iterator[None]:
    """Debian's coturn with the file that operators get, until the block ends."""
    command = [
        "turnserver", "-c", str(CONFIG), "--listening-ip", address, "--relay-ip", address,
        "--static-auth-secret", SECRET, "--realm", "minuta.test", "-m", "1", "--log-file", "stdout",
        "--pidfile", "/dev/null", *(f"--allowed-peer-ip={peer}" for peer in peers), *options,
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex((address, TURN_PORT)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait()


@dataclass
class Lab:
    """A running server, two people in its room, and their networks."""

    net: Networks
    server: Server
    host: Person
    client: Person

    async def meet(self) -> str:
        """Both in the room and agreed, nothing shown yet; the session's number."""
        await self.host.open("/")
        await self.host.speak()
        await self.host.button("Enter as a consultant").click()
        await self.host.page.wait_for_url("**/dashboard")
        await self.host.page.get_by_role("textbox", name=self.host.say("Topic")).fill("Networks")
        await self.host.page.locator("input[value=host-pays]").check()
        await self.host.button("Start a session").click()
        await self.host.page.wait_for_url("**/invites/**")
        link = await self.host.page.locator("copy-field input").input_value()
        await self.host.page.get_by_role("link", name=self.host.say("Enter the room")).click()
        await self.client.open(link)
        await self.client.page.get_by_label(self.client.say("What is your name")).fill("Anna")
        await self.client.button("Join").click()
        for one in (self.host, self.client):
            await expect(one.text("What is agreed")).to_be_visible()
        await self.host.page.locator(".stage-card .primary").click()
        return self.host.page.url.split("/sessions/")[1].split("/")[0]

    async def show(self) -> float:
        """The client shows the screen; seconds from the click to the host's first frame."""
        begun = time.time()
        await self.client.button("Show my screen").click()
        return await first_frame(self.host, begun)

    async def comes_again(self, limit_s: float = 20) -> float:
        """The host's page is loaded anew; seconds from being let in to the first frame."""
        await self.host.page.reload()
        frame = await first_frame(self.host, 0, limit_s)
        return frame - float(await self.host.page.evaluate("seen.joined")) / 1000


async def first_frame(one: Person, since: float, limit_s: float = 20) -> float:
    """Seconds from the moment to the first frame that a video of the stage has."""
    told = await one.page.wait_for_function(
        "since => seen.frame > since && seen.frame", arg=since * 1000, polling=20,
        timeout=limit_s * 1000,
    )  # fmt: skip
    return float(await told.json_value()) / 1000 - since


async def stats(one: Person) -> dict[str, Any]:
    """What the page's connections say of themselves, by kind and direction."""
    return dict(await one.page.evaluate(STATS))


async def _browser(playwright: Playwright, folder: Path, wire: Wire, name: str) -> Browser:
    """A Chromium whose network is the wire's."""
    script = folder / name
    script.write_text(f'#!/bin/sh\nexec {" ".join(wire.space.prefix)} {CHROMIUM} "$@"\n')
    script.chmod(0o755)
    return await playwright.chromium.launch(
        executable_path=script, headless=True, args=list(FLAGS), env={"HOME": str(folder)}
    )


@contextlib.asynccontextmanager
async def lab(folder: Path, screen: str = "") -> AsyncIterator[Lab]:
    """Everything up, on good networks; `screen` is a script that replaces what is shown."""
    async with contextlib.AsyncExitStack() as stack:
        net = stack.enter_context(Networks())
        stack.enter_context(net.server.inside())
        stack.enter_context(coturn())
        server = Server(folder, PORT, name=RELAY, more={
            "MINUTA_HOST": "0.0.0.0", "MINUTA_MEDIA_ADDRESSES": RELAY,
            "MINUTA_TURN_URLS": TURN_URLS, "MINUTA_TURN_SECRET": SECRET,
        })  # fmt: skip
        stack.push_async_callback(server.stop)
        await server.start()
        playwright = await stack.enter_async_context(async_playwright())
        people = []
        for name, wire in (("host", net.host), ("client", net.client)):
            browser = await _browser(playwright, folder, wire, name)
            stack.push_async_callback(browser.close)
            one = await person(browser, server.origin, "en")
            await one.context.add_init_script(WATCH)
            people.append(one)
        await people[1].context.add_init_script(screen)
        yield Lab(net, server, *people)
