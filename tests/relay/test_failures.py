"""Attempts that fail, by real wires: each ends with its own cause, told once."""

import asyncio
import socket
from dataclasses import replace

import pytest

from relay import FAILURES, LegFailed
from relay.embedded import aiortc_seam
from relay.embedded.descriptions import Description, parse, write
from relay.endpoint import Endpoint
from relay.failures import of_wire
from tests.relay.conftest import LOOPBACK, Stage


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute is long for a test."""
    monkeypatch.setattr(aiortc_seam, "CONNECT_LIMIT_S", 0.4)


def changed(offer: str, **changes: object) -> str:
    read = parse(offer)
    return write(Description(replace(read.transport, **changes), read.sections), 1)


async def cause_of(stage: Stage) -> str:
    assert await stage.until(lambda: stage.of(LegFailed), 5.0)
    await asyncio.sleep(0.1)
    (failed,) = stage.of(LegFailed)
    assert (failed.room, failed.leg, failed.role, failed.generation) == ("S", "client", "pub", 3)
    return failed.cause


async def test_nobody_to_call_and_nobody_calls(stage: Stage) -> None:
    endpoint = Endpoint(LOOPBACK)
    offer = changed(await endpoint.publish_offer(), candidates=())
    await stage.engine.publish("S", "client", offer, 3)
    assert await cause_of(stage) == "no_candidates"
    await endpoint.close()


async def test_an_address_that_does_not_answer(stage: Stage) -> None:
    endpoint = Endpoint(LOOPBACK)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        line = f"1 1 udp 1 127.0.0.1 {deaf.getsockname()[1]} typ host"
        offer = changed(await endpoint.publish_offer(), candidates=(line,))
        await stage.engine.publish("S", "client", offer, 3)
        assert await cause_of(stage) == "ice_failed"
    await endpoint.close()


async def test_a_certificate_that_is_not_the_one_of_the_offer(stage: Stage) -> None:
    endpoint = Endpoint(LOOPBACK)
    other = (("sha-256", ":".join(["AB"] * 32)),)
    offer = changed(await endpoint.publish_offer(), fingerprints=other)
    await endpoint.publish_answer((await stage.engine.publish("S", "client", offer, 3)).sdp)
    assert await cause_of(stage) == "wrong_certificate"
    await endpoint.close()


async def test_a_path_without_a_handshake(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """DTLS of the other end is lost on its way."""
    endpoint = Endpoint(LOOPBACK)
    monkeypatch.setattr(aiortc_seam._Connection, "data_received", lambda *_: None)
    answer = await stage.engine.publish("S", "client", await endpoint.publish_offer(), 3)
    await endpoint.publish_answer(answer.sdp)
    assert await cause_of(stage) == "timed_out"
    await endpoint.close()


async def test_an_attempt_that_was_replaced_or_called_off_has_not_failed(stage: Stage) -> None:
    endpoint = Endpoint(LOOPBACK)
    for generation in (1, 2):
        offer = changed(await endpoint.subscribe_offer(), candidates=())
        await stage.engine.subscribe("S", "client", offer, generation)
    await stage.engine.close_leg("S", "client")
    await asyncio.sleep(0.6)
    assert not stage.of(LegFailed)
    await endpoint.close()


def test_a_handshake_that_breaks() -> None:
    found = of_wire(
        candidates=1, path=True, handshake_failed=True, identified=False, timed_out=False
    )
    assert found == "dtls_failed"
    assert found in FAILURES
