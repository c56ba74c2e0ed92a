"""`minuta allowance` and `minuta cap`: by name, with a reason, and on record."""

import asyncio
from pathlib import Path

import pytest

from ledger.control import audit_trail
from tests.web.serving import on_command_line, seeded
from web.__main__ import main
from web.db import Database

ANNA, OLGA = "anna@demo.minuta.example", "olga@demo.minuta.example"
BY = ["--by", OLGA, "--why", "пакет"]
GRANT = ["allowance", "grant", "june", ANNA, "3600", "--until", "2099-12-31"]
CAP = ["cap", "set", ANNA, OLGA, "month", "500000", *BY]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    made = on_command_line(tmp_path, monkeypatch)
    asyncio.run(_scene(made))
    return made


async def _scene(database: Database) -> None:
    await seeded(database.url)
    await database.close()


async def _whys(database: Database, subject: str) -> list[str]:
    try:
        async with database.reading() as db:
            return [row.why for row in await audit_trail(db, subject=subject)]
    finally:
        await database.close()


def test_seconds_are_given_once_and_on_record(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main([*GRANT, *BY]) == 0
    id = capsys.readouterr().out.split("\t")[0]
    assert asyncio.run(_whys(database, f"allowance:{id}")) == ["пакет"]
    assert main(["allowance", "list", ANNA]) == 0
    listed = capsys.readouterr().out.strip().split("\t")
    assert listed == ["june", "minutes", "3600", "3600", "60", "2100-01-01T00:00+00:00"]
    assert main([*GRANT[:4], "7200", *BY]) == 1
    assert main([*GRANT[:4], "3601", *BY]) == 1
    assert main([*GRANT, "--by", ANNA, "--why", "x"]) == 2
    assert "granted otherwise" in capsys.readouterr().err


def test_a_cap_is_set_listed_and_dropped(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(CAP) == 0
    assert main(["cap", "list", ANNA]) == 0
    _, period, cap, spent, zone = capsys.readouterr().out.strip().split("\t")
    assert (period, zone) == ("month", "Europe/Moscow")
    assert [sum.split("\xa0")[0] for sum in (cap, spent)] == ["5,000.00", "0.00"]
    assert main([*CAP[:5], "-1", *BY]) in (1, 2)
    assert main(["cap", "drop", ANNA, OLGA, "month", *BY]) == 0
    assert main(["cap", "list", ANNA]) == 0
    assert capsys.readouterr().out == ""
