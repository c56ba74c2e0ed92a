"""A register of issued papers as a file: every page of it, and only what the party may see."""

import csv
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import exports, store
from reports.errors import BadRegister
from reports.exports import Wanted, count_rows, write_register
from reports.issuer import Issuer
from reports.register import Paper
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


def test_what_cannot_be_made() -> None:
    for wrong in (
        {"register": "people"},
        {"form": "pdf"},
        {"since": date(2026, 2, 1), "until": date(2026, 1, 1)},
        {"register": "sessions", "party": "c"},
        {"register": "sessions", "form": "zip"},
    ):
        with pytest.raises(BadRegister):
            Wanted(**{"register": "documents", "form": "csv"} | wrong)  # type: ignore[arg-type]
    named = Wanted("documents", "csv-ru", date(2026, 10, 1), date(2026, 10, 31))
    assert named.file_name == "minuta-documents-2026-10-01-2026-10-31.csv"
