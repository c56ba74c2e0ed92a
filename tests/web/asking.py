"""Asking a running server in every way, and looking whether its books have moved."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.web.serving import Served
from web.audit import audit

JSON = {"Accept": "application/json"}


SENTENCES = {
    401: ("Эта страница доступна другой роли", "This page is for another role"),
    403: ("Эта страница доступна другой роли", "This page is for another role"),
    404: ("Такой страницы нет", "There is no such page"),
}


@dataclass
class Told:
    """An answer. text: of a page; value: of JSON."""

    status: int
    text: str
    value: Any = None

    @property
    def code(self) -> str:
        return str(self.value["code"])


async def books(served: Served) -> list[Any]:
    """Everything that may not move: journals, holds, sessions, logins, papers."""
    async with served.database.reading() as db:
        assert await audit(db) == []
        found = []
        for table in (
            "ledger_journal",
            "ledger_entry",
            "ledger_hold",
            "ledger_top_up",
            "sessions_sessions",
            "sessions_invites",
            "sessions_facts",
            "reports_documents",
        ):
            rows = await db.exec_driver_sql(f"select * from {table} order by 1, 2")
            found.append((table, [tuple(row) for row in rows]))
        return found


@asynccontextmanager
async def unmoved(served: Served) -> AsyncIterator[None]:
    """The books are the same afterwards, and in order."""
    before = await books(served)
    yield
    assert await books(served) == before


async def ask(
    served: Served, method: str, path: str, token: str = "", language: str = "ru", **more: Any
) -> Told:
    headers = {"Accept-Language": language} | dict(more.pop("headers", {}))
    if token:
        headers["Authorization"] = f"Bearer {token}"
    async with (
        served.browser() as browser,
        browser.request(method, path, headers=headers, allow_redirects=False, **more) as answer,
    ):
        text = await answer.text()
        value = json.loads(text) if "json" in answer.content_type else None
        return Told(answer.status, text, value)


async def both(served: Served, method: str, path: str, token: str = "", **more: Any) -> Told:
    """Asked as a program and as a person in both languages: one status, no words of the machine."""
    headers = dict(more.pop("headers", {}))
    told = await ask(served, method, path, token, headers=headers | JSON, **more)
    assert told.status < 500, told.text[:300]
    assert told.code.replace("_", "").isalpha()
    for n, language in enumerate(("ru",) if token else ("ru", "en")):  # a party has its own
        page = await ask(served, method, path, token, language, headers=headers, **more)
        if told.status == 401:
            assert page.status == 303  # people are sent to the login page
            continue
        assert page.status == told.status, page.text[:300]
        assert "Traceback" not in page.text
        assert f'lang="{language}"' in page.text or not page.text
        if told.status in SENTENCES:
            assert SENTENCES[told.status][n] in page.text
    return told
