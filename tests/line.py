"""A line to PostgreSQL that can be cut between COMMIT and its answer: a proxy reads along."""

import asyncio

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
        await asyncio.sleep(0)  # what was aborted closes in the next round of the loop

    async def _serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line is not None
        self.lines.add(line)
        try:
            far, forth = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:  # the server is down: so is the line
            back.transport.abort()
            return
        except asyncio.CancelledError:
            back.transport.abort()
            raise
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
            for writer in (forth, back):  # before any wait: this very task may be cancelled there
                writer.transport.abort()
            await asyncio.gather(*ways, return_exceptions=True)

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
