"""A robot in its place: a socket and a media endpoint that come back together."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from metering import utc_now
from web.adapters import Endpoint
from web.robot import Line, Robot, come_true

LOOPBACK = ("127.0.0.1",)
ANSWER_WITHIN_S = 10
TRIES_MAX = 10


class Place:
    """Publishes a synthetic screen and silence, and watches the other side."""

    def __init__(self, robot: Robot, number: str, addresses: tuple[str, ...] = LOOPBACK) -> None:
        self.media = Endpoint(addresses=addresses)
        self._generation = 0
        self._ahead = timedelta()
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self.line = Line(robot, number, self._on_message)

    @property
    def clock_s(self) -> int:
        """The meter as last told."""
        return int(self.line.heard.get("meter", {}).get("clock_s", 0))

    @property
    def server_time(self) -> datetime:
        """By the clock of the server, as last told."""
        return utc_now() + self._ahead

    @property
    def state(self) -> str:
        heard = self.line.heard
        if "state" in heard:
            return str(heard["state"]["state"])
        return str(heard["welcome"]["session"]["state"]) if "welcome" in heard else ""

    async def first_picture(self, within_s: float) -> int:
        """Milliseconds from asking for the other side's screen to its first whole picture."""
        await come_true(lambda: self.media.first_frame_ms is not None, within_s)
        return self.media.first_frame_ms or 0

    async def until_state(self, *states: str, within_s: float) -> None:
        await come_true(lambda: self.state in states, within_s)

    async def close(self) -> None:
        await self.line.leave()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.media.close()

    def _on_message(self, message: dict[str, Any]) -> None:
        if message["type"] == "meter":
            self._ahead = datetime.fromisoformat(message["at"]) - utc_now()
        if message["type"] == "welcome":
            for task in self._tasks:
                task.cancel()  # what was offered on a lost socket is not answered any more
            others = [
                one for one in message["session"]["sources"] if one["owner"] != self.line.role
            ]
            self._spawn("pub", "sub") if others else self._spawn("pub")
        elif message["type"] == "want_offer":
            self._spawn(message["pc"])

    def _spawn(self, *wanted: str) -> None:
        task = asyncio.create_task(self._offer(*wanted))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _offer(self, *wanted: str) -> None:
        """Offer each connection anew, again and again until there is an answer."""
        for pc in wanted:
            async with self._turn:
                for _ in range(TRIES_MAX):
                    with suppress(TimeoutError):
                        await self._offer_once(pc)
                        break

    async def _offer_once(self, pc: str) -> None:
        self._generation += 1
        if pc == "pub":
            answer = await self._ask(pc, await self.media.publish_offer())
            await self.media.publish_answer(answer["sdp"])
        else:
            answer = await self._ask(pc, await self.media.subscribe_offer())
            if answer["type"] == "answer":
                await self.media.subscribe_answer(answer["sdp"])
            elif answer["sdp"]:
                accepted = await self.media.subscribe_offered(answer["sdp"])
                fields = {"pc": pc, "generation": answer["generation"], "sdp": accepted}
                await self.line.say("accept", **fields)

    async def _ask(self, pc: str, sdp: str) -> Any:
        def answers(message: dict[str, Any]) -> bool:
            if message["type"] not in ("answer", "counter"):
                return False
            return (message["pc"], message["generation"]) == (pc, self._generation)

        waiting = self.line.next(answers)
        await self.line.say("offer", pc=pc, generation=self._generation, sdp=sdp)
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return await waiting
