"""The `minuta` command as a program: exit codes, JSON, and what it refuses."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from reports.canonical import parse
from reports.documents import from_session_json
from reports.press import sealed
from reports.seal import attachment_of
from tests.web.serving import Served, serving
from tests.web.test_wiring import live, see
from web import wiring
from web.__main__ import main
from web.audit import audit
from web.commands.seed import ACCOUNTS, seed
from web.commands.table import MODULES, command
from web.keys import NEWS, SEALER

TARIFF = {
    "segments": [{"from_second": 0, "rate": 2000, "per_seconds": 60, "increment_seconds": 60}]
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINUTA_DATABASE_URL", f"sqlite:///{tmp_path}/minuta.db")
    monkeypatch.setenv("MINUTA_FOLDER", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def test_quote_prices_one_and_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {"tariff": TARIFF, "usage": {"connected_seconds": 61}}
    (tmp_path / "one.json").write_text(json.dumps(asked))
    assert main(["quote", "one.json"]) == 0
    assert json.loads(capsys.readouterr().out)["charge"] == 4000
    (tmp_path / "many.json").write_text(json.dumps([asked, asked]))
    assert main(["quote", "many.json"]) == 0
    assert [one["charge"] for one in json.loads(capsys.readouterr().out)] == [4000, 4000]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('{"tariff": {"connect_fee": -1}, "usage": {}}', "connect_fee"),
        ("not JSON", "bad.json"),
        ("3", "object"),
        ("[[]]", "[0]: must be an object"),
        ('{"tariff": {}, "balance": 1, "balance": 2}', "balance: is there twice"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_quote_names_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], body: str, named: str
) -> None:
    (tmp_path / "bad.json").write_text(body)
    assert main(["quote", "bad.json"]) == 2
    assert named in capsys.readouterr().err


def test_migrate_seed_and_check_from_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert main(["seed"]) == 0
    assert main(["seed"]) == 0
    assert "Анна Петрова" in capsys.readouterr().out
    assert main(["check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"clean": True, "faults": []}


def test_verify_says_what_is_not_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7 something else")
    assert main(["verify", "letter.pdf", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)[0]["file"] == "letter.pdf"
    assert main(["verify", "nothing.pdf"]) == 3
    assert not (tmp_path / "minuta.db").exists()


async def test_verify_asks_the_register_unless_offline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with (
        serving(f"sqlite:///{tmp_path}/minuta.db", tmp_path) as served,
        live(served, "host-pays") as one,
    ):
        see(served, one.number, 3)
        await wiring.hang_up(served.app, one.number, "host", "hung_up")
        await served.app[NEWS].settle()
        session = await one.host.get(f"/sessions/{one.number}")
        for paper in session["papers"]:
            pdf = await one.host.fetch(f"/documents/{paper['number']}.pdf")
            (tmp_path / f"{paper['kind']}.pdf").write_bytes(pdf)
        asked = ["verify", "--json", "--offline", "--log", served.base, "protocol.pdf"]
        assert await asyncio.to_thread(main, asked) == 0
        [told] = json.loads(capsys.readouterr().out)
        assert told["log"]["text"] == "the log of 3 goes on from that of 2 in the file"
        data, _ = attachment_of((tmp_path / "protocol.pdf").read_bytes())
        older = sealed(from_session_json(parse(data or b"")), served.app[SEALER])
        (tmp_path / "older.pdf").write_bytes(older)  # as from before there was a log
        asked[-1] = "older.pdf"
        assert await asyncio.to_thread(main, asked) == 0
        [told] = json.loads(capsys.readouterr().out)
        assert told["log"]["text"].startswith("leaf 1 under the checkpoint of 3")
    asked[4] = "http://127.0.0.1:1"
    assert await asyncio.to_thread(main, asked) == 2
    assert "did not answer" in json.loads(capsys.readouterr().out)[0]["log"]["text"]
    files = ["act.pdf", "protocol.pdf"]
    assert await asyncio.to_thread(main, ["verify", "--json", *files]) == 0
    assert [one["registered"] for one in json.loads(capsys.readouterr().out)] == [True, True]
    assert await asyncio.to_thread(main, ["verify", "--offline", *files]) == 0
    assert "not asked" in capsys.readouterr().out
    (tmp_path / "act.pdf").write_bytes((tmp_path / "act.pdf").read_bytes() + b" ")
    assert await asyncio.to_thread(main, ["verify", "--json", "act.pdf"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["registered"] is False


def test_bad_settings_end_with_their_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINUTA_PORT", "eighty")
    assert main(["migrate"]) == 2
    assert "MINUTA_PORT" in capsys.readouterr().err


def test_production_has_no_demo_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ENVIRONMENT": "production",
        "ORIGIN": "https://minuta.example",
        "SECRET": "0123456789abcdef0123456789abcdef",
        "SEAL_FOLDER": "/seal",
        "ISSUER_FILE": "/issuer.json",
    }.items():
        monkeypatch.setenv(f"MINUTA_{name}", value)
    assert main(["seed"]) == 2


async def test_seeding_twice_gives_money_once(served_both: Served) -> None:
    await seed(served_both.database)
    for account in ACCOUNTS:
        async with served_both.robot() as robot:
            await robot.enter(account.role)
            if account.prepaid_minor:
                wallet = await robot.get("/wallet")
                assert wallet["balance"]["minor"] == account.prepaid_minor


async def test_the_audit_finds_a_balance_that_was_touched(tmp_path: Path) -> None:
    async with serving(f"sqlite:///{tmp_path}/touched.db", tmp_path) as served:
        async with served.database.reading() as db:
            assert await audit(db) == []
        async with served.database.transaction() as db:
            await db.execute(text("drop trigger if exists ledger_entry_no_update"))
            await db.execute(text("update ledger_entry set amount = amount + 1"))
        async with served.database.reading() as db:
            assert {fault.kind for fault in await audit(db)} >= {"journal_unbalanced"}


@pytest.mark.parametrize("name", MODULES)
def test_every_command_is_there(name: str) -> None:
    assert callable(command(name))
