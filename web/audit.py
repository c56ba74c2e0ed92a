"""The audit: reads the whole database and says what contradicts what.

The rooms audit themselves; here they are compared with each other: a session's
minutes are its charges and its documents, its money is where its state says, its journal holds.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
import metering
from broker import parties, sessions
from broker.sessions import Fact, Session, State
from ledger import Account, AccountKind, Money, bank, books, cards, control
from reports import Filter, check_log, check_papers, documents
from web.db import Database

DOCUMENTS_MAX = 1_000_000
MINUTE_S = 60
BLOCK = 100  # sessions in memory at once, with all that is known of them


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
    metering.check_allowances,
    metering.check_tariffs,
    check_log,
    check_papers,
)


async def check_all(url: str) -> list[Fault]:
    """Every fault, read on a connection of its own."""
    database = Database(url, patient=True)
    try:
        async with database.reading() as db:
            return await audit(db)
    finally:
        await database.close()


async def audit(db: AsyncConnection) -> list[Fault]:
    """Every fault found; an empty list is a clean audit. Sessions are read a block at a time."""
    faults = [Fault(one.kind, one.where, one.text) for check in ROOMS for one in await check(db)]
    papers = await _papers(db)
    orphans, after = {*await metering.running(db), *papers}, ""
    while page := await sessions.page_of(db, after, BLOCK):
        block = await _block(db, page)
        for session in page:
            faults += _of_session(session, papers.get(session.number, {}), block)
        orphans -= {session.number for session in page}
        after = page[-1].number
    for orphan in sorted(orphans):
        faults.append(Fault("orphan", orphan, "a meter or a document of no session"))
    return faults


@dataclass(frozen=True, slots=True)
class _Block:
    """What the rooms know of some sessions, by session; `strangers`: parties that are nobody."""

    facts: dict[str, list[Fact]]
    meters: dict[str, metering.Meter]
    charges: dict[str, list[metering.ChargeLine]]
    escrow: dict[Account, Money]
    strangers: set[str]


async def _block(db: AsyncConnection, page: Sequence[Session]) -> _Block:
    numbers = [session.number for session in page]
    people = {party for session in page for party in (session.host, session.client) if party}
    return _Block(
        facts=await sessions.journal.facts_of_each(db, numbers),
        meters=await metering.load_each(db, numbers),
        charges=await metering.charges_of_each(db, numbers),
        escrow=await ledger.posted_of_each(db, AccountKind.ESCROW, numbers),
        strangers=await parties.unknown(db, people),
    )


async def _papers(db: AsyncConnection) -> dict[str, dict[str, "_Paper"]]:
    """The newest revision of each kind, by session."""
    found: dict[str, dict[str, _Paper]] = {}
    for one in await documents(db, Filter(limit=DOCUMENTS_MAX)):
        if one.superseded:
            continue
        found.setdefault(one.session, {})[one.kind] = _Paper(one.name, one.minutes, one.total_minor)
    return found


@dataclass(frozen=True, slots=True)
class _Paper:
    name: str
    minutes: int
    total_minor: int


def _of_session(session: Session, papers: dict[str, _Paper], block: _Block) -> list[Fault]:
    number = session.number
    faults = [
        Fault("orphan", number, f"party {party} does not exist")
        for party in (session.host, session.client)
        if party in block.strangers
    ]
    try:
        sessions.journal.verify_chain(block.facts.get(number, []))
    except sessions.errors.RecordBroken as error:
        faults.append(Fault("journal", number, str(error)))
    if session.started_at is None:
        return faults
    charges = block.charges[number]
    charged = sum(charge.amount.minor for charge in charges)
    return [
        *faults,
        *_clock(session, block.meters.get(number)),
        *_money(session, charged, block.escrow),
        *_on_paper(papers.values(), max((charge.to_s for charge in charges), default=0)),
        *_totals(session, papers, charged),
    ]


def _clock(session: Session, meter: metering.Meter | None) -> Iterator[Fault]:
    if meter is None:
        yield Fault("orphan", session.number, "it was started without a meter")
    elif session.ended_at is not None and session.clock_s != meter.clock_s:
        text = f"{session.clock_s} s in the session, {meter.clock_s} s on the meter"
        yield Fault("clock", session.number, text)


def _on_paper(papers: Iterable[_Paper], charged_s: int) -> Iterator[Fault]:
    billed = -(-charged_s // MINUTE_S)
    for paper in papers:
        if paper.minutes != billed:
            text = f"{paper.minutes} minutes on paper, {billed} charged"
            yield Fault("document_minutes", paper.name, text)


def _totals(session: Session, papers: Mapping[str, _Paper], charged: int) -> Iterator[Fault]:
    """A protocol says what was charged; an act too, or what was kept after a refund."""
    refunded = session.sums.refunded_minor if session.sums else 0
    for kind, paper in papers.items():
        true = {charged} if kind == "protocol" else {charged, charged - refunded}
        if paper.total_minor not in true:
            text = f"{paper.total_minor} on paper, {charged} charged, {refunded} refunded"
            yield Fault("document_total", paper.name, text)


def _money(session: Session, charged: int, escrow: Mapping[Account, Money]) -> Iterator[Fault]:
    """The escrow holds what was charged until it is settled, and then nothing."""
    number = session.number
    held = escrow.get(Account(AccountKind.ESCROW, number, session.tariff.currency))
    posted = held.minor if held else 0
    kept = charged if session.payer == "client" and session.state is not State.SETTLED else 0
    if posted != kept:
        yield Fault("escrow", number, f"{posted} in escrow, {kept} expected")
    if session.sums is not None:
        sums = session.sums
        parts = sums.platform_minor + sums.provider_minor + sums.refunded_minor
        if not charged == sums.total_minor == parts:
            text = f"{charged} charged, {sums.total_minor} settled in parts of {parts}"
            yield Fault("settlement", number, text)
