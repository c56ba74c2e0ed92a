"""Recording over real sockets: consent of both, the file for both, and its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from broker.sessions import CONSENT
from relay import Film, FilmFailed, RecordingGap
from tests.relay.recording.tapes import AUDIO, write
from tests.relay.recording.test_film import sound
from tests.reports.test_pdf import text_of
from tests.web.serving import Served
from tests.web.test_socket import Wire, seated, two
from web import chores, papers, recordings, wiring
from web.keys import NEWS
from web.robot import Refused, Robot


async def state(wire: Wire, wanted: str) -> dict[str, Any]:
    told = await wire.next("recording")
    while told["state"] != wanted:
        told = await wire.next("recording")
    return told


class Room:
    """A session that runs: the host's wire, the client's, and who they are."""

    def __init__(
        self, number: str, one: Wire, other: Wire, host: Robot, client: Robot, first: dict[str, Any]
    ) -> None:
        self.number, self.one, self.other = number, one, other
        self.host, self.client, self.first = host, client, first

    async def record(self) -> None:
        await self.one.send("consent", action="ask", text=CONSENT)
        await state(self.other, "asked")
        await self.other.send("consent", action="grant", text=CONSENT)
        for wire in (self.one, self.other):
            await state(wire, "recording")


@asynccontextmanager
async def running(served: Served) -> AsyncIterator[Room]:
    async with (
        two(served) as (number, host, client),
        seated(host, number) as (one, _),
        seated(client, number) as (other, _),
    ):
        first = await one.next("recording")
        for wire in (one, other):
            await wire.send("start")
        while (await one.next("state"))["state"] != "live":
            pass
        yield Room(number, one, other, host, client, first)


async def recorded(served: Served, room: Room) -> None:
    """From both consents to the file."""
    await room.record()
    write(served.engine.recording[room.number], AUDIO, sound())
    await room.other.send("consent", action="revoke")
    await state(room.one, "stopped")
    served.clock.pass_s(5)
    await recordings.make_due(served.app)


async def test_nothing_is_recorded_before_both_agree(served: Served) -> None:
    async with running(served) as room:
        first = room.first
        assert (first["state"], first["text"], first["gap"]) == ("none", CONSENT, False)
        assert "записывается на сервере" in first["question"]
        await room.one.send("consent", action="ask", text=CONSENT)
        asked = await state(room.other, "asked")
        assert (asked["by"], asked["since"]) == ("host", None)
        assert not served.engine.recording
        await room.one.send("consent", action="grant", text=CONSENT)
        assert (await room.one.next("error"))["code"] == "wrong_state"
        await room.other.send("consent", action="grant", text="other words")
        assert (await room.other.next("error"))["code"] == "consent_outdated"
        assert not served.engine.recording
        await room.other.send("consent", action="grant", text=CONSENT)
        for wire in (room.one, room.other):
            assert (await state(wire, "recording"))["since"]
        folder = served.engine.recording[room.number]
        assert folder.parts[-3:] == ("recordings", room.number, "1")


@pytest.mark.parametrize("who", ["one", "other"])
async def test_either_side_stops_it_at_once(served: Served, who: str) -> None:
    async with running(served) as room:
        await room.record()
        await getattr(room, who).send("consent", action="revoke")
        for wire in (room.one, room.other):
            told = await state(wire, "stopped")
            assert told["by"] == ("host" if who == "one" else "client")
        assert not served.engine.recording
        page = await room.host.get(f"/sessions/{room.number}")
        assert [one["state"] for one in page["recordings"]] == ["making"]


async def test_who_comes_back_sees_that_it_is_recorded(served: Served) -> None:
    async with running(served) as room:
        await room.record()
        async with seated(room.client, room.number) as (again, _):
            assert (await again.next("recording"))["state"] == "recording"


async def test_a_gap_is_seen_in_the_room_and_in_the_record(served: Served) -> None:
    async with running(served) as room:
        await room.record()
        since = served.clock()
        wiring.relay_saw(served.app, RecordingGap(room.number, since, None, "disk_full"))
        assert (await room.other.next("recording"))["gap"] is True
        until = since + timedelta(seconds=3)
        wiring.relay_saw(served.app, RecordingGap(room.number, since, until, "disk_full"))
        assert (await room.other.next("recording"))["gap"] is False
        await served.app[NEWS].settle()
        await wiring.write_news(served.app)
        [one] = (await room.client.get(f"/sessions/{room.number}"))["recordings"]
        assert [gap["why"] for gap in one["gaps"]] == ["disk_full"]


async def test_both_get_the_file_and_nobody_else(served: Served) -> None:
    async with running(served) as room, served.robot() as stranger:
        await recorded(served, room)
        for one in (room.host, room.client):
            [seen] = (await one.get(f"/sessions/{room.number}"))["recordings"]
            assert (seen["state"], seen["duration_s"]) == ("ready", 2)
            file = await one.fetch(seen["url"])
            assert (len(file), file[:4]) == (seen["bytes"], b"\x1aE\xdf\xa3")
        for role in ("curator", "accountant", "client"):
            await stranger.enter(role)
            with pytest.raises(Refused) as refused:
                await stranger.fetch(seen["url"])
            assert refused.value.status == 404
        with pytest.raises(Refused):
            await room.host.fetch(f"/sessions/{room.number}/recordings/2")


async def test_a_part_of_the_file_may_be_asked_for(served: Served) -> None:
    async with running(served) as room:
        await recorded(served, room)
        headers = {"Authorization": f"Bearer {room.host.token}", "Range": "bytes=4-7"}
        url = f"{served.base}/sessions/{room.number}/recordings/1"
        async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
            assert answer.status == 206
            assert len(await answer.read()) == 4
            assert answer.headers["Content-Type"] == "video/webm"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            name = f'attachment; filename="{room.number}-1.webm"'
            assert answer.headers["Content-Disposition"] == name


async def test_the_tapes_go_when_the_film_is_there(served: Served) -> None:
    async with running(served) as room:
        await room.record()
        folder = served.engine.recording[room.number]
        write(folder, AUDIO, sound())
        await room.one.send("consent", action="revoke")
        await state(room.one, "stopped")
        served.clock.pass_s(5)
        for _ in range(2):
            await recordings.make_due(served.app)
        assert [path.name for path in folder.iterdir()] == ["recording.webm"]


async def test_when_nothing_came_the_page_says_so(served: Served) -> None:
    async with running(served) as room:
        await room.record()
        served.engine.recording[room.number].mkdir(parents=True)
        await wiring.hang_up(served.app, room.number, "host", "hung_up")
        served.clock.pass_s(5)
        await recordings.make_due(served.app)
        [one] = (await room.host.get(f"/sessions/{room.number}"))["recordings"]
        assert (one["state"], one["url"]) == ("lost", "")


async def test_the_signed_protocol_has_the_hash(served: Served) -> None:
    async with running(served) as room:
        await room.record()
        write(served.engine.recording[room.number], AUDIO, sound())
        await wiring.hang_up(served.app, room.number, "host", "hung_up")
        await served.app[NEWS].settle()
        served.clock.pass_s(5)
        await recordings.make_due(served.app)
        await papers.issue(served.app, room.number)
        page = await room.host.get(f"/sessions/{room.number}")
        [protocol] = [one for one in page["papers"] if one["kind"] == "protocol"]
        text = text_of(await room.host.fetch(f"/documents/{protocol['number']}.pdf"))
        assert page["recordings"][0]["sha256"][:32] in text
        assert "Записано с" in text


async def test_after_its_time_the_file_is_erased_and_the_record_stays(served: Served) -> None:
    async with running(served) as room:
        await recorded(served, room)
        url = f"/sessions/{room.number}/recordings/1"
        served.clock.pass_s(89 * 86_400)
        await recordings.erase_due(served.app)
        await room.host.enter("consultant")
        assert await room.host.fetch(url)
        served.clock.pass_s(2 * 86_400)
        await recordings.erase_due(served.app)
        await room.host.enter("consultant")
        [one] = (await room.host.get(f"/sessions/{room.number}"))["recordings"]
        assert (one["state"], one["url"], len(one["sha256"])) == ("erased", "", 64)
        with pytest.raises(Refused) as refused:
            await room.host.fetch(url)
        assert refused.value.status == 404
        assert not list((served.app[recordings.SETTINGS].folder / "recordings").glob("*/*"))


async def test_a_restart_ends_the_recording_and_keeps_what_there_is(served: Served) -> None:
    async with running(served) as room:
        await room.record()
        write(served.engine.recording[room.number], AUDIO, sound())
        await chores.after_restart(served.app)
        served.clock.pass_s(5)
        await recordings.make_due(served.app)
        [one] = (await room.host.get(f"/sessions/{room.number}"))["recordings"]
        assert one["state"] == "ready"


async def test_a_film_that_fails_is_tried_again_later(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    async def fails(folder: Path) -> Film:
        tries.append(folder)
        raise FilmFailed(str(folder), "broken")

    monkeypatch.setattr("relay.make_film", fails)
    async with running(served) as room:
        await recorded(served, room)
        await recordings.make_due(served.app)
        assert len(tries) == 1
        served.clock.pass_s(601)
        monkeypatch.undo()
        await recordings.make_due(served.app)
        [one] = (await room.host.get(f"/sessions/{room.number}"))["recordings"]
        assert one["state"] == "ready"
