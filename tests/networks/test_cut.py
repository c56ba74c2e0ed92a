"""UDP is cut in mid-session: picture and voice come back by themselves, the gap is not charged."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.networks.judging import flows_again
from tests.networks.lab import Lab, lab, stats
from tests.networks.spaces import Wire
from tests.web.browsers import until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.nightly, pytest.mark.timeout(240)]

BACK_S = 12.0
# Evidence counts on for so long after the last packet: relay.witness.REPORT_S, and its second.
RULE_S = 6


def wires(place: Lab, whose: str) -> list[Wire]:
    both = {"host": place.net.host, "client": place.net.client}
    return [wire for name, wire in both.items() if whose in (name, "both")]


@pytest.mark.parametrize("whose", ["client", "host", "both"])
async def test_udp_is_cut(whose: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    async with lab(tmp_path) as place:
        await place.meet()
        await place.show()
        await asyncio.sleep(8)
        counted, begun = await until(place.host.clock, bool), time.monotonic()
        for wire in wires(place, whose):
            wire.cut_udp()
        back_s = await flows_again(place, 30)
        await asyncio.sleep(5)
        clock_s = await place.host.clock() - counted
        passed_s = time.monotonic() - begun
        paths = [(await stats(one))["sub_path"] for one in (place.host, place.client)]
        with capfd.disabled():
            print(
                f"\nUDP of {whose:6} cut: back after {back_s:.1f} s by {paths};"
                f" from {counted} s on the meter counted {clock_s} of {passed_s:.0f} s"
            )
        assert back_s <= BACK_S
        assert clock_s <= passed_s - back_s + RULE_S
        await until(place.host.clock, lambda now: now >= counted + clock_s + 5)
        assert place.host.problems + place.client.problems == []
