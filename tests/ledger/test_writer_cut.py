"""The line to PostgreSQL is cut between COMMIT and its answer, by a proxy that reads along."""

import asyncio
import contextlib

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from ledger import Status, Writer, balance, check
from ledger.schema import metadata
from ledger.writer import Kept
from tests.conftest import create_all, new_database
from tests.ledger.books import AT, BOB, CASH, move, rub

COMMIT = b"COMMIT;"
_WORDS = b"SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
GOODBYE = b"E" + (len(_WORDS) + 4).to_bytes(4, "big") + _WORDS


class Line:
    """Forwards bytes. The next `cuts` connections end at their COMMIT: it reaches the server if
    `deliver`, and no answer comes back.
    """

    def __init__(self, port: int) -> None:
        self.port, self.cuts, self.deliver = port, 0, True
        self.lines: set[asyncio.Task[None]] = set()
        self.backs: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> int:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self.server.sockets[0].getsockname()[1])

    async def __aexit__(self, *_failure: object) -> None:
        self.server.close()
        for line in self.lines:
            line.cancel()
        await asyncio.gather(*self.lines, return_exceptions=True)

    async def _serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line is not None
        self.lines.add(line)
        far, forth = await asyncio.open_connection("127.0.0.1", self.port)
        self.backs.append(back)
        cut, answered = asyncio.Event(), asyncio.Event()
        ways = {
            asyncio.create_task(self._ask(near, forth, cut, answered)),
            asyncio.create_task(self._answer(far, back, cut, answered)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
            for writer in (forth, back):
                writer.transport.abort()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()

    async def say_goodbye(self) -> None:
        """As a server that goes down does; the end of the line itself comes later."""
        backs, self.backs = self.backs, []
        for back in backs:
            back.write(GOODBYE)
            await back.drain()
        await asyncio.sleep(0.05)  # the other end has read it

    async def _ask(
        self,
        near: asyncio.StreamReader,
        forth: asyncio.StreamWriter,
        cut: asyncio.Event,
        answered: asyncio.Event,
    ) -> None:
        while asked := await near.read(65536):
            if self.cuts and COMMIT in asked:
                self.cuts -= 1
                cut.set()
                if self.deliver:
                    forth.write(asked)
                    await answered.wait()
                return
            forth.write(asked)

    @staticmethod
    async def _answer(
        far: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        cut: asyncio.Event,
        answered: asyncio.Event,
    ) -> None:
        while said := await far.read(65536):
            if cut.is_set():
                answered.set()
            else:
                back.write(said)


async def at_once(_milliseconds: int) -> None:
    """No need to wait."""


async def test_a_server_that_said_goodbye_to_an_idle_line_is_asked_anew(cluster: str) -> None:
    url = make_url(await new_database(cluster))
    line = Line(url.port or 0)
    async with line as port:
        engine = create_async_engine(url.set(port=port))
        await create_all(engine, [metadata])
        kept = Kept(engine)
        writer = Writer(kept, lambda: AT, at_once)
        for n in range(3):
            assert (await writer.submit(move(str(n), CASH, BOB, 100))).status is Status.POSTED
            await line.say_goodbye()
        await writer.close()
        await kept.close()
        await engine.dispose()


@pytest.mark.parametrize(("cuts", "keep"), [(1, False), (3, True)])
@pytest.mark.parametrize("delivered", [True, False], ids=["committed", "not committed"])
async def test_the_draft_moves_once_and_the_caller_hears_it(
    cluster: str, delivered: bool, cuts: int, keep: bool
) -> None:
    url = make_url(await new_database(cluster))
    line = Line(url.port or 0)
    async with line as port:
        engine = create_async_engine(url.set(port=port))
        await create_all(engine, [metadata])
        kept = Kept(engine)
        writer = Writer(kept if keep else engine.begin, lambda: AT, at_once)
        line.cuts, line.deliver = cuts, delivered
        drafts = [move(str(n), CASH, BOB, 100) for n in range(5)]
        said = await asyncio.gather(*(writer.submit(draft) for draft in drafts))
        expected = Status.DUPLICATE if delivered else Status.POSTED
        assert {result.status for result in said} == {expected}
        assert line.cuts == 0
        async with engine.connect() as db:
            assert (await balance(db, BOB)).posted == rub(500)
            assert await check(db) == []
        await writer.close()
        await kept.close()
        await engine.dispose()
