"""Lost packets and narrow links: what is heard and seen, as a table."""

import asyncio
from pathlib import Path

import pytest

from tests.networks.judging import stretch
from tests.networks.lab import lab
from tests.networks.screens import WORK

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.nightly, pytest.mark.timeout(400)]

STRETCH_S = 15
VOICE_LOST_MAX = 1.0
GAP_S_MAX = 3.0


@pytest.mark.parametrize("screen", ["pattern", "work"])
async def test_lost_packets(screen: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each way on both wires, so that a packet of one to the other has two chances to be lost."""
    async with lab(tmp_path, WORK if screen == "work" else "") as place:
        await place.meet()
        await place.show()
        await asyncio.sleep(5)
        for percent in (0, 2, 5, 10):
            for wire in (place.net.host, place.net.client):
                wire.mend()
                if percent:
                    wire.loses(percent)
            found = await stretch(place, STRETCH_S)
            with capfd.disabled():
                print("\n" + found.line(f"{screen}, loss {percent} % each way"), end="")
            assert found.gap_s <= GAP_S_MAX
            if percent <= 5:
                assert max(found.host.lost, found.client.lost) <= VOICE_LOST_MAX


@pytest.mark.parametrize("screen", ["pattern", "work"])
@pytest.mark.parametrize("whose", ["host", "client"])
async def test_narrow_links(
    screen: str, whose: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The wire of who looks, and the wire of who shows."""
    async with lab(tmp_path, WORK if screen == "work" else "") as place:
        await place.meet()
        await place.show()
        await asyncio.sleep(5)
        wire = place.net.host if whose == "host" else place.net.client
        for kbit_s in (1000, 600, 300):
            wire.rate(kbit_s)
            found = await stretch(place, STRETCH_S)
            with capfd.disabled():
                print("\n" + found.line(f"{screen}, {whose}'s {kbit_s} kbit/s"), end="")
            assert max(found.host.lost, found.client.lost) <= VOICE_LOST_MAX
            if kbit_s >= 600:
                assert found.gap_s <= GAP_S_MAX
