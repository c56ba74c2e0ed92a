"""`minuta payouts`: a person looks, decides, trusts and takes back, by name and with a reason."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from broker import parties
from ledger import Account, AccountKind, Draft, Leg, Money, post_many
from ledger.control import Actor, Rail, audit_trail
from ledger.payouts import (
    Standing,
    begin_sending,
    change_details,
    keep_reserves,
    mark_arrived,
    mark_sent,
    request_pay_out,
    standing_of,
)
from metering import utc_now
from tests.web.serving import on_command_line, seeded
from web.__main__ import main
from web.db import Database

IVAN, OLGA = "ivan@demo.minuta.example", "olga@demo.minuta.example"
OFFICER = ["--by", OLGA, "--why", "посмотрела у эквайера"]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Ivan has earned 1 000,00 a month ago; p1 is in doubt for two days, p2 has arrived."""
    made = on_command_line(tmp_path, monkeypatch)
    asyncio.run(_scene(made))
    return made


async def _scene(database: Database) -> None:
    await seeded(database.url)
    at = utc_now() - timedelta(days=30)
    async with database.transaction() as db:
        ivan = await parties.by_email(db, IVAN)
        assert ivan is not None
        actor = Actor(ivan.id, "self")
        legs = (
            Leg(Account(AccountKind.CASH, "demo"), -100_000),
            Leg(Account(AccountKind.EARNINGS, ivan.id), 100_000),
        )
        await post_many(db, [Draft("settle", "S-1", "settlement", legs, "S-1")], at)
        await keep_reserves(db, at)
        await change_details(db, ivan.id, Rail.DEMO, "demo_acct", actor, at)
        asked = utc_now() - timedelta(days=2)
        for id in ("p1", "p2"):
            await request_pay_out(db, id, ivan.id, Money(20_000), actor, asked)
            await begin_sending(db, id, asked)
        await mark_sent(db, "p2", "tr_2", asked)
        await mark_arrived(db, "p2", "tr_2", asked)
    await database.close()


def said(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split("\t") for line in capsys.readouterr().out.splitlines()]


def test_what_is_in_doubt_is_listed_and_decided(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["payouts", "list"]) == 0
    [row] = said(capsys)
    assert row[:3] == ["p1", "in_doubt", "demo"]
    assert main(["payouts", "decide", "p1", "--ref", "tr_1", *OFFICER]) == 0
    assert said(capsys) == [["p1", "arrived", "tr_1"]]
    assert main(["payouts", "decide", "p1", *OFFICER]) == 1
    assert main(["payouts", "list"]) == 0
    assert said(capsys) == []


def test_only_officers_decide(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["payouts", "decide", "p1", "--by", IVAN, "--why", "мне надо"]) == 2
    assert main(["payouts", "trust", "nobody@demo.minuta.example", *OFFICER]) == 2
    assert "nobody here" in capsys.readouterr().err


def test_a_payee_is_trusted_and_no_more(database: Database) -> None:
    async def standing() -> Standing:
        async with database.reading() as db:
            ivan = await parties.by_email(db, IVAN)
            assert ivan is not None
            found = (await standing_of(db, ivan.id))[0]
        await database.close()
        return found

    assert main(["payouts", "trust", IVAN, *OFFICER]) == 0
    assert asyncio.run(standing()) is Standing.TRUSTED
    assert main(["payouts", "trust", IVAN, "--no-more", *OFFICER]) == 0
    assert asyncio.run(standing()) is Standing.NEW


def test_transfers_are_asked_back_once(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async def planned() -> int:
        async with database.reading() as db:
            found = len(await audit_trail(db, action="transfer.reversal_planned"))
        await database.close()
        return found

    for _ in range(2):
        wish = ["payouts", "recover", IVAN, "15000", "--key", "dispute:d1"]
        assert main([*wish, *OFFICER]) == 0
        assert said(capsys) == [["dispute:d1:p2", "planned", "150.00\u00a0₽"]]
    assert asyncio.run(planned()) == 1
