"""Runs docs/ledger.md: what each numbered chapter does, its entries and its balances, in order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import LedgerError, check
from ledger.views import journal_by_id
from tests.ledger.deeds import Stage, money, named, stands
from tests.ledger.deeds_flows import DEEDS

PAGE = Path(__file__).parents[2] / "docs" / "ledger.md"
Row = list[str]

# The flows of the design, and the chapters that show them.
FLOWS = {
    "1 1a": "1", "1b": "2", "1c": "3", "2": "4", "3": "5", "hold": "6", "4": "7", "5": "8",
    "ruling": "9", "5a": "10 11", "5b": "12", "cap": "13", "at cost": "14", "consilium": "15",
    "firm": "16", "6": "17", "6a": "18", "6b": "19", "7 7a": "20", "7b": "21", "8": "22",
    "9": "23", "9a": "24", "10 10a": "25", "10b": "26", "11": "27", "11a": "28 29", "12": "30",
    "12a": "31 32 33 34", "13": "35", "14": "36", "15": "37",
    "product": "38",
}  # fmt: skip


@dataclass
class Example:
    """A chapter: its tables in order, each by the first word of its head."""

    title: str
    tables: list[tuple[str, list[Row]]] = field(default_factory=list)

    @property
    def number(self) -> str:
        return self.title.partition(".")[0]


def examples() -> Iterator[Example]:
    for chapter in re.split(r"^## ", PAGE.read_text(), flags=re.M)[1:]:
        example, before = Example(chapter.splitlines()[0]), ""
        for line in chapter.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("|") and not before.startswith("|"):
                example.tables.append((cells[0], []))
            elif line.startswith("|") and not set(line) <= set("|-"):
                example.tables[-1][1].append(cells)
            before = line
        if example.title[0].isdigit() and example.tables[0][0] == "do":
            yield example


EXAMPLES = list(examples())


async def do(stage: Stage, rows: list[Row]) -> None:
    for deed, words in rows:
        if deed.startswith("refused "):
            with pytest.raises(LedgerError):
                await DEEDS[deed.removeprefix("refused ")](stage, words)
        else:
            await DEEDS[deed](stage, words)


async def written(stage: Stage, rows: list[Row]) -> None:
    """The entries of each journal, all of them, in the order of the page."""
    journals: dict[str, list[Row]] = {}
    for id, *line in rows:
        journals.setdefault(id or list(journals)[-1], []).append(line)
    for id, lines in journals.items():
        journal = await journal_by_id(stage.db, id)
        assert journal is not None, id
        found = [(str(e.account), e.amount, e.balance_after) for e in journal.entries]
        wanted = []
        for words, debit, credit, after in lines:
            account, currency = named(words), named(words).currency
            amount = money(credit, currency) if credit else -money(debit, currency)
            wanted.append((str(account), amount, money(after, currency)))
        assert found == wanted, id


async def balanced(stage: Stage, rows: list[Row]) -> None:
    for words, posted, *free in rows:
        currency = named(words).currency
        expected = (money(posted, currency), money(free[0] if free else posted, currency))
        assert await stands(stage, words) == expected, words


RUN = {"do": do, "journal": written, "account": balanced}


def test_every_flow_has_its_chapter() -> None:
    shown = {example.number: [head for head, _ in example.tables] for example in EXAMPLES}
    for flow, chapters in FLOWS.items():
        for chapter in chapters.split():
            heads = shown[chapter]
            assert {"do", "journal", "account"} <= set(heads), (flow, chapter)
    assert set(shown) == {n for chapters in FLOWS.values() for n in chapters.split()}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.number)
async def test_example(db: AsyncConnection, example: Example) -> None:
    stage = Stage(db)
    for head, rows in example.tables:
        await RUN[head](stage, rows)
    assert await check(db) == []
    sums = await db.execute(text("SELECT currency, sum(balance) FROM ledger_account GROUP BY 1"))
    assert {row[1] for row in sums} <= {0}
