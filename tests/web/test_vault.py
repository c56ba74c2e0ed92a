"""Bytes of files on the disk: appended where they end, and gone when they are erased."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from web.errors import WrongOffset
from web.vault import Vault

WHERE = ("S-2026-000001", "file-0001")


async def parts(*found: bytes, broken: bool = False) -> AsyncIterator[bytes]:
    for one in found:
        yield one
    if broken:
        raise ConnectionResetError


async def test_parts_follow_each_other(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    assert vault.have(*WHERE) == 0
    assert await vault.add(*WHERE, 0, 4, parts(b"ab", b"cd")) == 4
    with pytest.raises(WrongOffset) as refused:
        await vault.add(*WHERE, 2, 4, parts(b"xx"))
    assert refused.value.have == 4
    assert await vault.add(*WHERE, 4, 2, parts(b"efgh")) == 6, "no more than the part is long"
    assert vault.path(*WHERE).read_bytes() == b"abcdef"
    assert await vault.head(*WHERE, 3) == b"abc"


async def test_what_came_of_a_broken_part_stays(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    with pytest.raises(ConnectionResetError):
        await vault.add(*WHERE, 0, 9, parts(b"abc", broken=True))
    assert vault.have(*WHERE) == 3


async def test_erased_is_erased(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "files")
    await vault.add(*WHERE, 0, 1, parts(b"a"))
    await vault.erase(*WHERE)
    await vault.erase(*WHERE)
    assert list((tmp_path / "files").iterdir()) == []
