"""Real Chromium for tests: how to launch it here, a page to try the relay with, and its story.

What works headless with Debian's Chromium (each proved by `test_browsers.py`):

- `SYNTHETIC`: a fake microphone and `getDisplayMedia` without a prompt, 1280x720 moving.
- `THIS_TAB`: real pixels of the page itself; needs the permission "microphone" on the context
  and one click before `getDisplayMedia({video: true, preferCurrentTab: true})`.
- A relay that offers only 127.0.0.1 is reached with no further flag: the browser's checks come
  from its own sockets over the loopback interface, and the relay learns the address from them.
  `--allow-loopback-in-peer-connection` lets the browser offer 127.0.0.1 itself, so that the
  whole path is loopback even on a machine without any other address.
- The page must be on `http://localhost` or `http://127.0.0.1`, which count as secure.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

CHROMIUM = "/usr/bin/chromium"
BASE = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
)
FAKE_DEVICE = "--use-fake-device-for-media-stream"
SYNTHETIC = (*BASE, FAKE_DEVICE, "--use-fake-ui-for-media-stream")
THIS_TAB = (*BASE, FAKE_DEVICE, "--auto-accept-this-tab-capture")

PAGE = """<!doctype html><title>relay</title><body style="font:20px sans-serif">
<h1 id=count>0</h1><canvas id=canvas width=640 height=360></canvas>
<video id=video autoplay muted playsinline></video>
<script>
let n = 0, moving = true;
const draw = canvas.getContext('2d');
setInterval(() => {
  if (!moving) return;
  count.textContent = ++n;
  draw.fillStyle = `hsl(${n * 7 % 360} 80% 50%)`;
  draw.fillRect(0, 0, 640, 360);
}, 33);
const sleep = ms => new Promise(done => setTimeout(done, ms));
const peers = {}, late = {};
let mic, screen_;
async function capture(options) {
  mic = await navigator.mediaDevices.getUserMedia({audio: true});
  if (options) screen_ = await navigator.mediaDevices.getDisplayMedia(options);
}
function peer(name) {
  const pc = peers[name] = new RTCPeerConnection({bundlePolicy: 'max-bundle'});
  late[name] = [];
  pc.onicecandidate = e => late[name].push(e.candidate ? e.candidate.candidate : null);
  return pc;
}
async function offered(pc) {            // no waiting for candidates: they come late or never
  await pc.setLocalDescription(await pc.createOffer());
  return pc.localDescription.sdp;
}
async function publish(name, codec) {
  const pc = peer(name);
  pc.addTransceiver(mic.getAudioTracks()[0], {direction: 'sendonly', streams: [mic]});
  if (screen_) {
    const track = screen_.getVideoTracks()[0];
    track.contentHint = 'detail';
    const sender = pc.addTransceiver(track, {direction: 'sendonly', streams: [screen_]});
    const all = RTCRtpSender.getCapabilities('video').codecs;
    const liked = c => c.mimeType.toLowerCase() == 'video/' + codec.toLowerCase()
      && (codec != 'H264' || /packetization-mode=1;profile-level-id=42e01f/.test(c.sdpFmtpLine))
      && (codec != 'VP9' || /profile-id=0/.test(c.sdpFmtpLine));
    if (codec) sender.setCodecPreferences(
      [...all.filter(liked), ...all.filter(c => /rtx/.test(c.mimeType))]);
  }
  return offered(pc);
}
async function subscribe(name) {
  const pc = peer(name);
  window.joined = performance.now();
  pc.addTransceiver('audio', {direction: 'recvonly'});
  pc.addTransceiver('video', {direction: 'recvonly'});
  pc.ontrack = e => { if (e.track.kind == 'video') {
    video.srcObject = new MediaStream([e.track]);
    video.requestVideoFrameCallback(() => window.first = performance.now() - window.joined);
  }};
  return offered(pc);
}
const answer = (name, sdp) => peers[name].setRemoteDescription({type: 'answer', sdp});
const drop = name => { peers[name].close(); delete peers[name] };
async function stats(name) {
  const pc = peers[name], seen = {state: pc.connectionState}, all = await pc.getStats();
  all.forEach(s => {
    if (s.type == 'inbound-rtp') seen['in_' + s.kind] = {packets: s.packetsReceived,
      lost: s.packetsLost, frames: s.framesDecoded, width: s.frameWidth, nacks: s.nackCount,
      codec: (all.get(s.codecId) || {}).mimeType};
    if (s.type == 'outbound-rtp') seen['out_' + s.kind] = {packets: s.packetsSent,
      keyframes: s.keyFramesEncoded, bitrate: s.targetBitrate, pli: s.pliCount};
    if (s.type == 'candidate-pair' && s.nominated && s.state == 'succeeded') {
      const own = all.get(s.localCandidateId), other = all.get(s.remoteCandidateId);
      seen.pair = [own && own.address, other && other.address];
    }
  });
  return seen;
}
</script>"""


@contextlib.asynccontextmanager
async def page_address(text: str = PAGE) -> AsyncIterator[str]:
    """Serve one page on the loopback; gives its address."""
    app = web.Application()

    async def show(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html")

    app.router.add_get("/{any:.*}", show)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://localhost:{port}/"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def chromiums(
    count: int = 1, flags: Sequence[str] = SYNTHETIC
) -> AsyncIterator[list[Browser]]:
    """So many separate headless Chromium processes."""
    async with async_playwright() as playwright:
        browsers = [
            await playwright.chromium.launch(
                executable_path=CHROMIUM, headless=True, args=list(flags)
            )
            for _ in range(count)
        ]
        try:
            yield browsers
        finally:
            for browser in browsers:
                with contextlib.suppress(Exception):
                    await browser.close()


async def open_page(browser: Browser, address: str, **context: Any) -> Page:
    """A page in a context of its own, with the microphone permitted."""
    made: BrowserContext = await browser.new_context(permissions=["microphone"], **context)
    page = await made.new_page()
    await page.goto(address)
    return page


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{pid}/children") as listing:
        direct = [int(child) for child in listing.read().split()]
        return direct + [grand for child in direct for grand in _children(child)]
    return []


def chromium_pids() -> set[int]:
    """Chromium processes that this very process has started, directly or not."""
    found = set()
    for pid in _children(os.getpid()):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as command:
            if b"chromium" in command.read():
                found.add(pid)
    return found


def kill(pids: set[int]) -> None:
    """SIGKILL: no goodbye is said."""
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


async def until(condition: Any, limit_s: float = 10.0) -> bool:
    """Ask the async condition ten times a second; False when the time is over."""
    for _ in range(int(limit_s * 10)):
        if await condition():
            return True
        await asyncio.sleep(0.1)
    return False
