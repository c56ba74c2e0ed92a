"""Chromium through Janus: every codec, and the offer that the engine makes itself."""

import pytest
from playwright.async_api import Page

from tests.relay.browsers import chromiums, open_page, page_address
from tests.relay.conftest import Stage, janus, staged
from tests.relay.test_browsers import CODECS, passes

pytestmark = [pytest.mark.browser, pytest.mark.nightly]

# As web/browser/src/room/peer.ts does it.
COUNTER = """async sdp => {
  const pc = peers['sub'];
  await pc.setLocalDescription({type: 'rollback'});
  await pc.setRemoteDescription({type: 'offer', sdp});
  await pc.setLocalDescription();
  return pc.localDescription.sdp;
}"""


async def subscribe(stage: Stage, page: Page, leg: str, generation: int) -> None:
    offer = await page.evaluate("subscribe('sub')")
    answer = await stage.engine.subscribe("S", leg, offer, generation)
    assert answer.offers
    assert answer.sdp
    accepted = await page.evaluate(COUNTER, answer.sdp)
    await stage.engine.accept("S", leg, generation, accepted)


async def test_every_codec_from_browser_to_browser() -> None:
    async with (
        staged(janus) as stage,
        page_address() as address,
        chromiums(2) as (one, other),
    ):
        shows, looks = [await open_page(b, address) for b in (one, other)]
        await shows.evaluate("capture({video: {frameRate: 30}})")
        await looks.evaluate("capture(null)")
        for generation, codec in enumerate(CODECS):
            await passes(stage, shows, looks, codec, generation, subscribe)
        before = len(stage.mutual())
        assert await stage.until(lambda: len(stage.mutual()) > before + 2)
