"""The main job by itself: a consultant and a client without browsers, through the real server.

Money is on the payer's account before, media is real, documents are fetched and verified after.
Everything goes through the server's public face; only the audit looks into the database.
"""

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from metering import utc_now
from reports import verify_file
from web.actors import Place
from web.adapters import vp8_clip
from web.robot import Robot, come_true

WITHIN_S = 30
PAPERS_WITHIN_S = 30
REPORTED = timedelta(seconds=0.5)  # until the receivers' reports about the last second are in
BEHIND_S = 3  # the meter as last told, behind the seconds that pass
TOP_UP = "1000"
RATE = "20"
SCORES = {"quality": "5", "punctuality": "5", "courtesy": "5"}
TOPIC = "Не проводится документ"
RESULT = "Настроили проведение документа, проверили остатки"
COMMENT = "Ошибка появилась снова"


@dataclass(frozen=True, slots=True)
class Play:
    """What to act out. seconds: of witnessed connection; out: where the documents go."""

    plan: str
    seconds: int
    outcome: str
    out: Path

    @property
    def name(self) -> str:
        return f"{self.plan}-unresolved" if self.outcome == "unresolved" else self.plan


PLANS = (("host-pays", "resolved"), ("client-pays", "resolved"), ("client-pays", "unresolved"))


async def play(base: str, wanted: Play) -> dict[str, Any]:
    """Act out one session; the object of docs/contracts: what happened, to the minor unit."""
    async with Robot(base, "consultant") as host, Robot(base, "client") as client:
        await host.enter("consultant")
        if wanted.plan == "client-pays":
            await _enter_with_money(client, wanted)
        payer = host if wanted.plan == "host-pays" else client
        before = await _balance(payer)
        made = await host.post("/sessions", topic=TOPIC, plan=wanted.plan, rate=RATE)
        number = made["number"]
        joined = await client.post(
            re.sub(r"^https?://[^/]+", "", made["link"]), name="Анна Петрова"
        )
        client.token = client.token or joined["token"]
        media = await _connect(host, client, number, wanted.seconds)
        await _judge(host, client, number, wanted)
        session = await _papers(payer, number)
        media["media"]["mutual_s"] = session["mutual_s"]
        after = await _balance(payer)
        return {
            "session": number,
            "plan": wanted.plan,
            "connected_s": session["clock_s"],
            "billed_minutes": session["billed_minutes"],
            "charge_minor": session["cost"]["minor"],
            "currency": session["cost"]["currency"],
            "payer": {"before_minor": before, "after_minor": after},
            **_ways(session),
            **media,
            "documents": await _documents(payer, session, wanted.out),
        }


async def _enter_with_money(client: Robot, wanted: Play) -> None:
    """The demo client; for the second session at a time somebody new, by mail and bank."""
    if wanted.outcome == "resolved":
        await client.enter("client")
        return
    email = f"client-{secrets.token_hex(3)}@demo.example"
    await client.post("/login", email=email)
    letters = (await client.get("/mailbox"))["letters"]
    text = next(letter["text"] for letter in letters if letter["to"] == email)
    code = re.search(r"\b\d{6}\b", text)
    assert code is not None, "the letter brings a code"
    client.token = (await client.post("/login/code", email=email, code=code[0]))["token"]
    top_up = await client.post("/wallet/top-up", amount=TOP_UP)
    await client.post(re.sub(r"^https?://[^/]+", "", top_up["url"]), decision="pay")


async def _connect(host: Robot, client: Robot, number: str, seconds: int) -> dict[str, Any]:
    """Both come in, show, press start, stay connected for so many seconds; the host ends it."""
    vp8_clip()  # encoded once in a process: that is no part of the first picture's way
    places = Place(host, number), Place(client, number)
    try:
        await asyncio.gather(*(one.until_state("together", within_s=WITHIN_S) for one in places))
        first_frame_ms = await places[0].first_picture(WITHIN_S)
        await asyncio.gather(*(one.line.say("start") for one in places))
        await places[0].until_state("live", within_s=WITHIN_S)
        await _stay(places[0], host, seconds)
        await places[0].line.say("end")
        async with asyncio.timeout(WITHIN_S):
            await asyncio.gather(*(one.line.over.wait() for one in places))
        received = [one.media.counters for one in places]
        return {
            "media": {
                "video_packets_forwarded": sum(one.video_received for one in received),
                "audio_packets_forwarded": sum(one.audio_received for one in received),
            },
            "first_frame_ms": first_frame_ms,
        }
    finally:
        await asyncio.gather(*(one.close() for one in places))


async def _stay(place: Place, host: Robot, seconds: int) -> None:
    """Until so many seconds have passed since the first that counted; longer only when the meter
    is behind by more than it usually is, because some seconds were not witnessed."""
    await come_true(lambda: place.clock_s > 0, WITHIN_S)
    minutes = (await host.get(f"/sessions/{place.line.number}"))["minutes"]
    end = datetime.fromisoformat(minutes[0]["from_at"]) + timedelta(seconds=seconds) + REPORTED
    await come_true(
        lambda: place.server_time >= end and place.clock_s >= seconds - BEHIND_S,
        seconds * 2 + WITHIN_S,
    )


async def _judge(host: Robot, client: Robot, number: str, wanted: Play) -> None:
    await host.post(f"/sessions/{number}/result", result=RESULT, **SCORES)
    said = {"outcome": wanted.outcome}
    if wanted.outcome == "unresolved":
        said["comment"] = COMMENT
    await client.post(f"/sessions/{number}/outcome", **said, **SCORES)


async def _papers(payer: Robot, number: str) -> Any:
    """The session as the payer's page shows it, once its papers have come to rest."""
    async with asyncio.timeout(PAPERS_WITHIN_S):
        last: Any = None
        while True:
            session = await payer.get(f"/sessions/{number}")
            kinds = {paper["kind"] for paper in session["papers"]}
            if {"protocol", "act"} <= kinds and session["papers"] == last:
                return session
            last = session["papers"]
            await asyncio.sleep(1.5)


def _ways(session: dict[str, Any]) -> dict[str, int]:
    went = {way["to"]: way["amount"]["minor"] for way in session["ways"]}
    return {
        "platform_minor": went.get("platform", 0),
        "consultant_minor": went.get("consultant", 0),
        "refunded_minor": went.get("refund", 0),
    }


async def _documents(payer: Robot, session: dict[str, Any], out: Path) -> list[dict[str, Any]]:
    """Each newest revision, fetched, saved and verified by the issuer's certificate."""
    trust = await payer.fetch("/seal.pem")
    told = []
    for paper in session["papers"]:
        if paper["state"] != "issued":
            continue
        data = await payer.fetch(f"/documents/{paper['number']}.pdf")
        path = out / f"{paper['number']}.pdf"
        path.write_bytes(data)
        verdict = await asyncio.to_thread(verify_file, data, trust, utc_now())
        told.append(
            {
                "kind": paper["kind"],
                "number": paper["number"],
                "path": str(path),
                "sha256": hashlib.sha256(data).hexdigest(),
                "verified": verdict.code == 0,
            }
        )
    return told


async def _balance(robot: Robot) -> int:
    return int((await robot.get("/wallet"))["balance"]["minor"])
