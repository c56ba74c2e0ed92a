"""Databases that are made once a run and copied: making each anew takes a third of a second.

    await poured(url, "seeded", make)

`make` is called with the URL of an empty database the first time that a mould of this name is
wanted on this server, and must leave nothing open. The copy takes the place of what may be at
`url`, which nobody needs to have made.
"""

import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import asyncpg
from sqlalchemy import URL, make_url

Make = Callable[[str], Awaitable[None]]

_files: dict[str, bytes] = {}
_on_servers: set[tuple[int | None, str]] = set()


async def poured(url: str, name: str, make: Make) -> None:
    """Put a copy of the mould at the URL."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        await _pour_file(Path(target.database or ""), name, make)
    else:
        await _pour_database(target, name, make)


async def _pour_file(target: Path, name: str, make: Make) -> None:
    if name not in _files:
        with tempfile.TemporaryDirectory(prefix="minuta-mould-") as folder:
            path = Path(folder) / "mould.db"
            await make(f"sqlite+aiosqlite:///{path}")
            _files[name] = _read(path)
    _write(target, _files[name])


def _read(path: Path) -> bytes:
    """All of it, what the log still keeps included."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


def _write(path: Path, everything: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(everything)


async def _pour_database(target: URL, name: str, make: Make) -> None:
    mould = target.set(database=f"mould_{name}")
    server = target.set(drivername="postgresql", database="postgres")
    connection = await asyncpg.connect(server.render_as_string(hide_password=False))
    try:
        if (target.port, name) not in _on_servers:
            await connection.execute(f'CREATE DATABASE "{mould.database}"')
            await make(mould.render_as_string(hide_password=False))
            _on_servers.add((target.port, name))
        await connection.execute(f'DROP DATABASE IF EXISTS "{target.database}"')
        await connection.execute(f'CREATE DATABASE "{target.database}" TEMPLATE "{mould.database}"')
    finally:
        await connection.close()


async def is_empty(url: str) -> bool:
    """Whether there is no table or no database yet. A test may open its own a second time."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        return not _is_there(target.database or "")
    plain = target.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await asyncpg.connect(plain)
    except asyncpg.InvalidCatalogNameError:
        return True
    try:
        found = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        return await connection.fetchval(found) == 0
    finally:
        await connection.close()


def _is_there(path: str) -> bool:
    return Path(path).exists()
