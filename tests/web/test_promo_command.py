"""`minuta promo`: credit is given by name and with a reason, once, and the wallet shows it."""

import asyncio
from pathlib import Path

import pytest

from ledger import Account, AccountKind, balance
from ledger.control import audit_trail
from metering import utc_now
from tests.web.serving import on_command_line, seeded
from web.__main__ import main
from web.db import Database
from web.means import Means, means_of

ANNA, OLGA = "anna@demo.minuta.example", "olga@demo.minuta.example"
GIFT = ["promo", "grant", "welcome", ANNA, "30000", "--until", "2099-12-31"]
BY = ["--by", OLGA, "--why", "приветствие"]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Anna has 5 000,00 of money."""
    made = on_command_line(tmp_path, monkeypatch)
    asyncio.run(_scene(made))
    return made


async def _scene(database: Database) -> None:
    await seeded(database.url)
    await database.close()


async def seen(database: Database, party: str) -> tuple[Means, list[str], int]:
    """What she can pay with, why it was given, and what the campaign owes."""
    try:
        async with database.reading() as db:
            rows = await audit_trail(db, subject=f"promo:welcome:{party}")
            issued = await balance(db, Account(AccountKind.PROMO_ISSUED, "welcome"))
            whys = [row.why for row in rows]
            return await means_of(db, party, utc_now()), whys, issued.posted.minor
    finally:
        await database.close()


def test_a_grant_is_given_once_and_goes_before_money(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main([*GIFT, *BY]) == 0
    party = capsys.readouterr().out.split("\t")[0].removeprefix("welcome:")
    means, whys, issued = asyncio.run(seen(database, party))
    assert (means.money.posted.minor, means.credit.posted.minor) == (500_000, 30_000)
    assert means.available.minor == 530_000
    assert (whys, issued) == (["приветствие"], -30_000)
    assert main(["promo", "list", ANNA]) == 0
    assert capsys.readouterr().out.split("\t")[0] == "welcome"


def test_another_promise_a_stranger_and_a_client_are_refused(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*GIFT, *BY]) == 0
    assert main([*GIFT[:4], "30001", *GIFT[5:], *BY]) == 1
    assert main([*GIFT, "--by", ANNA, "--why", "x"]) == 2
    assert main(["promo", "list", "nobody@example.org"]) == 2
    assert "granted otherwise" in capsys.readouterr().err
