"""Registers as files: asked for, made in the background, kept for a day, for one's own eyes."""

from datetime import timedelta
from typing import Any

import pytest

from reports import Wanted
from tests.web.asking import JSON, ask
from tests.web.serving import Served
from web import export_rows, exports
from web.exports import AT_ONCE_MAX, KEPT, LEASE, TRY_AGAIN, erase_expired, make_next, path_of
from web.keys import CLOCK, DB
from web.robot import Robot

HOME = "/exports"
WANTED = Wanted("documents", "csv")


async def newest(robot: Robot) -> Any:
    """The newest file, when nothing is on the way any more."""
    while (page := await robot.get(HOME))["busy"]:
        pass
    return page["files"][0]


async def test_from_asking_to_forgetting(served_both: Served) -> None:
    served = served_both
    async with served.robot() as client, served.robot() as other:
        await client.enter("client")
        await other.enter("accountant")
        asked = await client.post(HOME, form="xlsx", since="2026-10-01", until="2026-10-31")
        assert (asked["registers"], asked["register"]) == (["documents"], "documents")
        part = await ask(served, "GET", HOME, client.token, headers={"HX-Request": "true"})
        assert (part.status, 'id="made"' in part.text) == (200, True)  # as the page watches it
        file = await newest(client)
        assert (file["state"], file["rows"], file["form"]) == ("ready", 0, "xlsx")
        data = await client.fetch(file["path"])
        assert (data[:2], len(data)) == (b"PK", file["size"])
        assert (await ask(served, "GET", file["path"], other.token)).status == 404
        assert (await other.get(HOME))["files"] == []
        served.clock.pass_s(KEPT.total_seconds() + 1)
        assert (await ask(served, "GET", file["path"], client.token)).status in (401, 404)
        await erase_expired(served.app)
        assert not path_of(served.app, file["id"]).exists()
        async with served.app[DB].reading() as db:
            assert await export_rows.one(db, file["id"]) is None


async def test_what_is_refused(served: Served) -> None:
    async with served.robot() as client:
        await client.enter("client")
        for wrong, fields in (
            ({"since": "2026-02-30", "until": "2026-01-01"}, {"since"}),
            ({"since": "2026-02-02", "until": "2026-01-01", "register": "sessions"}, {"until"}),
        ):
            told = await ask(served, "POST", HOME, client.token, headers=JSON, json=wrong)
            assert (told.status, set(told.value["errors"])) == (422, fields)
            assert told.value["register"] == "documents"
        async with served.robot() as accountant:
            await accountant.enter("accountant")
            asked = {"register": "sessions", "form": "zip"}
            told = await ask(served, "POST", HOME, accountant.token, headers=JSON, json=asked)
            assert (told.status, set(told.value["errors"])) == (422, {"form"})
        await client.post(HOME)
        first, at = await newest(client), served.app[CLOCK]()
        async with served.app[DB].transaction() as db:
            mine = await export_rows.one(db, first["id"])
            assert mine is not None
            for n in range(AT_ONCE_MAX):
                await export_rows.ask(db, str(n), mine.party, WANTED, at, KEPT)
                assert await export_rows.claim(db, at, KEPT)
        told = await ask(served, "POST", HOME, client.token, headers=JSON, json={})
        assert told.status == 503


async def test_a_failure_is_tried_again_and_given_up(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(exports.reports, "write_register", broken)
    async with served.robot() as client:
        await client.enter("client")
        await client.post(HOME)
        while (page := await client.get(HOME))["busy"]:
            served.clock.pass_s(TRY_AGAIN.total_seconds())
            await make_next(served.app)
        assert page["files"][0]["state"] == "failed"


async def test_what_nobody_holds_is_begun_again(served: Served) -> None:
    at = served.app[CLOCK]()
    async with served.app[DB].transaction() as db:
        await export_rows.ask(db, "x", "p", WANTED, at, KEPT)
        one = await export_rows.claim(db, at, LEASE)
        assert one is not None
        await export_rows.tell(db, "x", 3, 2, at, LEASE)
        told = await export_rows.one(db, "x")
        assert told is not None
        assert (told.done, told.total, told.wanted) == (3, 3, WANTED)
        assert await export_rows.claim(db, at + LEASE - timedelta(seconds=1), LEASE) is None
        again = await export_rows.claim(db, at + LEASE, LEASE)
        assert again is not None
        assert (again.tries, again.done) == (2, 0)
        assert await export_rows.under_way(db, "p") == 1
        assert await export_rows.listed(db, "p", at + KEPT) == []
