"""The bad networks themselves, with light endpoints; browsers on them are for the night."""

import asyncio
from datetime import UTC, datetime

from relay import Engine, RelayEvent, RelaySettings, embedded_engine
from relay.endpoint import Endpoint
from tests.networks.spaces import RELAY, Networks, Wire


async def test_a_lossy_wire_loses_and_a_cut_one_is_silent() -> None:
    events: list[RelayEvent] = []
    with Networks() as net, net.server.inside():
        settings = RelaySettings(addresses=(RELAY,))
        engine = embedded_engine(settings, events.append, lambda: datetime.now(UTC))
        await engine.open_room("S")
        client, host = [
            await _joins(engine, leg, wire)
            for leg, wire in (("client", net.client), ("host", net.host))
        ]
        net.host.loses(50)
        sent, came = client.counters.audio_sent, host.counters.audio_received
        await asyncio.sleep(1.0)
        sent, came = client.counters.audio_sent - sent, host.counters.audio_received - came
        assert 0.2 * sent < came < 0.8 * sent
        net.host.mend()
        net.client.cut_udp()
        await asyncio.sleep(0.1)
        before = host.counters.audio_received
        await asyncio.sleep(0.2)
        assert host.counters.audio_received == before
        net.client.mend()
        await asyncio.sleep(0.2)
        assert host.counters.audio_received > before
        for one in (client, host):
            await one.close()
        await engine.close()


async def _joins(engine: Engine, leg: str, wire: Wire) -> Endpoint:
    """A socket stays in the namespace that it was opened in."""
    endpoint = Endpoint(addresses=(wire.near,), video=False)
    with wire.space.inside():
        offers = await endpoint.publish_offer(), await endpoint.subscribe_offer()
    answers = [
        await engine.publish("S", leg, offers[0], 0),
        await engine.subscribe("S", leg, offers[1], 0),
    ]
    await endpoint.publish_answer(answers[0].sdp)
    await endpoint.subscribe_answer(answers[1].sdp)
    await endpoint.wait_connected()
    return endpoint
