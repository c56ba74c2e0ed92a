"""What a person does about the card rail at the command line."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from ledger import cards
from ledger.acquirer import Notice
from ledger.cards.errors import NothingFrozen
from ledger.control import SYSTEM, audit_trail
from metering import utc_now
from tests.web.serving import seeded
from web.__main__ import main
from web.commands.seed import ACCOUNTS
from web.db import Database

CURATOR = next(one.email for one in ACCOUNTS if one.role == "curator")
CLIENT = next(one.email for one in ACCOUNTS if one.role == "client")
BY = ["--by", CURATOR, "--why", "I have looked"]


def done(url: str, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
    """In a transaction of its own."""

    async def run() -> Any:
        database = Database(url)
        try:
            await seeded(url)
            async with database.transaction() as db:
                return await work(db)
        finally:
            await database.close()

    return asyncio.run(run())


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Demo accounts, a piece of dead news, and the client's wallet frozen."""
    one = f"sqlite:///{tmp_path}/minuta.db"
    monkeypatch.setenv("MINUTA_DATABASE_URL", one)
    monkeypatch.setenv("MINUTA_FOLDER", str(tmp_path))

    async def prepare(db: AsyncConnection) -> None:
        at = utc_now()
        await cards.receive(db, Notice("demo", "e1", "demo.payment", "p1", at, body="{}"), at)
        await db.exec_driver_sql(
            "update ledger_cards_inbox set state = 'dead', tries = 20, verdict = 'top_up_unknown'"
        )
        client = await parties.by_email(db, CLIENT)
        assert client is not None
        await cards.freeze_wallet(db, client.id, "RUB", "k1", "suspicion", SYSTEM, at)

    done(one, prepare)
    return one


async def state(db: AsyncConnection) -> str:
    (news,) = await cards.listed(db)
    return news.state.value


def test_dead_news_is_listed_and_tried_anew(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inbox", "list", "--state", "dead"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("e1\tdead\tdemo.payment\tp1\t")
    assert main(["inbox", "replay", "--all-dead", *BY]) == 0
    assert done(url, state) == "stored"
    (row,) = done(url, lambda db: audit_trail(db, action="news.replayed"))
    assert row.why == "I have looked"
    assert main(["inbox", "skip", "e1", *BY]) == 1
    assert "stored, not dead" in capsys.readouterr().err


def test_dead_news_is_laid_aside(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inbox", "skip", "e1", *BY]) == 0
    assert done(url, state) == "skipped"
    assert main(["inbox", "list", "--state", "happy"]) == 1
    assert "happy" in capsys.readouterr().err


@pytest.mark.parametrize("who", [CLIENT, "nobody@example.test"])
def test_only_officers_decide(url: str, who: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inbox", "skip", "e1", "--by", who, "--why", "so"]) == 2
    assert who in capsys.readouterr().err
    assert done(url, state) == "dead"


def test_a_frozen_wallet_thaws(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def client(db: AsyncConnection) -> str:
        found = await parties.by_email(db, CLIENT)
        assert found is not None
        return found.id

    party = done(url, client)
    assert main(["disputes", "thaw", party, "k1", *BY]) == 0
    assert "may be used" in capsys.readouterr().out
    assert main(["disputes", "thaw", party, "k1", *BY]) == 1
    assert str(NothingFrozen(party, "k1")) in capsys.readouterr().err


def test_lists_without_anything_are_empty(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["refunds", "list"], ["disputes", "list"]):
        assert main(words) == 0
        assert capsys.readouterr().out == ""
    assert main(["refunds", "decide", "r1:1", *BY]) == 1
    assert main(["disputes", "show", "dp1"]) == 1
    assert main(["disputes", "send", "dp1", *BY]) == 1


def test_reconcile_shows_what_differs(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The demo bank keeps no account; the dead news is told as long as it waits for a person."""
    assert main(["reconcile", "--last"]) == 0
    assert "no run yet" in capsys.readouterr().out
    assert main(["reconcile"]) == 1
    told = capsys.readouterr().out.splitlines()  # the log has a line of its own
    assert told[-3] == "0 lines, 1 differences"
    assert told[-2].split() == ["what", "about", "theirs", "ours", "note"]
    assert told[-1].startswith("news_dead  e1 ")
    assert main(["inbox", "skip", "e1", *BY]) == 0
    assert main(["reconcile", "--json"]) == 0
    capsys.readouterr()
    assert main(["reconcile", "--last", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["differences"] == []
