"""From being let in to the first picture: open network, through TURN only, without any UDP."""

import asyncio
from pathlib import Path

import pytest

from tests.networks.lab import lab, stats
from tests.networks.spaces import RELAY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.nightly, pytest.mark.timeout(240)]

TIMES = 5
# What is blocked by UDP address (None: nothing, "": all of it), by which path, within seconds.
NETWORKS = {
    "open": (None, "host", 0.5),
    "relay only": (RELAY, "turn udp", 1.0),
    "UDP blocked": ("", "turn tcp", 2.0),
}


@pytest.mark.parametrize("name", NETWORKS)
async def test_first_frame(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    blocked, path, limit_s = NETWORKS[name]
    async with lab(tmp_path) as place:
        if blocked is not None:
            place.net.host.cut_udp(blocked)
            place.net.client.cut_udp(blocked)
        await place.meet()
        shown_s = await place.show()
        took_s = []
        for _ in range(TIMES):
            took_s.append(await place.comes_again())
            await asyncio.sleep(1)
        paths = {(await stats(one))["sub_path"] for one in (place.host, place.client)}
        with capfd.disabled():
            told = ", ".join(f"{one:.2f}" for one in took_s)
            print(
                f"\nfirst frame, {name:12} both joined: {told} s; from the click: {shown_s:.2f} s"
            )
        assert paths == {path}
        assert max(took_s) <= limit_s
        assert place.host.problems + place.client.problems == []
