"""The transparency log in public: what is shown proves itself by the tree's own checks."""

from typing import Any

from sqlalchemy import text

from reports import log_verbs
from reports.checkpoints import LogPublicKey, opened
from reports.merkle import consistent, leaf_hash, root_by_inclusion
from tests.web.asking import JSON, ask
from tests.web.serving import Served
from web.keys import SEALER
from web.log_page import tended

COUNT = 7
WRONG = {
    "/log/proof": 422,
    "/log/proof?index=x": 422,
    "/log/proof?index=-1": 422,
    "/log/proof?index=9999999999999999999": 422,
    f"/log/proof?index={COUNT}": 404,
    f"/log/proof?index=0&size={COUNT + 1}": 404,
    "/log/proof?leaf=zz": 422,
    f"/log/proof?leaf={'0' * 64}": 404,
    "/log/consistency": 422,
    "/log/consistency?from=0": 404,
    "/log/consistency?from=2&to=1": 404,
    "/log/checkpoints?below=x": 422,
}


async def filled(served: Served) -> None:
    """Entries, a checkpoint after each."""
    async with served.database.transaction() as db:
        for n in range(COUNT):
            await log_verbs.append(db, b"entry %d" % n, f"subject {n}", served.clock())
            await log_verbs.sign(db, served.app[SEALER].log, served.clock())


async def value(served: Served, path: str) -> Any:
    told = await ask(served, "GET", path, headers=JSON)
    assert told.status == 200, (path, told.text[:200])
    return told.value


async def test_proofs_hold_under_the_published_checkpoint(served: Served) -> None:
    await filled(served)
    page = await value(served, "/log")
    key = LogPublicKey.parse((await ask(served, "GET", "/log/key")).text)
    assert key.text == page["key"]
    checkpoint = opened((await ask(served, "GET", "/log/checkpoint")).text, key)
    assert (checkpoint.size, checkpoint.root.hex()) == (COUNT, page["latest"]["root"])
    for n in range(COUNT):
        leaf = leaf_hash(b"entry %d" % n)
        proof = await value(served, f"/log/proof?leaf={leaf.hex()}")
        assert proof == await value(served, f"/log/proof?index={n}")
        path = [bytes.fromhex(one) for one in proof["path"]]
        assert root_by_inclusion(proof["index"], COUNT, leaf, path) == checkpoint.root
    told = await value(served, "/log/checkpoints")
    assert ([one["size"] for one in told["checkpoints"]], told["below"]) == (
        list(range(COUNT, 0, -1)),
        None,
    )
    was = opened(told["checkpoints"][-3]["note"], key)
    grown = await value(served, f"/log/consistency?from={was.size}")
    path = [bytes.fromhex(one) for one in grown["path"]]
    assert consistent(was.size, COUNT, was.root, checkpoint.root, path)
    early = await value(served, f"/log/proof?index=2&size={was.size}")
    assert early["root"] == was.root.hex()
    for wrong, status in WRONG.items():
        assert (await ask(served, "GET", wrong, headers=JSON)).status == status, wrong


async def test_the_page_says_what_it_is_in_both_languages(served: Served) -> None:
    assert (await ask(served, "GET", "/log/checkpoint")).status == 404
    assert "Документов ещё не выпускали" in (await ask(served, "GET", "/log")).text
    await filled(served)
    assert "Последняя контрольная точка" in (await ask(served, "GET", "/log")).text
    assert "Latest checkpoint" in (await ask(served, "GET", "/log", language="en")).text


async def test_the_log_is_tended(served: Served) -> None:
    """A leaf without a checkpoint gets one."""
    async with served.database.transaction() as db:
        await log_verbs.append(db, b"entry", "subject", served.clock())
    assert await tended(served.app) is False
    assert await tended(served.app) is False
    async with served.database.reading() as db:
        made = (await db.execute(text("select size from reports_log_checkpoints"))).scalars().all()
    assert made == [1]
