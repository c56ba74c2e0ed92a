"""Generated invoices and payments, told by statements that are cut, overlapped and reordered:
the same books, whatever came when."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zlib import crc32

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.bank import StatementRefused
from ledger.bank.statements import Line, Side
from tests.ledger.bank.books import balances, billed, book, ready, sound
from tests.ledger.bank.writing import BANKS_FEES, NORTH, VECTOR, Bank, came, went

PARTIES = {"anna": VECTOR, "boris": NORTH}
DAYS = 4
EARLY = {"gap", "opening_differs", "before_beginning"}
STRANGER = Side("ИП Неизвестный", "", "", "40802810100000000077")


@dataclass(frozen=True)
class Month:
    """Invoices (party, rubles) and what happened at the bank, in the order of time."""

    invoices: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class File:
    """A statement of lines [first, until), in some format, its days' lines in some order."""

    first: int
    until: int
    kind: str
    seed: int

    def written(self, month: Month) -> bytes:
        bank = Bank(month.lines, opening=500_000)
        if self.kind == "camt":
            return bank.camt(self.first, self.until)
        if self.kind == "mt940":
            return bank.mt940(self.first, self.until)
        shuffled = [*month.lines]
        part = month.lines[self.first : self.until]
        mixed = sorted(
            part, key=lambda line: (line.day, crc32(f"{self.seed}{line.reference}".encode()))
        )
        shuffled[self.first : self.until] = mixed
        return Bank(shuffled, opening=500_000).one_c(self.first, self.until, encoding=self.kind)


@st.composite
def months(draw: st.DrawFn) -> Month:
    """Sums that come in are whole hundreds and each that goes out has kopecks of its own, so no
    part of the month sums to nothing: a gap that no balance shows cannot be seen by anybody."""
    names = st.sampled_from(sorted(PARTIES))
    sums = st.sampled_from([100, 200, 300])
    invoices = draw(st.lists(st.tuples(names, sums), min_size=1, max_size=4))
    lines: list[Line] = []
    kopeck = 1
    for n in range(1, DAYS + 1):
        for _ in range(draw(st.integers(1, 3))):
            what = draw(st.sampled_from(["named", "named", "sum", "stray", "fee", "out", "twice"]))
            number = str(len(lines) + 1)
            i = draw(st.integers(0, len(invoices) - 1))
            party, asked = invoices[i]
            who = PARTIES[party]
            if what in ("fee", "out"):
                who, words = (BANKS_FEES, "Комиссия банка") if what == "fee" else (NORTH, "Аренда")
                lines.append(went(n, kopeck, who, words, number))
                kopeck *= 2
            elif what == "named":
                paid = max(100, asked + draw(st.sampled_from([0, 0, 100, -100])))
                lines.append(came(n, paid, who, f"По счёту № В-2026-{i + 1}", number))
            elif what == "stray":
                lines.append(came(n, asked, STRANGER, "Без договора", number))
            else:
                line = came(n, asked, who, "Предоплата", number)
                lines += [line] if what == "sum" else [line, line]
    return Month(tuple(invoices), tuple(lines))


@st.composite
def files_of(draw: st.DrawFn, month: Month) -> list[File]:
    """A first file of the first day, then pieces that cover the rest and overlap, in any order."""
    edges = [0] + [
        n for n in range(1, len(month.lines)) if month.lines[n].day != month.lines[n - 1].day
    ]
    edges.append(len(month.lines))
    kinds = st.sampled_from(["cp1251", "cp866", "utf-8", "camt", "mt940"])
    cuts = [(first, until) for i, first in enumerate(edges) for until in edges[i + 1 :]]
    inner = [(0, n) for n in range(1, len(month.lines))]  # ends in the middle of a day
    pieces = draw(st.lists(st.sampled_from(cuts + inner), max_size=5))
    pieces += list(pairwise(edges))
    start = (0, draw(st.integers(1, edges[1])))
    order = [start, *draw(st.permutations(pieces))]
    return [File(*piece, draw(kinds), draw(st.integers(0, 9))) for piece in order]


async def import_all(db: AsyncConnection, month: Month, files: Sequence[File]) -> Any:
    """Import what can be imported until nothing more can; the books and the lines then."""
    await ready(db, *PARTIES)
    for n, (party, asked) in enumerate(month.invoices):
        await billed(db, party, PARTIES[party], asked, key=str(n))
    waiting = [file.written(month) for file in files]
    while waiting:
        refused = []
        for data in waiting:
            try:
                await book(db, data)
            except StatementRefused as early:
                if early.code not in EARLY:
                    raise
                refused.append(data)
        if len(refused) == len(waiting):
            break
        waiting = refused
    await sound(db)
    lines = text("SELECT id, amount, state, rule, invoice, party FROM ledger_bank_line ORDER BY id")
    paid = text("SELECT number, paid, state FROM ledger_bank_invoice ORDER BY number")
    return (
        await balances(db),
        [tuple(row) for row in await db.execute(lines)],
        [tuple(row) for row in await db.execute(paid)],
    )


async def one_month(db: AsyncConnection, data: st.DataObject) -> None:
    month = data.draw(months())
    whole = File(0, len(month.lines), "cp1251", 0)
    once = await db.begin_nested()
    expected = await import_all(db, month, [whole])
    await once.rollback()
    assert len(expected[1]) == len(month.lines)
    files = data.draw(files_of(month))
    once = await db.begin_nested()
    assert await import_all(db, month, files) == expected
    await once.rollback()


SETTINGS = settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@SETTINGS
@given(data=st.data())
async def test_the_same_books_in_any_order(db: AsyncConnection, data: st.DataObject) -> None:
    await one_month(db, data)


@pytest.mark.nightly
@settings(SETTINGS, max_examples=1500)
@given(data=st.data())
async def test_the_same_books_in_any_order_at_length(
    db: AsyncConnection, data: st.DataObject
) -> None:
    await one_month(db, data)
