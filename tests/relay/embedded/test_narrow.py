"""Voice first on a narrow link: the decision, and what a viewer gets of it."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import PictureHeld
from relay.embedded import narrow, rtcp
from relay.embedded.narrow import PROVED_S, STRAINED_S, WAIT_S, WAIT_S_MAX, Narrow
from relay.endpoint import Endpoint
from tests.relay.conftest import LOOPBACK, Stage

MUCH, LITTLE = 900_000, 200_000


def congested() -> Narrow:
    link = Narrow()
    link.estimated(MUCH)
    link.estimated(LITTLE)
    return link


def until_held(link: Narrow, now: float) -> float:
    """When the picture is held; it is sent at four times the estimate all the while."""
    while not link.held:
        link.estimated(LITTLE)
        link.second(now, 4 * LITTLE)
        now += 1
    return now


@given(st.lists(st.integers(0, 10_000_000), max_size=50))
def test_a_modest_estimate_alone_holds_nothing(sent: list[int]) -> None:
    link = Narrow()
    for now, bits in enumerate(sent):
        link.estimated(300_000 + now)
        assert not link.second(float(now), bits)


@given(st.lists(st.sampled_from([0, LITTLE, 4 * LITTLE]), max_size=60))
def test_it_is_held_after_three_seconds_in_a_row_and_not_before(sent: list[int]) -> None:
    link, strained = congested(), 0
    for now, bits in enumerate(sent):
        strained = strained + 1 if bits > LITTLE else 0
        assert link.second(float(now), bits) is (strained >= STRAINED_S)
        if strained >= STRAINED_S:
            return


def test_loss_is_congestion_too() -> None:
    link = Narrow()
    link.estimated(LITTLE)
    link.lost(100)
    assert until_held(link, 0.0) == STRAINED_S


def test_little_is_never_held() -> None:
    link = Narrow()
    for bits_per_s in (60_000, 20_000):
        link.estimated(bits_per_s)
    assert not any(link.second(float(now), 45_000) for now in range(10))


def test_each_failed_trial_waits_twice_as_long_and_a_passed_one_forgives() -> None:
    link, now, waits = congested(), 0.0, []
    for _ in range(6):
        held_at = until_held(link, now) - 1
        now = held_at
        while link.second(now, 0):
            now += 1
        waits.append(now - held_at)
    assert waits == [WAIT_S, 8, 16, WAIT_S_MAX, WAIT_S_MAX, WAIT_S_MAX]
    now += PROVED_S
    held_at = until_held(link, now) - 1
    assert not link.second(held_at + WAIT_S, 0)


async def test_a_narrow_viewer_keeps_the_voice_and_the_picture_comes_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The light publisher heeds no estimate, as with several viewers nobody could."""
    monkeypatch.setattr(narrow, "STRAINED_S", 1)
    monkeypatch.setattr(narrow, "WAIT_S", 1.0)
    await stage.join("client", Endpoint(addresses=LOOPBACK))
    host = await stage.join("host", Endpoint(addresses=LOOPBACK))
    assert await stage.until(lambda: host.first_frame_ms is not None)
    believes(host, MUCH, 60_000)
    assert await stage.until(lambda: stage.of(PictureHeld))
    assert stage.of(PictureHeld) == [PictureHeld("S", "host", held=True)]
    await asyncio.sleep(0.1)
    frames, voice = host.counters.video_received, host.counters.audio_received
    await asyncio.sleep(0.3)
    assert host.counters.video_received == frames
    assert host.counters.audio_received > voice
    assert await stage.until(lambda: len(stage.of(PictureHeld)) == 2)
    assert await stage.until(lambda: host.counters.video_received > frames)
    assert host.missing == 0
    assert stage.of(PictureHeld)[1] == PictureHeld("S", "host", held=False)


def believes(viewer: Endpoint, *bits_per_s: int) -> None:
    """The viewer tells its estimates, one after another."""
    assert viewer._sub is not None
    for ssrc in viewer._inbound:
        for bits in bits_per_s:
            viewer._sub.wire.send_rtcp(rtcp.bitrate(viewer._own_ssrc, ssrc, bits))
