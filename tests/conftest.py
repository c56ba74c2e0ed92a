"""Databases for the tests: SQLite in a file, PostgreSQL in a cluster of its own.

`db` is a connection inside one transaction that is rolled back; every test that takes it
runs twice, once on each database. `database_url` gives an empty, migrated database by URL to
tests that start real processes.
"""

import asyncio
import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import MetaData, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from xdist.scheduler import LoadScopeScheduling

from tests.moulds import poured
from tests.rooms import metadata_of_all

BACKENDS = ("sqlite", "postgresql")

# Real media and real processes are measured in seconds and share ports, browsers and the clock of
# the machine: one worker runs them one after another, the other workers run all the rest.
REAL_TIME = (
    "tests/bench",
    "tests/metering/test_killed.py",
    "tests/networks",
    "tests/relay/test_browsers.py",
    "tests/relay/fuzz",
    "tests/relay/janus/test_process.py",
    "tests/relay/test_crew.py",
    "tests/relay/test_engine.py",
    "tests/relay/test_failures.py",
    "tests/relay/test_hostile.py",
    "tests/relay/test_turn.py",
    "tests/scenarios/test_crowd.py",
    "tests/test_kill.py",
    "tests/test_relay_kill.py",
    "tests/web/test_demo.py",
    "tests/web/test_firefox.py",
    "tests/web/test_room_browser.py",
    "tests/web/test_room_money_browser.py",
    "tests/web/test_serve.py",
)


class RealTimeApart(LoadScopeScheduling):
    """Every test may go to any worker, but those of real time go to one, and begin first."""

    def _split_scope(self, nodeid: str) -> str:
        return "real time" if nodeid.startswith(REAL_TIME) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> RealTimeApart:
    return RealTimeApart(config, log)


def _bin(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not found:
        raise RuntimeError(f"{name} is missing: run `make system`")
    return str(found[-1])


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _as_postgres(*command: str) -> None:
    """initdb and postgres refuse root; as root they run as the postgres account."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *command], check=False, capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """URL prefix of a private PostgreSQL cluster, fsync off, gone after the run."""
    home = Path(tempfile.mkdtemp(prefix="minuta-pg-"))
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(home, account.pw_uid, account.pw_gid)
    data, port = home / "data", free_port()
    _as_postgres(
        _bin("initdb"),
        "-D",
        str(data),
        "-U",
        "minuta",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    )
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home}"
        " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
    )
    _as_postgres(
        _bin("pg_ctl"), "-D", str(data), "-w", "-l", str(home / "log"), "-o", options, "start"
    )
    try:
        yield f"postgresql+asyncpg://minuta@127.0.0.1:{port}"
    finally:
        _as_postgres(_bin("pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


async def new_database(cluster: str) -> str:
    """Create an empty database in the cluster; answer its URL."""
    url = _new_url(cluster)
    await _to_server(url, "create database {name}")
    return url


def _new_url(cluster: str) -> str:
    return f"{cluster}/t{uuid.uuid4().hex[:12]}"


async def _to_server(url: str, command: str) -> None:
    """A command about a whole database, whose `name` is the last part of the URL."""
    server, name = url.replace("+asyncpg", "").rsplit("/", 1)
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(command.format(name=name))
    finally:
        await connection.close()


def tune_sqlite(engine: AsyncEngine) -> None:
    """The driver's own transaction handling off; every transaction BEGIN IMMEDIATE."""

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection, _record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=10000")

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("BEGIN IMMEDIATE")


async def create_all(engine: AsyncEngine, metadata: list[MetaData]) -> None:
    async with engine.begin() as connection:
        for one in metadata:
            await connection.run_sync(one.create_all)


@pytest.fixture(scope="session")
def _postgres_url(cluster: str) -> str:
    """One database with the whole schema, shared by the tests that roll back."""

    async def make() -> str:
        url = await new_database(cluster)
        await _with_tables(url)
        return url

    return asyncio.run(make())


@pytest.fixture(scope="session")
def _sqlite_url() -> Iterator[str]:
    home = Path(tempfile.mkdtemp(prefix="minuta-sqlite-"))
    url = f"sqlite+aiosqlite:///{home}/test.db"

    asyncio.run(_with_tables(url))
    yield url
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shared_url(backend: str, request: pytest.FixtureRequest) -> str:
    name = "_sqlite_url" if backend == "sqlite" else "_postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def bare_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of one's own that is still to be made; gone after the test.

    Whoever pours a mould into it need not have an empty one made and dropped before. What is
    dropped at once is never written to the disk.
    """
    if backend == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/fresh.db"
        return
    url = _new_url(request.getfixturevalue("cluster"))
    yield url
    asyncio.run(_to_server(url, "drop database if exists {name} with (force)"))


@pytest.fixture
def database_url(backend: str, bare_url: str) -> str:
    """An empty database of one's own, without tables; with `fresh_engine` the one it has poured."""
    if backend == "postgresql":
        with contextlib.suppress(asyncpg.DuplicateDatabaseError):
            asyncio.run(_to_server(bare_url, "create database {name}"))
    return bare_url


@pytest.fixture
async def db(backend: str, shared_url: str) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction that never commits."""
    engine = create_async_engine(shared_url, poolclass=NullPool)
    if backend == "sqlite":
        tune_sqlite(engine)
    async with engine.connect() as connection:
        transaction = await connection.begin()
        try:
            yield connection
        finally:
            await transaction.rollback()
    await engine.dispose()


async def _with_tables(url: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    if url.startswith("sqlite"):
        tune_sqlite(engine)
    await create_all(engine, metadata_of_all())
    await engine.dispose()


@pytest.fixture
async def fresh_engine(backend: str, bare_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on an empty database with the whole schema, for tests that must commit."""
    await poured(bare_url, "tables", _with_tables)
    engine = create_async_engine(bare_url)
    if backend == "sqlite":
        tune_sqlite(engine)
    yield engine
    await engine.dispose()
