"""Real Chromium recorded: each codec's packets become a film that another decoder plays."""

import asyncio
from pathlib import Path

import av
import pytest

from relay.recording.film import make
from tests.relay.browsers import chromiums, open_page, page_address
from tests.relay.conftest import Stage
from tests.relay.test_browsers import CODECS, publish

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RECORDED_S = 1.0
NAMES = {"VP8": "webm", "VP9": "webm", "AV1": "webm", "H264": "mkv"}


def told(path: Path) -> tuple[str, int, int, float]:
    """Codec, width, frames decoded and seconds of the picture."""
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        times = [frame.time or 0.0 for frame in film.decode(stream)]
        return stream.codec_context.codec.canonical_name, stream.width, len(times), times[-1]


async def test_every_codec_of_a_browser_plays(stage: Stage, tmp_path: Path) -> None:
    async with page_address() as address, chromiums(1) as (browser,):
        page = await open_page(browser, address)
        await page.evaluate("capture({video: {frameRate: 30}})")
        for generation, codec in enumerate(CODECS):
            await stage.engine.close_leg("S", "client")
            await publish(stage, page, "client", codec, generation)
            folder = tmp_path / codec
            await stage.engine.record_start("S", folder)
            assert await stage.until(lambda folder=folder: any(folder.glob("*")))
            await asyncio.sleep(RECORDED_S)
            await stage.engine.record_stop("S")
            film = await asyncio.to_thread(make, folder)
            assert film.name == f"recording.{NAMES[codec]}"
            name, width, frames, seconds = await asyncio.to_thread(told, folder / film.name)
            assert (name, width) == (codec.lower(), 1280)
            assert frames >= 10, codec
            assert seconds == pytest.approx(film.duration_ms / 1000, abs=0.5)
            assert seconds == pytest.approx(RECORDED_S, abs=1.0)
