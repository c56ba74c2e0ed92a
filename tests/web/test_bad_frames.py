"""Strange frames and forged tickets at the signalling socket: told by a code, nothing moves."""

import aiohttp
import pytest

from tests.web.asking import books, unmoved
from tests.web.serving import Served
from tests.web.test_prejoin import invite
from tests.web.test_socket import seated, wire


async def test_a_ticket_of_one_session_opens_no_other(served: Served) -> None:
    async with served.robot() as guest, served.robot() as host:
        own, _id, path = await invite(served, host)
        guest.token = (await guest.post(path, name="Гость"))["token"]
        other, _id, _path = await invite(served, host)
        async with unmoved(served):
            ticket = (await guest.post(f"/sessions/{own}/tickets"))["ticket"]
            async with wire(guest, other) as one:
                await one.send("hello", v=[1], ticket=ticket)
                assert (await one.next("bye"))["code"] == "ticket_refused"
            for forged in ("", "x", "A" * 43, "\u0000", "S-2026-000001"):
                async with wire(guest, own) as one:
                    await one.send("hello", v=[1], ticket=forged)
                    assert (await one.next("bye"))["code"] in (
                        "ticket_refused",
                        "ticket_needed",
                        "hello_expected",
                    )


STRANGE_FRAMES = (
    ("{", "bad_json"),
    ("[]", "not_an_object"),
    ('{"type": "fly"}', "unknown_type"),
    ('{"type": "chat", "id": "1"}', "missing_field"),
    ('{"type": "chat", "id": 1, "text": "x"}', "wrong_type"),
    ('{"type": "chat", "id": "1", "text": "a\\u0000b"}', "bad_text"),
    ('{"type": "chat", "id": "1", "text": "\\ud800"}', "bad_text"),
    ('{"type": "chat", "id": "1", "text": "x", "id": "2"}', "duplicate_field"),
    ('{"type": "offer", "pc": "pub", "generation": -1, "sdp": "v=0"}', "out_of_range"),
    ('{"type": "offer", "pc": "up", "generation": 1, "sdp": "v=0"}', "wrong_value"),
    ('{"a":' * 200 + "1" + "}" * 200, "too_deep"),
)


async def test_strange_frames_move_nothing_and_the_socket_stays(served: Served) -> None:
    async with served.robot() as guest, served.robot() as host:
        number, _id, path = await invite(served, host)
        guest.token = (await guest.post(path, name="Гость"))["token"]
        async with seated(guest, number) as (one, _), unmoved(served):
            for frame, code in STRANGE_FRAMES:
                await one.socket.send_str(frame)
                assert (await one.next("error"))["code"] == code, frame[:80]
            for verb in ("pause", "resume", "end"):
                await one.send(verb)
                assert (await one.next("error"))["code"] == "wrong_state", verb
            await one.send("ping", t=1, ack=0)
            assert (await one.next("pong"))["t"] == 1


@pytest.mark.parametrize("how", ["binary", "oversized", "invalid_utf8"])
async def test_a_frame_that_is_none_closes_the_socket_only(served: Served, how: str) -> None:
    async with served.robot() as guest, served.robot() as host:
        number, _id, path = await invite(served, host)
        guest.token = (await guest.post(path, name="Гость"))["token"]
        async with seated(guest, number) as (one, _):
            before = (await books(served))[:4]
            if how == "binary":
                await one.socket.send_bytes(b"\x00\xff")
            elif how == "oversized":
                await one.socket.send_str("a" * 70_000)
            else:
                await one.socket.send_frame(b"\xff\xfe", aiohttp.WSMsgType.TEXT)
            await one.closed()
            assert (await books(served))[:4] == before
        assert (await guest.get(f"/sessions/{number}"))["number"] == number
