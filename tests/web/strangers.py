"""Somebody with cookies and without a browser: asks for JSON, brings the token of the page."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.web.serving import Served

JSON = {"Accept": "application/json"}


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def value(self) -> Any:
        return json.loads(self.text)


@dataclass
class Visitor:
    """One cookie jar."""

    session: aiohttp.ClientSession
    csrf: str = ""

    async def get(self, path: str) -> Answer:
        async with self.session.get(path, headers=JSON) as answer:
            return Answer(answer.status, await answer.text(), dict(answer.headers))

    async def post(self, path: str, **fields: str) -> Answer:
        """With the token of the page that this browser would show."""
        self.csrf = self.csrf or await self._token()
        headers = JSON | {"X-CSRF-Token": self.csrf}
        async with self.session.post(path, json=fields, headers=headers) as answer:
            told = Answer(answer.status, await answer.text(), dict(answer.headers))
        if "minuta" in answer.cookies:
            self.csrf = ""
        return told

    async def forget(self) -> None:
        """As a browser whose cookies were cleared."""
        self.session.cookie_jar.clear()
        self.csrf = ""
        await self.get("/help")

    async def _token(self) -> str:
        async with self.session.get("/help") as page:
            found = re.search(r'name="csrf" content="([^"]+)"', await page.text())
        assert found is not None
        return found[1]


@asynccontextmanager
async def visiting(served: Served, role: str = "") -> AsyncIterator[Visitor]:
    """A visitor, signed in as a demo account when a role is named."""
    async with served.browser() as session:
        one = Visitor(session)
        await one.get("/help")
        if role:
            assert (await one.post("/demo-login", role=role)).status == 201
        yield one
