"""A register of issued papers as a file: every page of it, and only what the party may see."""

import csv
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import Sealer, exports, store
from reports.documents import ACT
from reports.errors import BadRegister
from reports.exports import Wanted, count_rows, write_register
from reports.issuer import Issuer
from reports.press import sealed
from reports.register import Paper
from tests.reports.builders import document
from tests.reports.period_builders import act
from tests.reports.test_registers import issued, period_issued

PAGE = 20
MANY = PAGE + 3


async def test_pages_of_documents(
    db: AsyncConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGE", PAGE)
    for n in range(MANY):
        buyer = "c" if n else "other"
        await store.write(db, Paper(issued(n, buyer=buyer, client=buyer), b""))
    await store.write(db, Paper(period_issued(), b""))
    seen: list[int] = []

    async def told(done: int) -> None:
        seen.append(done)

    wanted = Wanted("documents", "csv", party="c")
    assert await count_rows(db, wanted, Issuer()) == MANY
    made = await write_register(db, wanted, Issuer(), tmp_path / "a.csv", told)
    assert (made.rows, seen) == (MANY, [PAGE, MANY - 1, MANY])
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["number"] for row in rows[:2]] == ["A-2026-000022", "A-2026-000021"]
    assert len({row["number"] for row in rows}) == MANY - 1
    of_one = Wanted("documents", "csv", who="ООО")
    found = await write_register(db, of_one, Issuer(), tmp_path / "d.csv", told)
    assert (found.rows, seen[-1]) == (1, MANY + 1)
    later = Wanted("documents", "xlsx", since=date(2026, 11, 21), kind="act")
    assert await count_rows(db, later, Issuer()) == 0
    empty = await write_register(db, later, Issuer(), tmp_path / "b.xlsx", told)
    assert empty.rows == 0
    sessions = await write_register(
        db, Wanted("sessions", "csv-ru"), Issuer(), tmp_path / "c.csv", told
    )
    assert sessions.rows == 0


async def test_acts_for_1c(db: AsyncConnection, tmp_path: Path, sealer: Sealer) -> None:
    """Acts of the days asked for, each a document; other papers are passed over."""
    session = document(ACT)
    await store.write(db, Paper(issued(1), sealed(session, sealer)))
    await store.write(db, Paper(issued(2, kind="protocol", session="S-2"), b""))
    await store.write(db, Paper(period_issued(), sealed(act(3), sealer)))

    async def told(done: int) -> None:
        assert done in (2, 3)

    made = await write_register(db, Wanted("documents", "1c-1.8"), Issuer(), tmp_path / "a", told)
    body = etree.parse(tmp_path / "a").getroot()[1]
    sales = body.findall("{*}Документ.РеализацияТоваровУслуг")
    assert made.rows == len(sales) == 2
    later = Wanted("documents", "1c-1.20", since=date(2027, 1, 1))
    none = await write_register(db, later, Issuer(), tmp_path / "b", told)
    assert (none.rows, len(etree.parse(tmp_path / "b").getroot()[1])) == (0, 0)
    assert later.file_name == "minuta-documents-2027-01-01.xml"


def test_what_cannot_be_made() -> None:
    for wrong in (
        {"register": "people"},
        {"form": "pdf"},
        {"since": date(2026, 2, 1), "until": date(2026, 1, 1)},
        {"register": "sessions", "party": "c"},
        {"register": "sessions", "form": "zip"},
        {"register": "sessions", "form": "1c-1.8"},
    ):
        with pytest.raises(BadRegister):
            Wanted(**{"register": "documents", "form": "csv"} | wrong)  # type: ignore[arg-type]
    named = Wanted("documents", "csv-ru", date(2026, 10, 1), date(2026, 10, 31))
    assert named.file_name == "minuta-documents-2026-10-01-2026-10-31.csv"
