"""`minuta books`: the journal as a file, months closed, and what is refused."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger import Account, AccountKind, Draft, Leg, post_many
from ledger.control import audit_trail
from web.__main__ import main
from web.db import Database

OCTOBER = ["--from", "2026-10-01", "--to", "2026-10-31"]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINUTA_DATABASE_URL", f"sqlite:///{tmp_path}/minuta.db")
    monkeypatch.setenv("MINUTA_FOLDER", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["migrate"]) == 0
    asyncio.run(_post())


async def _post() -> None:
    """One payment on the last day of October."""
    at = datetime(2026, 10, 31, 12, tzinfo=UTC)
    legs = (
        Leg(Account(AccountKind.CASH, "demo"), -500),
        Leg(Account(AccountKind.PREPAID, "bob"), 500),
    )
    database = Database("sqlite:///minuta.db")
    async with database.transaction() as db:
        [result] = await post_many(db, [Draft("test", "1", "top_up", legs)], at)
        result.raise_for_status()
    await database.close()


@pytest.mark.parametrize("name", ["csv", "csv-ru", "xlsx", "hledger", "beancount"])
def test_every_format_is_a_file(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["books", "export", *OCTOBER, "--format", name]) == 0
    file = Path(capsys.readouterr().out.strip())
    assert file.stat().st_size > 100
    assert not list(Path().glob("*.part"))


def test_to_the_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["books", "export", *OCTOBER, "--out", "-"]) == 0
    assert capfdbinary.readouterr().out.count(b"\r\n") == 4


def test_a_period_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["books", "export", "--from", "2026-10-31", "--to", "2026-10-01"]) == 2
    assert "is no period" in capsys.readouterr().err


def test_a_month_is_closed_once_and_on_record(capsys: pytest.CaptureFixture[str]) -> None:
    close = ["books", "close", "--by", "anna@example.org"]
    assert main([*close, "--from", "2026-11-01", "--to", "2026-11-30"]) == 1
    assert "2026-10-01" in capsys.readouterr().err
    assert main([*close, *OCTOBER]) == 0
    manifest = capsys.readouterr().out.split()[-1]
    assert main([*close, *OCTOBER]) == 1
    [row] = asyncio.run(_recorded())
    assert (row.action, row.facts["manifest"]) == ("period.closed", manifest)
    assert "anna@example.org" in row.why
    assert main(["check"]) == 0


async def _recorded() -> list[object]:
    database = Database("sqlite:///minuta.db")
    async with database.reading() as db:
        rows = await audit_trail(db, action="period.closed")
        days = (await db.execute(text("SELECT max(last_day) FROM ledger_period"))).scalar_one()
    await database.close()
    assert days == str(date(2026, 10, 31))
    return list(rows)
