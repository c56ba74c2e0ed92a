"""Failed media connections: one code each, counted, logged and told to the side that offered."""

from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from broker.signalling import ERRORS
from relay import FAILURES, BadOffer, LegFailed, NoRoom, RelayError, RoomFull, StaleOffer
from relay.errors import NoPort, NoSource
from tests.web.serving import Served
from tests.web.test_socket import seated, two
from web import wiring


def counted(pc: str, cause: str) -> float:
    labels = {"pc": pc, "cause": cause}
    return REGISTRY.get_sample_value("minuta_media_failures_total", labels) or 0.0


def test_every_cause_can_be_told_and_is_there_from_the_start() -> None:
    assert set(FAILURES) - set(ERRORS) == {"signalling_lost"}, "there is nobody to tell it to"
    for pc in ("pub", "sub"):
        for cause in FAILURES:
            labels = {"pc": pc, "cause": cause}
            assert REGISTRY.get_sample_value("minuta_media_failures_total", labels) is not None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadOffer("no"), "bad_offer"),
        (NoRoom("S"), "no_room"),
        (RoomFull("S", 2), "room_full"),
        (StaleOffer("S", "client", 1, 2), "stale_generation"),
        (NoPort("S"), "no_port"),
        (NoSource("S", "x"), "media_refused"),
    ],
)
async def test_a_refused_offer_has_its_code(
    served: Served, monkeypatch: pytest.MonkeyPatch, error: RelayError, code: str
) -> None:
    async def refuse(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(served.engine, "publish", refuse)
    async with two(served) as (number, _, client), seated(client, number) as (one, _welcome):
        before = counted("pub", code)
        with capture_logs() as logs:
            await one.send("offer", pc="pub", generation=1, sdp="v=0")
            told = await one.next("error")
        assert (told["code"], told["reply_to"]) == (code, "offer")
        assert counted("pub", code) == before + 1
        lines = [line for line in logs if line["event"] == "connection failed"]
        assert [(x["session"], x["role"], x["cause"]) for x in lines] == [(number, "client", code)]


async def test_an_answered_connection_that_fails_is_told_once(served: Served) -> None:
    async with two(served) as (number, _, client), seated(client, number) as (one, _welcome):
        await one.send("offer", pc="sub", generation=1, sdp="v=0")
        await one.next("answer")
        before = counted("sub", "dtls_failed")
        wiring.relay_saw(served.app, LegFailed(number, "client", "sub", 1, "dtls_failed"))
        assert (await one.next("error"))["code"] == "dtls_failed"
        assert counted("sub", "dtls_failed") == before + 1


async def test_what_the_browser_said_of_turn_explains_a_missing_path(served: Served) -> None:
    async with two(served) as (number, _, client), seated(client, number) as (one, _welcome):
        for generation, said in ((1, ["turn_refused", "turn_unreachable"]), (2, [])):
            await one.send("offer", pc="pub", generation=generation, sdp="v=0")
            for code in said:
                await one.send("trouble", pc="pub", generation=generation, code=code)
            await one.send("trouble", pc="pub", generation=7, code="turn_refused")
            await one.send("ping", t=1, ack=0)
            await one.next("pong")
            wiring.relay_saw(served.app, LegFailed(number, "client", "pub", 1, "ice_failed"))
            wanted = "turn_refused" if said else "ice_failed"
            told = await one.next("error")
            assert (told["code"], told["action"]) == (wanted, "resume" if said else "none")


async def test_whoever_left_before_there_was_a_path_lost_the_socket(served: Served) -> None:
    async with two(served) as (number, _, _client):
        before = counted("pub", "signalling_lost")
        wiring.relay_saw(served.app, LegFailed(number, "client", "pub", 1, "no_candidates"))
        assert counted("pub", "signalling_lost") == before + 1


async def test_an_offer_that_the_conversation_finds_stale_is_counted_too(served: Served) -> None:
    async with two(served) as (number, _, client), seated(client, number) as (one, _welcome):
        before = counted("pub", "stale_generation")
        await one.send("offer", pc="pub", generation=2, sdp="v=0")
        await one.send("offer", pc="pub", generation=1, sdp="v=0")
        assert (await one.next("error"))["code"] == "stale_generation"
        assert counted("pub", "stale_generation") == before + 1
