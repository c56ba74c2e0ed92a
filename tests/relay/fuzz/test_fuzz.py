"""Bad input of every kind beside a good session: nothing escapes, nothing grows, nobody notices.

`make nightly T=fuzz` pours a million; `SEED=n` the same ones again (keys and ports differ).
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator

import pytest

from tests.relay.fuzz.inputs import Inputs
from tests.relay.fuzz.scene import Scene

QUICK = 10_000
NIGHTLY = 1_000_000
BREATH_S = 0.004  # of work, then the loop may turn: the good session lives on the same one
GROWTH_MIB_MAX = 48

pytestmark = pytest.mark.slow


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    made = Scene(monkeypatch)
    await made.open()
    yield made
    await made.close()


def rss_mib() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def pour(scene: Scene, inputs: Inputs, count: int) -> None:
    """So many inputs; the loop is let turn often enough for the good session's 20 ms."""
    turned = time.monotonic()
    for _ in range(count):
        try:
            await inputs.pour()
        except Exception as error:
            error.add_note(f"of {inputs.last!r}")
            raise
        if time.monotonic() - turned > BREATH_S:
            await asyncio.sleep(0)
            turned = time.monotonic()
        assert not scene.watch.escaped, f"{scene.watch.escaped[0]} of {inputs.last!r}"


async def check(scene: Scene, weight: tuple[int, int]) -> None:
    scene.within_limits()
    await scene.settle()
    assert not scene.watch.escaped
    now = scene.weight()
    assert now[0] <= weight[0] + 600, "checks of 64 addresses on a handful of connections at most"
    assert now[1] <= weight[1] + 40
    await scene.good_session_goes_on()


async def test_some_thousand_bad_inputs(scene: Scene) -> None:
    weight = scene.weight()
    inputs = Inputs(scene, random.Random(20261122))
    await pour(scene, inputs, QUICK)
    await check(scene, weight)
    assert min(inputs.counts[kind.__name__] for kind in inputs.kinds) > QUICK // 50


@pytest.mark.nightly
@pytest.mark.timeout(7200)
async def test_a_million_bad_inputs(scene: Scene) -> None:
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"SEED={seed} make nightly T=fuzz")
    weight = scene.weight()
    inputs = Inputs(scene, random.Random(seed))
    await pour(scene, inputs, NIGHTLY // 10)
    warm = rss_mib()
    for _ in range(9):
        await pour(scene, inputs, NIGHTLY // 10)
        await check(scene, weight)
        print(f"{sum(inputs.counts.values())} inputs, {rss_mib():.0f} MiB", inputs.counts)
    assert rss_mib() - warm < GROWTH_MIB_MAX
