"""A ZIP of papers: whole files, an index, digests that anybody can check."""

import asyncio
import hashlib
import subprocess
import zipfile
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import store
from reports.exports import Wanted, write_register
from reports.issuer import Issuer
from reports.paper_archive import DIGESTS, INDEX
from reports.register import Paper
from tests.reports.test_registers import EVIL, issued


async def nobody(_: int) -> None:
    """Nobody looks how far it is."""


async def test_the_files_of_a_party(db: AsyncConnection, tmp_path: Path) -> None:
    for n in range(1, 4):
        pdf = f"%PDF paper {n}".encode() * 100
        sha256 = hashlib.sha256(pdf).hexdigest()
        buyer = "c" if n < 3 else "other"
        one = issued(n, sha256=sha256, size=len(pdf), buyer=buyer, client=buyer)
        await store.write(db, Paper(one, pdf))
    wanted, first = Wanted("documents", "zip", party="c"), tmp_path / "a.zip"
    made = await write_register(db, wanted, Issuer(), first, nobody)
    again = await write_register(db, wanted, Issuer(), tmp_path / "b.zip", nobody)
    assert (made.rows, made.sha256) == (2, again.sha256)
    with zipfile.ZipFile(first) as archive:
        archive.extractall(tmp_path)
        assert archive.testzip() is None
        names = ["A-2026-000002-r1.pdf", "A-2026-000001-r1.pdf", INDEX, DIGESTS]
        assert archive.namelist() == names
        assert archive.getinfo(names[0]).date_time == (2026, 11, 20, 15, 55, 4)
        index = archive.read(INDEX).decode("utf-8-sig").splitlines()
    assert index[-1].startswith("Итого;")
    assert EVIL not in index[1].replace('""', '"').split(";")
    command = ["sha256sum", "--quiet", "-c", DIGESTS]
    await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, check=True)
    empty = Wanted("documents", "zip", party="nobody")
    nothing = await write_register(db, empty, Issuer(), tmp_path / "c.zip", nobody)
    assert nothing.rows == 0
