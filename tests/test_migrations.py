"""The migrations make exactly the tables, checks and triggers that the rooms describe."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from metering import host_pays_tariff, load
from metering.shards import shard_of
from tests.conftest import new_database
from tests.rooms import metadata_of_all
from web.commands.schema import migrate
from web.db import Database

ROOT = Path(__file__).resolve().parent.parent
SQLITE = "select type, name, sql from sqlite_master where sql is not null"
POSTGRES = {
    "columns": "select table_name, column_name, data_type, is_nullable, column_default,"
    " is_identity from information_schema.columns where table_schema = 'public'",
    "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
    " from pg_constraint where connamespace = 'public'::regnamespace",
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
    "triggers": "select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)"
    " from pg_trigger where not tgisinternal",
    "functions": "select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace",
}


def described(connection: Connection) -> dict[str, set[tuple[Any, ...]]]:
    """The schema in words that can be compared; alembic's own table is left out."""
    queries = {"all": SQLITE} if connection.dialect.name == "sqlite" else POSTGRES
    found: dict[str, set[tuple[Any, ...]]] = {}
    for name, query in queries.items():
        rows = connection.execute(text(query)).all()
        found[name] = {tuple(map(_plain, row)) for row in rows if "alembic" not in str(row)}
    return found


def _plain(value: Any) -> str:
    """Without differences of space, quotes, case and order that mean nothing."""
    flat = _flat(value)
    if not flat.startswith("create table "):
        return flat
    head, _, body = flat.partition("(")
    depth, parts = 0, [""]
    for char in body.removesuffix(")"):
        depth += (char == "(") - (char == ")")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return f"{head}({','.join(sorted(parts))})"


def _flat(value: Any) -> str:
    return re.sub(r"\s*([(),])\s*", r"\1", re.sub(r"[\s\"]+", " ", str(value))).strip().lower()


def _make_all(connection: Connection) -> None:
    for metadata in metadata_of_all():
        metadata.create_all(connection)


@pytest.fixture
async def other_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if backend == "sqlite":
        return f"sqlite:///{tmp_path}/other.db"
    return await new_database(request.getfixturevalue("cluster"))


async def test_from_nothing_to_what_the_rooms_describe(database_url: str, other_url: str) -> None:
    migrated, made = Database(database_url), Database(other_url)
    try:
        await migrate(migrated)
        async with made.transaction() as db:
            await db.run_sync(_make_all)
        async with migrated.reading() as one, made.reading() as other:
            found, wanted = await one.run_sync(described), await other.run_sync(described)
            for kind in wanted:
                assert found[kind] - wanted[kind] == set(), f"only migrated: {kind}"
                assert wanted[kind] - found[kind] == set(), f"only in the rooms: {kind}"
            for table in ("ledger_currency", "ledger_account_kind", "metering_tariffs"):
                rows = text(f"select * from {table}")
                assert set((await one.execute(rows)).all()) == set(
                    (await other.execute(rows)).all()
                )
    finally:
        await migrated.close()
        await made.close()


async def test_from_every_revision(database_url: str, other_url: str) -> None:
    """One revision at a time leads to the same place as all at once."""
    stepped, straight = Database(database_url), Database(other_url)
    try:
        for file in sorted((ROOT / "migrations" / "versions").glob("0*.py")):
            await migrate(stepped, file.name.partition("_")[0])
        await migrate(stepped)
        await migrate(straight)
        async with stepped.reading() as one, straight.reading() as other:
            assert await one.run_sync(described) == await other.run_sync(described)
    finally:
        await stepped.close()
        await straight.close()


async def test_a_meter_that_runs_finds_its_owner_after_the_migration(database_url: str) -> None:
    """Served by the release before shards; its session goes on under the one after."""
    told = {
        "session": "S-2026-000001", "state": "running", "tariff": host_pays_tariff().to_json(),
        "payer": '["PREPAID","bob","RUB"]', "credit": '["COMMISSION","","RUB"]', "clock_s": 70,
        "ticks": 2, "paid_s": 120, "charged_minor": 200, "exact": "200", "windows": "[[1,null]]",
        "cause": "start", "warned": "[]", "refused": False, "funded_s": 600, "receipt_hash": "",
        "version": 3, "armed_us": 0, "saved_us": 0, "due_second": 100,
    }  # fmt: skip
    database = Database(database_url)
    try:
        await migrate(database, "0021")
        columns, values = ", ".join(told), ", ".join(f":{name}" for name in told)
        async with database.transaction() as db:
            await db.execute(
                text(f"INSERT INTO metering_meters ({columns}) VALUES ({values})"), told
            )
        await migrate(database)
        async with database.reading() as db:
            meter = await load(db, "S-2026-000001")
            shard = await db.scalar(text("SELECT shard FROM metering_meters"))
        assert (meter.clock_s, meter.ticks, meter.payer.owner) == (70, 2, "bob")
        assert shard == shard_of(meter.payer)
    finally:
        await database.close()


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    try:
        await migrate(database)
        async with database.reading() as db:
            before = await db.run_sync(described)
        await migrate(database)
        async with database.reading() as db:
            assert await db.run_sync(described) == before
    finally:
        await database.close()


def test_alembic_by_hand_reads_setup_cfg(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "-c", "setup.cfg", "upgrade", "head"],
        cwd=ROOT,
        env={"MINUTA_DATABASE_URL": f"sqlite:///{tmp_path}/hand.db", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "hand.db").exists()
