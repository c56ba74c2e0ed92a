"""Dead and narrow ways: who is told, and when a page is asked for new connections."""

import pytest

from relay import LegConnected, LegLost, PictureHeld, Source, SourceAdded
from tests.web.serving import Served
from tests.web.test_socket import Wire, seated, two
from web import mending, wiring
from web.keys import HUB, PATHS
from web.paths import Paths


def lost(served: Served, number: str) -> None:
    wiring.relay_saw(served.app, LegLost(number, "client", served.clock()))


def found(served: Served, number: str) -> None:
    wiring.relay_saw(served.app, LegConnected(number, "client", "pub"))


async def asked(wire: Wire) -> list[tuple[str, str]]:
    """The two wishes for an offer that come next."""
    told = [await wire.next("want_offer") for _ in range(2)]
    return [(one["pc"], one["reason"]) for one in told]


BOTH = [("pub", "lost"), ("sub", "lost")]


async def test_both_are_told_and_the_page_is_asked_after_a_while(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "ALONE_S", 0.1)
    monkeypatch.setattr(mending, "AGAIN_S", 0.1)
    async with (
        two(served) as (number, host, client),
        seated(host, number) as (other, _),
        seated(client, number) as (one, _),
    ):
        lost(served, number)
        for wire in (one, other):
            told = await wire.next("path")
            assert (told["participant"], told["state"]) == ("client", "lost")
        assert await asked(one) == BOTH
        assert await asked(one) == BOTH, "the network may not have been ready"
        found(served, number)
        told = await other.next("path")
        assert (told["participant"], told["state"]) == ("client", "good")
        assert app_is_calm(served, number)


def app_is_calm(served: Served, number: str) -> bool:
    return served.app[PATHS].state((number, "client")) == "good"


@pytest.mark.parametrize("relay_first", [True, False])
async def test_relay_and_page_together_are_believed_at_once(
    served: Served, relay_first: bool
) -> None:
    async with two(served) as (number, _, client), seated(client, number) as (one, _welcome):
        await one.send("offer", pc="sub", generation=1, sdp="v=0")
        await one.next("answer")
        if relay_first:
            lost(served, number)
        await one.send("trouble", pc="sub", generation=1, code="disconnected")
        if not relay_first:
            await one.send("ping", t=1, ack=0)
            await one.next("pong")
            lost(served, number)
        assert await asked(one) == BOTH


async def test_who_comes_back_hears_how_things_stand_and_is_asked(served: Served) -> None:
    async with two(served) as (number, _, client):
        async with seated(client, number):
            pass
        lost(served, number)
        wiring.relay_saw(served.app, PictureHeld(number, "host", held=True))
        async with seated(client, number) as (one, _):
            told = [await one.next("path"), await one.next("path")]
            assert [(x["participant"], x["state"]) for x in told] == [
                ("client", "lost"), ("host", "narrow"),
            ]  # fmt: skip
            assert await asked(one) == BOTH


async def test_another_network_is_told_until_something_comes_over_it(served: Served) -> None:
    async with (
        two(served) as (number, host, client),
        seated(host, number) as (other, _),
        seated(client, number) as (one, _),
    ):
        await one.send("offer", pc="pub", generation=1, sdp="v=0")
        await one.next("answer")
        for _ in range(2):
            await one.send("trouble", pc="pub", generation=1, code="moved")
        assert (await other.next("path"))["state"] == "moved"
        lost(served, number)
        assert (await other.next("path"))["state"] == "lost", "the relay is believed"
        await one.send("trouble", pc="pub", generation=1, code="moved")
        assert (await other.next("path"))["state"] == "moved"
        found(served, number)
        assert (await other.next("path"))["state"] == "good"
        assert app_is_calm(served, number)


async def test_what_a_room_says_in_closing_is_not_waited_for(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two(served) as (number, _, client), seated(client, number):
        close = served.engine.close_room

        async def lost_at_last(room: str) -> None:
            screen = Source("late", "host", "video", "1")
            wiring.relay_saw(served.app, SourceAdded(room, screen))
            lost(served, room)
            await close(room)

        monkeypatch.setattr(served.engine, "close_room", lost_at_last)
        await wiring.part(served.app, number, None)
        assert app_is_calm(served, number)
        assert served.app[HUB].sources(number) == ()


async def test_nobody_is_asked_after_the_end(served: Served) -> None:
    async with two(served) as (number, _, client), seated(client, number):
        lost(served, number)
        served.app[PATHS].forget(number)
        assert app_is_calm(served, number)


def test_what_a_page_said_long_ago_is_not_believed() -> None:
    """Its media came back without a word: a way lost later waits for its four seconds."""
    now_s, place = [100.0], ("S-2026-000001", "client")
    paths = Paths(lambda: now_s[0])
    assert not paths.says_so(place)
    paths.disconnected(place)
    now_s[0] += 9
    assert paths.says_so(place)
    now_s[0] += 1
    assert not paths.says_so(place)
    paths.disconnected(place)
    assert paths.says_so(place)
