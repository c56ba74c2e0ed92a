"""Files over HTTPS: announced, sent in parts, refused, accepted, taken, erased; who is told."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from yarl import URL

from tests.web.serving import Served
from tests.web.test_socket import seated, two
from web import giving
from web.audit import audit
from web.keys import VAULT
from web.robot import Refused, Robot
from web.words import size_text

DATA = b"%PDF-1.7 " + bytes(range(256)) * 40
ID = "file-0001-abcd"


class Giver:
    """One side of a session, with its files."""

    def __init__(self, robot: Robot, number: str) -> None:
        self.robot, self.path = robot, f"/sessions/{number}/files"

    async def announce(self, data: bytes = DATA, name: str = "счёт.pdf", **more: str) -> Any:
        told = {"id": ID, "sha256": hashlib.sha256(data).hexdigest(), "size": str(len(data))}
        return await self.robot.post(self.path, name=name, type="application/pdf", **told | more)

    async def put(self, data: bytes, first: int, total: int, id: str = ID) -> tuple[int, Any]:
        """One part; status and what the server said."""
        last = first + len(data) - 1
        span = f"bytes {first}-{last}/{total}" if data else f"bytes */{total}"
        headers = {"Content-Range": span} | self.robot._headers()
        url = self.robot.base.join(URL(f"{self.path}/{id}"))
        async with self.robot._http.put(url, data=data, headers=headers) as answer:
            return answer.status, await answer.json()

    async def give(self, data: bytes = DATA, **more: str) -> Any:
        await self.announce(data, **more)
        status, told = await self.put(data, 0, len(data))
        assert status == 200
        return told

    async def stand(self) -> int:
        url = self.robot.base.join(URL(f"{self.path}/{ID}"))
        async with self.robot._http.head(url, headers=self.robot._headers()) as answer:
            assert answer.status == 200
            assert answer.headers["Upload-Length"] == str(len(DATA))
            return int(answer.headers["Upload-Offset"])

    async def answer(self, decision: str) -> Any:
        return await self.robot.post(f"{self.path}/{ID}/answer", decision=decision)

    async def take(self) -> bytes:
        return await self.robot.fetch(f"{self.path}/{ID}")


@asynccontextmanager
async def pair(served: Served) -> AsyncIterator[tuple[str, Giver, Giver]]:
    """A session that both may enter, the guest gives and the consultant takes."""
    async with (
        two(served) as (number, host, client),
        seated(host, number),
        seated(client, number),
    ):
        yield number, Giver(client, number), Giver(host, number)


async def test_a_file_goes_from_the_guest_to_the_consultant(served_both: Served) -> None:
    async with pair(served_both) as (number, client, host):
        assert (await client.announce())["have"] == 0
        half = len(DATA) // 2
        status, told = await client.put(DATA[:half], 0, len(DATA))
        assert (status, told["have"], told["state"]) == (200, half, "offered")
        assert await client.stand() == half
        status, told = await client.put(DATA[half:], half, len(DATA))
        assert (status, told["have"], told["state"]) == (200, len(DATA), "whole")
        with pytest.raises(Refused, match="403"):
            await host.take()
        await host.answer("accept")
        assert await host.take() == DATA == await client.take()
        (shown,) = (await host.robot.get(f"/sessions/{number}"))["files"]
        assert (shown["name"], shown["by"], shown["accepted"]) == ("счёт.pdf", "client", True)
        async with served_both.database.reading() as db:
            assert await audit(db) == []


async def test_both_rooms_are_told_and_a_new_socket_finds_the_files(served: Served) -> None:
    async with (
        two(served) as (number, host, client),
        seated(host, number) as (one, _),
        seated(client, number) as (other, _),
    ):
        giver = Giver(client, number)
        await giver.give()
        await Giver(host, number).answer("accept")
        for socket in (one, other):
            told = [await socket.next("file") for _ in range(3)]
            assert [(t["from"], t["state"], t["accepted"]) for t in told] == [
                ("client", "offered", False), ("client", "whole", False), ("client", "whole", True),
            ]  # fmt: skip
        async with seated(host, number) as (_, welcome):
            (found,) = welcome["session"]["files"]
            assert (found["id"], found["have"]) == (ID, len(DATA))


async def test_it_is_only_given_for_saving(served: Served) -> None:
    async with pair(served) as (_, client, _host):
        await client.give(b"<script>alert(1)</script>", name='a"b\r\nSet-Cookie: x.html')
        url = client.robot.base.join(URL(f"{client.path}/{ID}"))
        async with client.robot._http.get(url, headers=client.robot._headers()) as answer:
            told = answer.headers
            assert told["Content-Type"] == "application/octet-stream"
            assert told["X-Content-Type-Options"] == "nosniff"
            assert told["Content-Disposition"] == (
                "attachment; filename*=UTF-8''abSet-Cookie%20x.html"
            )
            assert told["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert told["Cache-Control"] == "no-store"
            assert "Set-Cookie" not in told


async def test_parts_follow_what_is_there_and_a_broken_one_is_gone_on_with(served: Served) -> None:
    async with pair(served) as (_, client, _host):
        await client.announce()
        for first, status in ((5, 409), (0, 200), (0, 409)):
            found, told = await client.put(DATA[first:100], first, len(DATA))
            assert found == status
        assert told["code"] == "wrong_offset"
        assert await client.stand() == 100
        await _broken_off(client, DATA[100:200])
        for _ in range(50):
            if await client.stand() == 200:
                break
            await asyncio.sleep(0.02)
        status, told = await client.put(DATA[200:], 200, len(DATA))
        assert (status, told["state"]) == (200, "whole")
        assert (await client.put(DATA[:9], 0, len(DATA)))[1]["state"] == "whole"


async def _broken_off(giver: Giver, data: bytes) -> None:
    """A browser that goes away in the middle of a part."""
    host, port = giver.robot.base.host, giver.robot.base.port
    _, writer = await asyncio.open_connection(host, port)
    token = giver.robot.token
    writer.write(
        f"PUT {giver.path}/{ID} HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: 5000\r\n"
        f"Content-Range: bytes 100-5099/{len(DATA)}\r\n\r\n".encode()
        + data
    )
    await writer.drain()
    await asyncio.sleep(0.1)  # lets the server read before the line goes
    writer.close()
    await writer.wait_closed()


SPANS = ("", "bytes 0-9", "bytes 0-9/10", "bytes 9-0/{n}", "bytes 0-99999999/{n}", "bytes a-b/{n}")


async def test_what_is_no_part_is_not_taken(served: Served) -> None:
    async with pair(served) as (_, client, _host):
        await client.announce()
        url = client.robot.base.join(URL(f"{client.path}/{ID}"))
        for span in SPANS:
            headers = {"Content-Range": span.format(n=len(DATA))} | client.robot._headers()
            async with client.robot._http.put(url, data=b"x", headers=headers) as answer:
                assert answer.status == 422, span
        headers["Content-Range"] = f"bytes 0-0/{len(DATA)}"
        foreign = headers | {"Cookie": "language=ru"}  # a cookie without the page's token
        async with client.robot._http.put(url, data=b"x", headers=foreign) as answer:
            assert (answer.status, (await answer.json())["code"]) == (403, "form_expired")
        assert await client.stand() == 0


async def test_only_the_bytes_that_were_announced_make_it_whole(served: Served) -> None:
    async with pair(served) as (number, client, _host):
        await client.announce()
        status, told = await client.put(b"x" * len(DATA), 0, len(DATA))
        assert (status, told["code"]) == (422, "wrong_hash")
        assert await client.stand() == 0
        # After a crash all may be there, and nobody has looked: a part without bytes asks to look.
        path = served.app[VAULT].path(number, ID)
        path.parent.mkdir(parents=True)
        path.write_bytes(DATA[:-1])
        assert (await client.put(b"", 0, len(DATA)))[0] == 409
        path.write_bytes(DATA)
        status, told = await client.put(b"", 0, len(DATA))
        assert (status, told["state"]) == (200, "whole")


REFUSED = (
    ({"size": str(50 * 1024 * 1024 + 1)}, "413 file_too_big"),
    ({"size": "0"}, "422 bad_input"),
    ({"size": "-5"}, "422 bad_input"),
    ({"name": "setup.exe"}, "415 file_refused"),
    ({"id": "../../x"}, "422 bad_input"),
    ({"sha256": "x"}, "422 bad_input"),
)


async def test_what_is_not_taken_at_all(served: Served) -> None:
    async with pair(served) as (number, client, host):
        for more, code in REFUSED:
            with pytest.raises(Refused, match=code):
                await client.announce(**more)
        assert (await client.robot.get(f"/sessions/{number}"))["files"] == []
        program = b"MZ" + DATA  # under another name: thrown out with its first bytes
        await client.announce(program)
        status, told = await client.put(program[:100], 0, len(program))
        assert (status, told["code"]) == (415, "file_refused")
        assert served.app[VAULT].have(number, ID) == 0
        (shown,) = (await host.robot.get(f"/sessions/{number}"))["files"]
        assert shown["state"] == "withdrawn"
        assert (await client.put(program, 0, len(program)))[0] == 409


async def test_strangers_and_the_wrong_side_get_nothing(served: Served) -> None:
    async with pair(served) as (number, client, host), served.robot() as stranger:
        await client.give()
        await stranger.enter("client")
        foreign = Giver(stranger, number)
        for asked in (foreign.announce(), foreign.take(), foreign.answer("accept")):
            with pytest.raises(Refused, match="404"):
                await asked
        assert (await foreign.put(DATA, 0, len(DATA)))[0] == 404
        assert (await host.put(DATA, 0, len(DATA)))[0] == 403
        for asked in (client.answer("accept"), host.robot.post(f"{host.path}/{ID}/withdrawal")):
            with pytest.raises(Refused, match="403"):
                await asked
        with pytest.raises(Refused, match="404"):
            await host.robot.fetch(f"{host.path}/another-file")
        async with served.robot() as nobody:
            with pytest.raises(Refused, match="401"):
                await Giver(nobody, number).announce()


async def test_what_is_declined_or_withdrawn_is_erased_at_once(served: Served) -> None:
    async with pair(served) as (number, client, host):
        await client.give()
        await host.answer("decline")
        other = f"{ID}-2"
        await client.announce(id=other)
        await client.put(DATA, 0, len(DATA), other)
        await client.robot.post(f"{client.path}/{other}/withdrawal")
        for id in (ID, other):
            assert served.app[VAULT].have(number, id) == 0
            for one in (client, host):
                with pytest.raises(Refused, match="409"):
                    await one.robot.fetch(f"{one.path}/{id}")


async def test_files_are_erased_when_their_time_is_over(served: Served) -> None:
    async with pair(served) as (number, client, host):
        await client.give()
        await host.answer("accept")
        served.clock.at += timedelta(days=29)
        assert await giving.erase_due(served.app) == 0
        served.clock.at += timedelta(days=1, seconds=1)
        assert await giving.erase_due(served.app) == 1
        assert await giving.erase_due(served.app) == 0
        assert not served.app[VAULT].path(number, ID).parent.exists()
        async with served.database.reading() as db:
            found = await giving.all_of(served.app, db, number)
            assert [(one.name, one.state) for one in found] == [("счёт.pdf", "erased")]
            assert await audit(db) == []


async def test_a_person_answers_on_the_session_page(served: Served) -> None:
    async with pair(served) as (number, client, host):
        await client.give()
        page = f"/sessions/{number}"
        headers = {"Accept": "text/html", "Authorization": f"Bearer {host.robot.token}"}
        url = host.robot.base.join(URL(page))
        async with host.robot._http.get(url, headers=headers) as answer:
            text = await answer.text()
        assert f'action="{page}/files/{ID}/answer"' in text
        assert size_text(len(DATA), "ru") in text
        await host.answer("accept")
        async with host.robot._http.get(url, headers=headers) as answer:
            assert f'href="{page}/files/{ID}" download' in await answer.text()
