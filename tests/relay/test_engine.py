"""Two light endpoints through every real engine: real ICE, DTLS and SRTP on the loopback."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import pytest

from relay import (
    BadOffer,
    LegConnected,
    LegLost,
    MediaStalled,
    NoRoom,
    RoomFull,
    SecondWitnessed,
    SourceAdded,
    SourceRemoved,
    StaleOffer,
    embedded_engine,
)
from relay.clip import vp8_clip
from relay.embedded import aiortc_seam
from relay.endpoint import OPUS, Endpoint
from relay.errors import NoSource
from tests.relay.conftest import Stage, client, crew, host, janus, staged

pytestmark = pytest.mark.slow
ENGINES = [
    pytest.param(embedded_engine, id="embedded"),
    pytest.param(crew, id="worker", marks=pytest.mark.nightly),
    pytest.param(janus, id="janus", marks=pytest.mark.nightly),
]


@pytest.fixture(params=ENGINES)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with staged(request.param) as made:
        yield made


async def test_a_session_from_first_packet_to_last(stage: Stage) -> None:
    vp8_clip()  # encoded once in a process
    started = time.time()
    shows = await stage.join("client", client(stage))
    looks = await stage.join("host", host(stage))
    assert await stage.until(lambda: looks.first_frame_ms is not None)
    assert looks.first_frame_ms is not None
    assert looks.first_frame_ms < 1000
    await asyncio.sleep(4)
    await stage.engine.close_room("S")
    lasted = time.time() - started
    mutual = stage.mutual()
    # Statistics of Janus speak of whole seconds, and the last one is not told any more.
    assert len(mutual) == pytest.approx(lasted, abs=3 if stage.coarse else 2)
    assert mutual == list(range(mutual[0], mutual[-1] + 1))
    assert looks.counters.video_received > 0.9 * shows.counters.video_sent
    assert looks.missing == 0
    assert [e.source.id for e in stage.of(SourceAdded)] == [
        "client-audio-0", "client-video-0", "host-audio-0",
    ]  # fmt: skip
    assert len(stage.of(SourceRemoved)) == 3


async def test_every_second_is_told_once_and_in_order(stage: Stage) -> None:
    await stage.join("client", client(stage))
    assert await stage.until(lambda: len(stage.of(SecondWitnessed)) >= 3)
    seconds = [e.second for e in stage.of(SecondWitnessed)]
    assert seconds == list(range(seconds[0], seconds[0] + len(seconds)))
    assert abs(seconds[-1] - time.time()) < 5


async def test_a_room_that_nobody_entered_tells_nothing() -> None:
    async with staged(embedded_engine) as stage:
        room = stage.engine._rooms["S"]  # type: ignore[attr-defined]
        for second in range(4):
            room.turn(time.time() + second)
        assert not stage.events


async def test_consent_is_asked_for_and_its_end_closes_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """RFC 7675, a hundred times faster: who answers stays, who vanished is let go."""
    monkeypatch.setattr(aiortc_seam, "CONSENT_INTERVAL", 0.05)
    async with staged(embedded_engine) as stage:
        stays, goes = client(stage), host(stage)
        await stage.join("client", stays)
        await stage.join("host", goes)
        room = stage.engine._rooms["S"]  # type: ignore[attr-defined]
        both = [room._legs[name].sub.wire for name in ("client", "host")]
        await asyncio.sleep(12 * 0.05)
        assert [wire.ended for wire in both] == [False, False]
        assert all(wire.tally.stun > 6 for wire in both)
        await goes.vanish()
        assert await stage.until(lambda: both[1].ended)
        assert not both[0].ended


async def test_lost_packets_are_repaired(stage: Stage) -> None:
    dice = random.Random(7)
    lost: list[int] = []

    def drop(packet: bytes) -> bool:
        """Five packets in a hundred of the picture are lost when they come first.

        Janus keeps packets for repair only once it knows the round trip.
        """
        if stage.coarse and len(stage.mutual()) < 20:
            return False
        number = packet[2] << 8 | packet[3]
        if packet[1] & 0x7F == OPUS.payload_type or number in lost or dice.random() > 0.05:
            return False
        lost.append(number)
        return True

    looks = Endpoint(stage.addresses, drop=drop, video=False)
    await stage.join("client", client(stage))
    await stage.join("host", looks)
    assert await stage.until(lambda: looks.counters.repaired >= 3, 40.0)
    assert await stage.until(lambda: looks.missing == 0)
    assert await stage.until(lambda: stage.engine.stats("S").packets_retransmitted >= 3)


async def test_who_subscribes_first_gets_sources_as_they_come(stage: Stage) -> None:
    looks = await stage.join("host", host(stage))
    assert await stage.until(lambda: stage.of(LegConnected))
    await stage.join("client", client(stage))
    assert await stage.until(lambda: looks.first_frame_ms is not None)


async def test_resuming_keeps_sources_and_viewers(stage: Stage) -> None:
    shows = await stage.join("client", client(stage))
    looks = await stage.join("host", host(stage))
    assert await stage.until(lambda: looks.counters.video_received > 20)
    await shows.vanish()
    again = await stage.join("client", client(stage), generation=2)
    seen = looks.counters.video_received
    assert await stage.until(lambda: looks.counters.video_received > seen + 20)
    assert await stage.until(lambda: again.counters.audio_received > 20)
    assert looks.missing == 0
    assert not stage.of(SourceRemoved)
    with pytest.raises(StaleOffer) as stale:
        await stage.engine.publish("S", "client", "v=0", generation=1)
    assert (stale.value.generation, stale.value.current) == (1, 2)


async def test_the_same_offer_again_gets_the_same_answer(stage: Stage) -> None:
    endpoint = client(stage)
    offer = await endpoint.publish_offer()
    first = await stage.engine.publish("S", "client", offer, 0)
    assert await stage.engine.publish("S", "client", offer, 0) == first
    await endpoint.close()


async def test_a_killed_leg_is_lost_within_five_seconds(stage: Stage) -> None:
    shows = await stage.join("client", client(stage))
    await stage.join("host", host(stage))
    assert await stage.until(stage.mutual)
    killed = time.time()
    await shows.vanish()
    assert await stage.until(lambda: stage.of(LegLost))
    (lost,) = stage.of(LegLost)
    assert time.time() - killed <= 5
    assert lost.leg == "client"
    assert abs(lost.last_packet_at.timestamp() - killed) < (1.5 if stage.coarse else 0.5)
    assert stage.mutual()[-1] <= killed + 2


async def test_a_goodbye_is_heard_at_once(stage: Stage) -> None:
    shows = await stage.join("client", client(stage))
    assert await stage.until(lambda: stage.of(LegConnected))
    await asyncio.sleep(0.2)
    await shows.close()
    assert await stage.until(lambda: stage.of(LegLost), 1.0)


async def test_silence_is_a_stall_and_not_a_loss(stage: Stage) -> None:
    """Janus tells nothing of STUN and RTCP: there who is silent is asked to connect anew."""
    shows = await stage.join("client", client(stage))
    await stage.join("host", host(stage))
    assert await stage.until(lambda: len(stage.mutual()) >= 2)
    shows.sends_audio = shows.sends_video = False
    assert await stage.until(lambda: stage.of(MediaStalled))
    assert not stage.of(LegLost)
    assert len(stage.of(LegConnected)) == 4


async def test_authenticated_garbage_hurts_nobody(stage: Stage) -> None:
    """A party that holds the keys may send anything; the session goes on, others unaffected.

    After false numbers Janus refuses the true ones: the party is asked to publish anew.
    """
    shows = await stage.join("client", client(stage))
    looks = await stage.join("host", host(stage))
    assert await stage.until(lambda: looks.counters.video_received > 5)
    dice = random.Random(3)
    pub, sub = shows._pub, shows._sub
    assert pub is not None
    assert sub is not None
    ssrcs = [out.ssrc for out in shows._outbound.values()]
    for _ in range(500):
        head = bytes([dice.choice([0x80, 0x90, 0xBF, 0xAF]), dice.choice([96, 111, 127])])
        tail = dice.randbytes(dice.randrange(0, 40))
        ssrc = dice.choice([*ssrcs, dice.randrange(1 << 32)]).to_bytes(4, "big")
        pub.wire.send_rtp(head + dice.randbytes(6) + ssrc + tail)
        kind = bytes([dice.choice([0x81, 0x8F, 0x9F]), dice.choice([200, 201, 205, 206])])
        for half in (pub, sub):
            half.wire.send_rtcp(kind + dice.randbytes(2) + ssrc + dice.randbytes(40))
    seen, heard = looks.counters.audio_received, shows.counters.audio_received
    assert await stage.until(lambda: shows.counters.audio_received > heard + 20)
    assert await stage.until(lambda: looks.counters.audio_received > seen + 20)
    assert not stage.of(LegLost)


async def test_refusals(stage: Stage) -> None:
    endpoint = client(stage)
    offer = await endpoint.publish_offer()
    with pytest.raises(NoRoom):
        await stage.engine.publish("nowhere", "client", offer, 0)
    with pytest.raises(BadOffer):
        await stage.engine.publish("S", "client", "v=0", 0)
    with pytest.raises(BadOffer):
        await stage.engine.subscribe("S", "client", offer, 0)
    with pytest.raises(NoSource):
        await stage.engine.keyframe("S", "client-video-0")
    await stage.engine.open_room("small", legs_max=1)
    await stage.engine.publish("small", "client", offer, 0)
    with pytest.raises(RoomFull):
        await stage.engine.publish("small", "host", offer, 0)
    await stage.engine.close_room("nowhere")
    await stage.engine.close_leg("S", "nobody")
    await endpoint.close()
