"""Both ends sign each minute over the real socket; one falls silent, and the meter waits for it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from broker import sessions
from tests.web.serving import Served, serving
from tests.web.test_socket import Wire
from tests.web.test_wiring import Live, live, see, turn
from web import cosigning, receipts
from web.node_key import FILE, node_key
from web.pen import Pen
from web.settings import BadSettings, read_settings

LEGS = ("client", "host")


@pytest.fixture
async def signed(tmp_path: Path) -> AsyncIterator[Served]:
    """Signatures are asked for. The verbs meet both databases in tests of their own."""
    url = f"sqlite:///{tmp_path}/minuta.db"
    async with serving(url, tmp_path, cosign=True) as found:
        yield found


async def until(wire: Wire, kind: str, test: Any = lambda _: True) -> dict[str, Any]:
    """The next message of a kind that passes the test."""
    while True:
        found = await wire.next(kind)
        if test(found):
            return found


async def bring(one: Live) -> dict[str, Pen]:
    found = {leg: Pen(one.number) for leg in LEGS}
    for leg, wire in zip(LEGS, (one.client_wire, one.host_wire), strict=True):
        await wire.send("cosign_key", **found[leg].introduction(leg))
        await until(wire, "cosigners", lambda told, leg=leg: stand(told, leg) == "signs")
    return found


def stand(told: dict[str, Any], leg: str) -> str:
    return next(one["stand"] for one in told["signers"] if one["leg"] == leg)


async def minute(served: Served, number: str, seconds: int) -> None:
    see(served, number, seconds)
    await turn(served)


async def sign(wire: Wire, pen: Pen) -> int:
    """Sign what is asked for; how many receipts that were."""
    told = await until(wire, "receipts")
    for body in told["receipts"]:
        done = pen.sign(body)
        assert done is not None
        await wire.send("cosign", **done)
        await until(wire, "cosigned", lambda said, n=body["n"]: said["n"] == n)
    return len(told["receipts"])


async def test_a_silent_side_stops_the_meter_until_it_signs(signed: Served) -> None:
    """Клиент молчит две минуты -> счётчик стоит и называет причину; подписал -> идёт дальше."""
    async with live(signed, "client-pays") as one:
        pens = await bring(one)
        await minute(signed, one.number, 50)
        assert await sign(one.host_wire, pens["host"]) == 1
        assert await sign(one.client_wire, pens["client"]) == 1
        await minute(signed, one.number, 30)
        await sign(one.host_wire, pens["host"])
        strip = (await until(one.host_wire, "meter", lambda m: m["billed_minutes"] == 2))["strip"]
        assert strip[0]["signed"] == ["client", "host"]
        assert "client" not in strip[1]["signed"]
        await minute(signed, one.number, 50)
        await sign(one.host_wire, pens["host"])
        await minute(signed, one.number, 15)
        await cosigning.look(signed.app, one.number)
        told = await until(one.client_wire, "state", lambda said: said["state"] == "paused")
        assert (told["cause"], told["by"]) == ("unsigned", None)
        late = await until(one.host_wire, "cosigners")
        assert {who["leg"] for who in late["signers"] if who["late"]} == {"client"}
        before = (await one.client.get(f"/sessions/{one.number}"))["clock_s"]
        await minute(signed, one.number, 40)
        assert (await one.client.get(f"/sessions/{one.number}"))["clock_s"] == before
        await cosigning.look(signed.app, one.number)
        told = await until(one.client_wire, "receipts", lambda said: len(said["receipts"]) == 2)
        for body in told["receipts"]:
            await one.client_wire.send("cosign", **pens["client"].sign(body))
        await until(one.host_wire, "state", lambda said: said["state"] == "live")
        signed.clock.pass_s(1)
        await minute(signed, one.number, 5)
        assert (await one.client.get(f"/sessions/{one.number}"))["clock_s"] == before + 5
    async with signed.database.reading() as db:
        facts = await sessions.journal.facts(db, one.number)
    told = [(fact.kind, fact.body.get("cause")) for fact in facts]
    assert ("paused", "unsigned") in told
    assert ("resumed", "signed") in told


async def test_the_watch_stops_the_meter_asks_again_and_lets_it_go_on(
    signed: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cosigning, "WATCH_S", 0.01)
    async with live(signed, "client-pays") as one:
        pens = await bring(one)
        await minute(signed, one.number, 140)
        watching = asyncio.create_task(cosigning.watch(signed.app))
        told = await until(one.client_wire, "state", lambda said: said["state"] == "paused")
        assert told["cause"] == "unsigned"
        signed.clock.pass_s(receipts.AGAIN.seconds)
        for leg, wire in zip(LEGS, (one.client_wire, one.host_wire), strict=True):
            told = await until(wire, "receipts", lambda said: len(said["receipts"]) == 3)
            for body in told["receipts"]:
                await wire.send("cosign", **pens[leg].sign(body))
        await until(one.client_wire, "state", lambda said: said["state"] == "live")
        watching.cancel()


async def test_what_cannot_be_taken_in_is_answered_with_a_code(signed: Served) -> None:
    async with live(signed, "host-pays") as one:
        pens = await bring(one)
        wire = one.host_wire

        async def refused(code: str, kind: str, **fields: Any) -> None:
            await wire.send(kind, **fields)
            told = await until(wire, "error")
            assert (told["code"], told["reply_to"], told["action"]) == (code, "cosign", "none")

        await refused("key_changed", "cosign_key", **Pen(one.number).introduction("host"))
        await refused("bad_key", "cosign_key", **Pen("S-2026-000099").introduction("host"))
        await refused("wrong_state", "cosign_cannot", why="no_crypto")
        await refused("not_yours", "cosign_waive", leg="host")
        await refused("receipt_unknown", "cosign", n=1, signature="A" * 86)
        await minute(signed, one.number, 5)
        [body] = (await until(wire, "receipts"))["receipts"]
        done = pens["host"].sign(body)
        assert done is not None
        await refused("bad_signature", "cosign", **(done | {"signature": "A" * 86}))
        await wire.send("cosign", **done)
        await refused("already_signed", "cosign", **done)
        await refused("receipt_unknown", "cosign", **(done | {"n": 2}))


async def test_the_other_side_may_go_on_without_signatures(signed: Served) -> None:
    async with live(signed, "host-pays") as one:
        pens = await bring(one)
        for seconds in (50, 31):
            await minute(signed, one.number, seconds)
            await sign(one.host_wire, pens["host"])
        await cosigning.look(signed.app, one.number)
        await until(one.host_wire, "state", lambda said: said["cause"] == "unsigned")
        await one.host_wire.send("cosign_waive", leg="client")
        await until(one.host_wire, "state", lambda said: said["state"] == "live")
        told = await until(
            one.client_wire, "cosigners", lambda said: stand(said, "client") != "signs"
        )
        assert stand(told, "client") == "waived"


def test_signatures_are_asked_for_unless_it_is_said_otherwise() -> None:
    assert read_settings({}).cosign
    assert not read_settings({"MINUTA_COSIGN": "no"}).cosign


def test_a_node_keeps_its_key(tmp_path: Path) -> None:
    one, again = node_key(tmp_path / "new"), node_key(tmp_path / "new")
    assert one.key == again.key
    file = tmp_path / "new" / FILE
    assert file.stat().st_mode & 0o777 == 0o600
    for spoilt in ("not a key", ""):
        file.write_text(spoilt)
        with pytest.raises(BadSettings):
            node_key(tmp_path / "new")
