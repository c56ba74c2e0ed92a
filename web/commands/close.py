"""`minuta close`: issue every paper of a month, tell the parties, show how far it is.

Cut off at any moment it goes on where it was. While another run is at work it waits, and says who.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import sys
import time
from dataclasses import dataclass

from ledger import CURRENCIES
from metering import utc_now
from reports import Book, Month
from web import closing_rows as rows
from web.adapters import sealer_of
from web.closing import Desk, MonthNotOver, ask
from web.closing import run as work
from web.closing_rows import DONE, Closing, ClosingTaken, Fault
from web.db import Database
from web.settings import Settings

BAD_INPUT = 2
LOOK_S = 1
TOLD_EVERY_S = 5
BAR = 30


def run(given: argparse.Namespace, settings: Settings) -> int:
    """0 done, 1 done with faults, 2 no month, or one that is not over."""
    month = Month.parse(given.month)
    if month is None or given.currency not in CURRENCIES:
        print("minuta close: write a month like 2026-10, and a currency", file=sys.stderr)
        return BAD_INPUT
    book = Book(month, given.currency, given.language or settings.locale)
    try:
        with contextlib.redirect_stdout(sys.stderr):  # logs; the standard output is the answer's
            closing, faults = asyncio.run(_close(book, given, settings))
    except MonthNotOver as error:
        print(f"minuta close: {error}", file=sys.stderr)
        return BAD_INPUT
    print(_json(closing, faults) if given.json else _text(closing, faults))
    return 1 if faults else 0


async def _close(
    book: Book, given: argparse.Namespace, settings: Settings
) -> tuple[Closing, list[Fault]]:
    database = Database(settings.database_url, patient=True)
    sealer = sealer_of(settings, utc_now())
    desk = Desk(database, sealer, utc_now, settings.origin, _holder(os.getpid()))
    meter = _Meter(sys.stderr.isatty())
    try:
        closing = await ask(desk, book, "command", given.again)
        while closing.state != DONE:
            try:
                closing = await work(desk, book, meter.told)
            except ClosingTaken:
                closing = await _others(desk, book, meter)
        async with database.reading() as db:
            return closing, await rows.faults_of(db, book)
    finally:
        await database.close()


async def _others(desk: Desk, book: Book, meter: "_Meter") -> Closing:
    """How far another run is; one that died on this machine is not waited for."""
    async with desk.database.reading() as db:
        closing = await rows.one(db, book)
    assert closing is not None, "it was asked for"
    if _is_dead(closing.holder):
        async with desk.database.transaction() as db:
            await rows.release(db, book, closing.holder)
        return closing
    meter.told(closing, f"at work: {closing.holder}")
    await asyncio.sleep(LOOK_S)
    return closing


def _holder(pid: int) -> str:
    return f"close:{pid}:{platform.node()}"[:80]


def _is_dead(holder: str) -> bool:
    """Whether it was a command on this machine whose process is gone."""
    pid = holder.split(":")[1] if holder.startswith("close:") else ""
    if not pid.isdigit() or holder != _holder(int(pid)):
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@dataclass(slots=True)
class _Meter:
    """How far it is, on the terminal as one line, elsewhere as a line now and then."""

    terminal: bool
    last: float = -TOLD_EVERY_S

    def told(self, closing: Closing, beside: str = "") -> None:
        now, over = time.monotonic(), closing.state == DONE
        if not self.terminal and not over and now < self.last + TOLD_EVERY_S:
            return
        self.last = now
        full = BAR * closing.done // max(closing.total, 1)
        bar = "#" * full + "." * (BAR - full)
        line = f"{closing.book.month} [{bar}] {closing.done}/{closing.total} {closing.state}"
        line += f", {closing.issued} new, {closing.faults} faults {beside}"
        end = "\n" if over or not self.terminal else ""
        print(f"\r\x1b[K{line}" if self.terminal else line, end=end, file=sys.stderr, flush=True)


def _text(closing: Closing, faults: list[Fault]) -> str:
    sums, currency = closing.sums, closing.book.currency
    lines = [
        f"{closing.book.month}: {closing.issued} papers issued, {closing.letters} letters,"
        f" {sums.acts} acts certify {sums.certified} {currency} in minor units,"
        f" the ledger moved {sums.turnover}"
    ]
    lines += [f"fault: {one.place.kind} {one.place.party}: {one.text}" for one in faults]
    return "\n".join(lines)


def _json(closing: Closing, faults: list[Fault]) -> str:
    facts = {
        "month": str(closing.book.month),
        "currency": closing.book.currency,
        "language": closing.book.locale,
        "round": closing.round,
        "total": closing.total,
        "done": closing.done,
        "issued": closing.issued,
        "letters": closing.letters,
        "acts": closing.sums.acts,
        "certified_minor": closing.sums.certified,
        "turnover_minor": closing.sums.turnover,
        "faults": [
            {"kind": one.place.kind, "party": one.place.party, "text": one.text} for one in faults
        ],
    }
    return json.dumps(facts, ensure_ascii=False)
