"""`minuta close`: exit codes, what it says, and a run that died on this machine."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from metering import utc_now
from reports import Book, Month
from tests.web.serving import on_command_line
from web import closing_rows
from web.__main__ import main
from web.commands.close import _holder, _is_dead
from web.db import Database

LONG_AGO = Book(Month(2020, 1))


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    found = on_command_line(tmp_path, monkeypatch)
    assert main(["migrate"]) == 0
    return found


async def _left_by_the_dead(database: Database, pid: int) -> None:
    at = utc_now()
    async with database.transaction() as db:
        await closing_rows.ask(db, LONG_AGO, "command", at, again=False)
        await closing_rows.claim(db, LONG_AGO, _holder(pid), at)
    await database.close()


def test_a_month_is_taken_over_from_a_dead_run(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    asyncio.run(_left_by_the_dead(database, dead.pid))
    capsys.readouterr()
    assert main(["close", "--month", "2020-01", "--json"]) == 0
    told = capsys.readouterr()
    facts = json.loads(told.out)
    assert (facts["month"], facts["round"], facts["total"], facts["faults"]) == (
        "2020-01",
        1,
        0,
        [],
    )
    assert "2020-01 [" in told.err
    assert main(["close", "--month", "2020-01"]) == 0
    assert "0 papers issued, 0 letters" in capsys.readouterr().out


def test_who_is_alive_or_elsewhere_is_not_dead() -> None:
    assert not _is_dead(_holder(os.getpid()))
    assert not any(map(_is_dead, ("", "server:8080:node", "close:x:node", "close:1:elsewhere")))


@pytest.mark.parametrize("given", ["2020-13", "2999-01", "2020-01 --currency X"])
def test_what_is_no_month_that_is_over(
    given: str, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["close", "--month", *given.split()]) == 2
    assert "minuta close: " in capsys.readouterr().err
