"""Registers to files: read page by page in one transaction, written beside it, added up.

`write_register` takes a while and tells how far it is; what is on the disk before it returns is no
whole file.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import store
from reports.enterprise_data import VERSIONS
from reports.errors import BadRegister
from reports.exchange import ACTS
from reports.issuer import Issuer
from reports.one_c_file import OneCFile
from reports.paper_archive import PaperArchive
from reports.period import line_of
from reports.queries_period import count_ended, ended_sessions
from reports.register import PERIOD_KINDS, Filter, Issued, PeriodIssued
from reports.register_csv import CsvForm, body, foot, head
from reports.registers import DOCUMENTS, REGISTERS, Control, Row, document_row, session_row
from reports.store_listing import papers_named
from reports.workbook import RegisterBook

#: Form of a file → ending, media type.
FORMS = {
    "csv-ru": ("csv", "text/csv"),
    "csv": ("csv", "text/csv"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "zip": ("zip", "application/zip"),
    **{f"1c-{version}": ("xml", "application/xml") for version in VERSIONS},
}
ZIP, ONE_C = "zip", "1c-"
PAGE = 500
TELL_EVERY = 50  # files of an archive
_EVER = (date(2020, 1, 1), date(2999, 12, 31))
Told = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A register to be written. Days are by the issuer's clock, both inclusive, None is open;
    `party` sees only its own documents, `kind` is one kind of them or ""; `who` is a part of the
    name that a paper is made out to, or of either side of a session. `numbers` are just these
    documents, whatever else is asked for."""

    register: str
    form: str
    since: date | None = None
    until: date | None = None
    kind: str = ""
    party: str | None = None
    who: str = ""
    numbers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises: BadRegister."""
        if self.register not in REGISTERS or (self.party and self.register != DOCUMENTS.name):
            raise BadRegister(self.register)
        if self.form not in FORMS or (self.of_papers and self.register != DOCUMENTS.name):
            raise BadRegister(self.form)
        if self.since and self.until and self.since > self.until:
            raise BadRegister("days")

    def names(self, *names: str) -> bool:
        """Whether one of the names is asked for."""
        return any(self.who.casefold() in name.casefold() for name in names)

    @property
    def of_papers(self) -> bool:
        """Made from the papers themselves, not from the register."""
        return self.form == ZIP or self.form.startswith(ONE_C)

    @property
    def russian(self) -> bool:
        """Titles and words; a file for programs has neither."""
        return self.form != "csv"

    @property
    def file_name(self) -> str:
        days = [day.isoformat() for day in (self.since, self.until) if day]
        return "-".join(("minuta", self.register, *days)) + f".{FORMS[self.form][0]}"


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """What was written: lines, bytes, digest."""

    rows: int
    size: int
    sha256: str


async def count_rows(db: AsyncConnection, wanted: Wanted, issuer: Issuer) -> int:
    """How many things are to be looked at; of sessions not all have a charge and so a line."""
    if wanted.numbers:
        return len(wanted.numbers)
    since, until = _moments(wanted, issuer)
    if wanted.register != DOCUMENTS.name:
        return await count_ended(db, since, until)
    return await store.count(db, _filter(wanted, issuer))


async def write_register(
    db: AsyncConnection, wanted: Wanted, issuer: Issuer, path: Path, told: Told
) -> RegisterFile:
    """Write the file; `told` is awaited after each page with what was looked at so far.

    Wants a transaction that sees one state. Raises: TotalsDiffer when the books took another tax.
    """
    if wanted.form == ZIP:
        return await _write_zip(db, wanted, issuer, path, told)
    if wanted.form.startswith(ONE_C):
        return await _write_one_c(db, wanted, issuer, path, told)
    writer = _Book(wanted, issuer, path) if wanted.form == "xlsx" else _Csv(wanted, issuer, path)
    control, looked = Control(REGISTERS[wanted.register]), 0
    try:
        async for seen, rows in _pages(db, wanted, issuer):
            control.add(rows)
            await asyncio.to_thread(writer.add, rows)
            looked += seen
            await told(looked)
    finally:
        await asyncio.to_thread(writer.close, control)
    size, sha256 = await asyncio.to_thread(_measured, path)
    return RegisterFile(control.rows, size, sha256)


async def _write_zip(
    db: AsyncConnection, wanted: Wanted, issuer: Issuer, path: Path, told: Told
) -> RegisterFile:
    """The files themselves, with the register of them as an index and their digests."""
    control, looked, form = Control(DOCUMENTS), 0, CsvForm(True, issuer.zone)
    archive = PaperArchive(path, issuer.zone, head(DOCUMENTS, form))
    try:
        async for page in _issued(db, wanted, issuer):
            found = _asked(page, wanted)
            rows = [document_row(one, wanted.russian) for one in found]
            control.add(rows)
            archive.index += body(DOCUMENTS, rows, form)
            for n, one in enumerate(found, 1):
                paper = await store.paper(db, one.number, one.revision)
                assert paper is not None, "listed in this very transaction"
                await asyncio.to_thread(archive.add, paper)
                if n % TELL_EVERY == 0:
                    await told(looked + n)
            looked += len(page)
            await told(looked)
    finally:
        archive.index += foot(control, form)
        await asyncio.to_thread(archive.close)
    size, sha256 = await asyncio.to_thread(_measured, path)
    return RegisterFile(control.rows, size, sha256)


async def _write_one_c(
    db: AsyncConnection, wanted: Wanted, issuer: Issuer, path: Path, told: Told
) -> RegisterFile:
    """Acts as documents of sale; a row is a document."""
    file, rows, looked = OneCFile(path, wanted.form.removeprefix(ONE_C)), 0, 0
    try:
        async for page in _issued(db, wanted, issuer):
            for one in _asked(page, wanted):
                if one.kind in ACTS:
                    paper = await store.paper(db, one.number, one.revision)
                    assert paper is not None, "listed in this very transaction"
                    rows += await asyncio.to_thread(file.add, paper.pdf)
            looked += len(page)
            await told(looked)
    finally:
        await asyncio.to_thread(file.close)
    return RegisterFile(rows, *await asyncio.to_thread(_measured, path))


class _Writer(Protocol):
    def add(self, rows: list[Row]) -> None: ...
    def close(self, control: Control) -> None: ...


class _Csv:
    def __init__(self, wanted: Wanted, issuer: Issuer, path: Path) -> None:
        self._register, self._form = REGISTERS[wanted.register], _csv_form(wanted, issuer)
        self._file = path.open("w", encoding="utf-8", newline="")
        self._file.write(head(self._register, self._form))

    def add(self, rows: list[Row]) -> None:
        self._file.write(body(self._register, rows, self._form))

    def close(self, control: Control) -> None:
        with self._file:
            self._file.write(foot(control, self._form))


class _Book:
    def __init__(self, wanted: Wanted, issuer: Issuer, path: Path) -> None:
        register = REGISTERS[wanted.register]
        self._book = RegisterBook(path, register, issuer.zone, wanted.russian)
        self._asked = (
            ("Реестр", register.ru),
            ("С", wanted.since.isoformat() if wanted.since else "начала"),
            ("По", wanted.until.isoformat() if wanted.until else "сегодня"),
            ("Вид", wanted.kind or "все"),
            ("Кому", wanted.who or "все"),
            ("Время", issuer.zone_name),
        )

    def add(self, rows: list[Row]) -> None:
        self._book.add(rows)

    def close(self, control: Control) -> None:
        self._book.close(control, self._asked)


def _csv_form(wanted: Wanted, issuer: Issuer) -> CsvForm:
    return CsvForm(wanted.form == "csv-ru", issuer.zone)


async def _pages(
    db: AsyncConnection, wanted: Wanted, issuer: Issuer
) -> AsyncIterator[tuple[int, list[Row]]]:
    pages = _documents if wanted.register == DOCUMENTS.name else _sessions
    async for page in pages(db, wanted, issuer):
        yield page


async def _documents(
    db: AsyncConnection, wanted: Wanted, issuer: Issuer
) -> AsyncIterator[tuple[int, list[Row]]]:
    async for found in _issued(db, wanted, issuer):
        yield len(found), [document_row(one, wanted.russian) for one in _asked(found, wanted)]


async def _issued(
    db: AsyncConnection, wanted: Wanted, issuer: Issuer
) -> AsyncIterator[Sequence[Issued | PeriodIssued]]:
    """Papers of sessions, the newest first, then papers for periods; or those that were named."""
    if wanted.numbers:
        yield await papers_named(db, wanted.numbers, wanted.party)
        return
    asked = _filter(wanted, issuer)
    while asked.kind not in PERIOD_KINDS and (found := await store.listed(db, asked)):
        yield found
        asked = replace(asked, before=(found[-1].issued_at, found[-1].number))
    papers = await store.listed_of_periods(db, replace(asked, before=None, limit=store.LIMIT_MAX))
    for begin in range(0, len(papers), PAGE):
        yield papers[begin : begin + PAGE]


def _asked(found: Sequence[Issued | PeriodIssued], wanted: Wanted) -> list[Issued | PeriodIssued]:
    return [
        one
        for one in found
        if wanted.names(*((one.buyer_name,) if isinstance(one, PeriodIssued) else one.party_names))
    ]


async def _sessions(
    db: AsyncConnection, wanted: Wanted, issuer: Issuer
) -> AsyncIterator[tuple[int, list[Row]]]:
    """Charged sessions by their end; who pays in words."""
    payers = {"client-pays": "клиент", "host-pays": "консультант"}
    since, until = _moments(wanted, issuer)
    after = None
    while found := await ended_sessions(db, since, until, after):
        rows = [
            session_row(
                line_of(issuer, one.sums),
                payers.get(one.plan, one.plan) if wanted.russian else one.plan,
                one.names,
                one.currency,
            )
            for one in found
            if one.sums and wanted.names(*one.names)
        ]
        yield len(found), rows
        after = (found[-1].ended_at, found[-1].number)


def _moments(wanted: Wanted, issuer: Issuer) -> tuple[datetime, datetime]:
    first, last = wanted.since or _EVER[0], wanted.until or _EVER[1]
    begin = datetime.combine(first, time(), issuer.zone)
    end = datetime.combine(last, time(), issuer.zone) + timedelta(days=1)
    return begin.astimezone(UTC), end.astimezone(UTC)


def _filter(wanted: Wanted, issuer: Issuer) -> Filter:
    since, until = _moments(wanted, issuer)
    return Filter(
        party=wanted.party, kind=wanted.kind or None, since=since, until=until, limit=PAGE
    )


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
