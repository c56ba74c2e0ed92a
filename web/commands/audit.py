"""`minuta check`: reads the whole database and says what contradicts what.

The rooms audit themselves; here they are compared with each other: a session's
minutes are its charges and its documents, its money is where its state says, its journal holds.
"""

import argparse
import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
import metering
from broker import parties, sessions
from broker.sessions import Session, State
from ledger import Account, AccountKind, bank, books, cards, control
from reports import Filter, document, documents
from web.db import Database
from web.settings import Settings

FIRST_YEAR = 2026
DOCUMENTS_MAX = 1_000_000
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """kind: stable word; where: account, session or document; text: a sentence."""

    kind: str
    where: str
    text: str


class Found(Protocol):
    """What a room says of itself: the same three words in a shape of its own."""

    @property
    def kind(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def text(self) -> str: ...


# Every room audits itself; a new one adds its line here.
ROOMS: tuple[Callable[[AsyncConnection], Awaitable[Sequence[Found]]], ...] = (
    books.check_ledger,
    bank.check_bank,
    cards.check_cards,
    control.check_trail,
    metering.check,
    metering.check_tariffs,
)


def run(given: argparse.Namespace, settings: Settings) -> int:
    faults = asyncio.run(_check(settings))
    if given.json:
        told = {"clean": not faults, "faults": [asdict(fault) for fault in faults]}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            print(f"{fault.kind}\t{fault.where}\t{fault.text}")
        print(f"{len(faults)} faults" if faults else "clean")
    return 1 if faults else 0


async def _check(settings: Settings) -> list[Fault]:
    database = Database(settings.database_url, patient=True)
    try:
        async with database.reading() as db:
            return await audit(db, metering.utc_now())
    finally:
        await database.close()


async def audit(db: AsyncConnection, at: datetime) -> list[Fault]:
    """Every fault found; an empty list is a clean audit."""
    faults = [Fault(one.kind, one.where, one.text) for check in ROOMS for one in await check(db)]
    papers = await _papers(db)
    known = await _sessions(db, at)
    for session in known:
        faults += await _of_session(db, session, papers.get(session.number, {}))
    numbers = {session.number for session in known}
    for orphan in sorted((set(await metering.running(db)) | set(papers)) - numbers):
        faults.append(Fault("orphan", orphan, "a meter or a document of no session"))
    return faults


async def _sessions(db: AsyncConnection, at: datetime) -> list[Session]:
    """All of them: numbers have no gaps, so the first unknown one is past the last."""
    found = []
    for year in range(FIRST_YEAR, at.year + 1):
        number = 1
        while True:
            try:
                found.append(await sessions.session(db, f"S-{year}-{number:06d}"))
            except sessions.errors.SessionUnknown:
                break
            number += 1
    return found


async def _papers(db: AsyncConnection) -> dict[str, dict[str, "_Paper"]]:
    """The newest revision of each kind, by session."""
    found: dict[str, dict[str, _Paper]] = {}
    for one in await documents(db, Filter(limit=DOCUMENTS_MAX)):
        if one.superseded:
            continue
        data = (await document(db, one.name)).pdf
        intact = hashlib.sha256(data).hexdigest() == one.sha256
        found.setdefault(one.session, {})[one.kind] = _Paper(
            one.name, one.minutes, one.total_minor, intact
        )
    return found


@dataclass(frozen=True, slots=True)
class _Paper:
    name: str
    minutes: int
    total_minor: int
    intact: bool


async def _of_session(
    db: AsyncConnection, session: Session, papers: dict[str, _Paper]
) -> list[Fault]:
    number = session.number
    faults = await _people(db, session)
    try:
        sessions.journal.verify_chain(await sessions.journal.facts(db, number))
    except sessions.errors.RecordBroken as error:
        faults.append(Fault("journal", number, str(error)))
    if session.started_at is None:
        return faults
    meter = await metering.load(db, number)
    charges = await metering.charges(db, number)
    charged = sum(charge.amount.minor for charge in charges)
    if session.ended_at is not None and session.clock_s != meter.clock_s:
        text = f"{session.clock_s} s in the session, {meter.clock_s} s on the meter"
        faults.append(Fault("clock", number, text))
    faults += await _money(db, session, charged)
    billed = -(-max((charge.to_s for charge in charges), default=0) // MINUTE_S)
    for paper in papers.values():
        if not paper.intact:
            faults.append(Fault("document_changed", paper.name, "not the bytes that were issued"))
        if paper.minutes != billed:
            text = f"{paper.minutes} minutes on paper, {billed} charged"
            faults.append(Fault("document_minutes", paper.name, text))
    return faults


async def _people(db: AsyncConnection, session: Session) -> list[Fault]:
    faults = []
    for party in (session.host, session.client):
        try:
            if party is not None:
                await parties.party(db, party)
        except parties.PartyUnknown:
            faults.append(Fault("orphan", session.number, f"party {party} does not exist"))
    return faults


async def _money(db: AsyncConnection, session: Session, charged: int) -> list[Fault]:
    """The escrow holds what was charged until it is settled, and then nothing."""
    number, faults = session.number, []
    escrow = await ledger.balance(db, Account(AccountKind.ESCROW, number, session.tariff.currency))
    kept = charged if session.payer == "client" and session.state is not State.SETTLED else 0
    if escrow.posted.minor != kept:
        text = f"{escrow.posted.minor} in escrow, {kept} expected"
        faults.append(Fault("escrow", number, text))
    if session.sums is not None:
        sums = session.sums
        parts = sums.platform_minor + sums.provider_minor + sums.refunded_minor
        if not charged == sums.total_minor == parts:
            text = f"{charged} charged, {sums.total_minor} settled in parts of {parts}"
            faults.append(Fault("settlement", number, text))
    return faults
