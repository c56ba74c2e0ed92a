"""The closing of a month: every paper of it issued, then everybody told.

    await ask(desk, book, by)                 # Raises: MonthNotOver
    closing = await run(desk, book, told)     # goes on where it was cut off; Raises: ClosingTaken

A paper and the step to the next place are one transaction, and the paper is drawn before it. What
is there already is found by its month, kind and party and stays, so a kill at any moment leaves
nothing out and nothing twice, and numbers have no gap. A party whose paper cannot be issued is
named as a fault and does not hold up the others.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

import reports
from broker import notices, parties
from metering import Clock
from reports import Book, Found, Month, Place, Pressed
from web import closing_rows as rows
from web.closing_rows import Closing, ClosingTaken
from web.db import Database, repeated
from web.errors import TooBusy
from web.locale import words
from web.printing import until_kept
from web.unbroken import unbroken
from web.words import month_text

BEAT_S = rows.LEASE.total_seconds() / 3
LETTERS_PAGE = 20
TOTALS = Place("totals", "")
#: What says nothing about the paper: the run ends, and goes on later.
PASSING = (ClosingTaken, TooBusy, DBAPIError, OSError)

log = structlog.get_logger("closing")


class MonthNotOver(Exception):
    def __init__(self, month: Month, today: date) -> None:
        super().__init__(f"{month} is not over on {today}")
        self.month, self.today = month, today


@dataclass(frozen=True, slots=True)
class Desk:
    """What a run works with. `holder` names it, `pause_s` is left to others after each paper."""

    database: Database
    sealer: reports.Sealer
    clock: Clock
    origin: str
    holder: str
    pause_s: float = 0
    press: asyncio.Lock = field(default_factory=asyncio.Lock)


Told = Callable[[Closing], None]


async def ask(desk: Desk, book: Book, by: str, again: bool = False) -> Closing:
    """The closing as it stands after it was asked for. Raises: MonthNotOver."""
    at = desk.clock()
    today = at.astimezone(desk.sealer.issuer.zone).date()
    if book.month.last >= today:
        raise MonthNotOver(book.month, today)
    async with desk.database.transaction() as db:
        return await rows.ask(db, book, by, at, again)


async def run(desk: Desk, book: Book, told: Told) -> Closing:
    """Work at it until it is done; `told` hears after each paper. Raises: ClosingTaken, and what a
    database raises: then it goes on where it was, by whoever claims it next."""
    async with desk.database.transaction() as db:
        closing = await rows.claim(db, book, desk.holder, desk.clock())
    async with _held(desk, closing.book):
        told(closing)
        if closing.state == rows.ASKED:
            closing = await _begun(desk, closing.book)
        if closing.state == rows.PAPERS:
            closing = await _papers(desk, closing, told)
        if closing.state == rows.LETTERS:
            closing = await _letters(desk, closing)
    told(closing)
    return closing


@asynccontextmanager
async def _held(desk: Desk, book: Book) -> AsyncIterator[None]:
    """Others are told that it is being worked at, however long one paper takes."""
    over = asyncio.Event()
    beat = asyncio.create_task(_beat(desk, book, over))
    try:
        yield
    finally:
        over.set()  # not cancelled: a transaction that is cut keeps SQLite's lock for a while
        await beat
        async with desk.database.transaction() as db:
            await rows.release(db, book, desk.holder)


async def _beat(desk: Desk, book: Book, over: asyncio.Event) -> None:
    while not over.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), BEAT_S)
            return
        try:
            async with desk.database.transaction() as db:
                await rows.claim(db, book, desk.holder, desk.clock())
        except ClosingTaken:
            return  # the next paper is refused, which ends the run
        except Exception:
            log.exception("a closing was not held", month=str(book.month))


async def _begun(desk: Desk, book: Book) -> Closing:
    async with desk.database.reading() as db:
        total = await reports.count_places(db, book, desk.sealer.issuer)
    async with desk.database.transaction() as db:
        await rows.set_out(db, book, desk.holder, total)
    return await _now(desk, book)


async def _now(desk: Desk, book: Book) -> Closing:
    async with desk.database.reading() as db:
        found = await rows.one(db, book)
    assert found is not None, "it is never deleted"
    return found


async def _papers(desk: Desk, closing: Closing, told: Told) -> Closing:
    """Every place after the last one that was done, then the sums of all."""
    book, after = closing.book, closing.place
    while True:
        async with desk.database.reading() as db:
            page = await reports.coming(db, book, after, desk.sealer.issuer)
        if not page:
            break
        for after in page:
            await unbroken(_paper(desk, book, after))
            told(await _now(desk, book))
            await asyncio.sleep(desk.pause_s)
    async with desk.database.reading() as db:
        sums = await reports.month_sums(db, book, desk.sealer.issuer)
    async with desk.database.transaction() as db:
        await rows.to_letters(db, book, desk.holder, sums)
        if sums.certified != sums.turnover:
            text = f"acts certify {sums.certified}, the ledger moved {sums.turnover}"
            await rows.blame(db, book, TOTALS, text)
    return await _now(desk, book)


async def _paper(desk: Desk, book: Book, place: Place) -> None:
    """One place, whatever comes of it."""
    try:
        await until_kept(
            desk.press, lambda: _drawn(desk, book, place), lambda: _inside(desk, book, place)
        )
    except PASSING:
        raise
    except Exception as error:
        log.exception("a paper was not issued", kind=place.kind, party=place.party)
        async with desk.database.transaction() as db:
            await rows.passed(db, book, desk.holder, place, 0)
            await rows.blame(db, book, place, f"{type(error).__name__}: {error}")


async def _drawn(desk: Desk, book: Book, place: Place) -> None:
    """Drawn between a transaction that reads and one that writes."""
    async with desk.database.reading() as db:
        draft = await reports.draft_monthly(db, book, place, desk.clock(), desk.sealer)
    pressed = await _pressed(draft)
    async with desk.database.transaction() as db:
        await _kept(db, desk, book, place, draft, pressed)


async def _inside(desk: Desk, book: Book, place: Place) -> None:
    """All of it while the log is held, which nobody who takes numbers can overtake."""
    async with desk.database.transaction() as db:
        await reports.log_verbs.lock(db)
        draft = await reports.draft_monthly(db, book, place, desk.clock(), desk.sealer)
        await _kept(db, desk, book, place, draft, await _pressed(draft))


async def _pressed(draft: Found) -> Pressed | None:
    """None where there is nothing to draw."""
    return await reports.press_draft(draft) if isinstance(draft, reports.Draft) else None


async def _kept(
    db: AsyncConnection, desk: Desk, book: Book, place: Place, draft: Found, pressed: Pressed | None
) -> None:
    """The step and the paper, if there is a new one. The step comes first: a run that has lost the
    row issues nothing."""
    await rows.passed(db, book, desk.holder, place, int(pressed is not None))
    if isinstance(draft, reports.Draft) and pressed is not None:
        await reports.keep_period_paper(db, draft, pressed, desk.sealer)


async def _letters(desk: Desk, closing: Closing) -> Closing:
    """One letter to each party, with a link to each of its papers; a letter about the same papers
    is never written twice."""
    book, after = closing.book, closing.place.party if closing.place else ""
    while True:
        async with desk.database.reading() as db:
            page = await reports.buyers_of_month(db, book, after, LETTERS_PAGE)
        if not page:
            break
        after = page[-1]
        await unbroken(repeated(partial(_told, desk, book, page)))
    async with desk.database.transaction() as db:
        await rows.finish(db, book, desk.holder, desk.clock())
    return await _now(desk, book)


async def _told(desk: Desk, book: Book, page: list[str]) -> None:
    async with desk.database.transaction() as db:
        new = 0
        for party in page:
            with contextlib.suppress(parties.PartyUnknown):  # the audit names such a wallet
                new += await _letter(db, desk, book, party)
        await rows.told(db, book, desk.holder, page[-1], new)


async def _letter(db: AsyncConnection, desk: Desk, book: Book, party: str) -> bool:
    """Whether it is new. Raises: PartyUnknown."""
    locale = (await parties.party(db, party)).locale
    papers = await reports.papers_of_buyer(db, book, party)
    names = hashlib.sha256(",".join(one.name for one in papers).encode()).hexdigest()[:16]
    say = words(locale)
    kinds = {
        reports.PERIOD_ACT: say.gettext("Act for a period"),
        reports.STATEMENT: say.gettext("Statement of account"),
        reports.AGENT_REPORT: say.gettext("Agent’s report"),
    }
    lines = [
        f"{kinds.get(one.kind, '')} {one.number}: {desk.origin}/documents/{one.number}.pdf".strip()
        for one in papers
    ]
    key, month = f"{book.month}:{party}:{names}", month_text(book.month.first, locale)
    return await notices.month_ready(db, key, party, month, lines, desk.clock())
