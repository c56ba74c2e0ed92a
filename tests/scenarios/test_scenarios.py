"""Plays every scenario on both databases.

Lines: `mm:ss who does what`, `refused who does what`, `expect what is`. Money is in roubles.
"""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import AccountKind, Money, Outcome
from tests.scenarios.stage import Stage

HERE = Path(__file__).parent
SCENARIOS = {path.stem: path.read_text() for path in sorted(HERE.glob("*.txt"))}


def money(text: str) -> Money:
    whole, _, part = text.partition(".")
    return Money(int(whole) * 100 + int(part))


def deed(stage: Stage, line: str) -> Callable[[], Awaitable[None]]:
    """What a line asks of the stage."""
    if found := re.fullmatch(r"(host|client) tops up (\S+)", line):
        return lambda: stage.tops_up(found[1], money(found[2]))
    if found := re.fullmatch(r"(host|client) is granted (\S+) for (\d+) days", line):
        return lambda: stage.granted(found[1], money(found[2]), int(found[3]))
    if found := re.fullmatch(r'host opens (host-pays|client-pays)(?: at (\S+))? "(.+)"', line):
        return lambda: stage.opens(found[1], money(found[2] or "20.00"), found[3])
    if found := re.fullmatch(r"client joins( as guest)?", line):
        return lambda: stage.joins(bool(found[1]))
    if found := re.fullmatch(r"both seen for (\d+) s", line):
        return lambda: stage.seen([stage.number], int(found[1]))
    if found := re.fullmatch(r"every session seen for (\d+) s", line):
        return lambda: stage.seen(stage.numbers, int(found[1]))
    if found := re.fullmatch(r"(host|client) (starts|pauses|resumes|ends)", line):
        return simple(stage, found[1], found[2])
    if found := re.fullmatch(
        r'client says (resolved|unresolved)(?: without a comment| "(.+)")?', line
    ):
        return lambda: stage.says(Outcome[found[1].upper()], found[2] or "")
    assert line == "the clock reaches the window", line
    return stage.window_closes


def simple(stage: Stage, who: str, does: str) -> Callable[[], Awaitable[None]]:
    return {
        "starts": lambda: stage.starts(who),
        "pauses": lambda: stage.pauses(who),
        "resumes": lambda: stage.resumes(who),
        "ends": lambda: stage.ends(who),
    }[does]


async def expect(stage: Stage, line: str) -> None:
    if found := re.fullmatch(r"(?:all )?billed (\d+) minutes?", line):
        assert await stage.billed() == int(found[1])
    elif found := re.fullmatch(r"counted (\d+) seconds", line):
        assert await stage.counted() == int(found[1])
    elif found := re.fullmatch(r"(host|client) (prepaid|earnings) (\S+)", line):
        owner = stage.people[found[1]].id
        assert await stage.posted(AccountKind[found[2].upper()], owner) == money(found[3])
    elif found := re.fullmatch(r"(host|client) credit (\S+)", line):
        assert await stage.credit(found[1]) == money(found[2])
    elif found := re.fullmatch(r"promo cost (\S+)", line):
        assert -await stage.posted(AccountKind.PROMO_COST, "") == money(found[1])
    elif found := re.fullmatch(r"commission (\S+)", line):
        assert await stage.posted(AccountKind.COMMISSION, "") == money(found[1])
    elif found := re.fullmatch(r"escrow (\S+)", line):
        assert await stage.posted(AccountKind.ESCROW, stage.number) == money(found[1])
    elif line == "session settled":
        assert await stage.state() == "settled"
    else:
        assert line == "session over", line
        assert await stage.state() in {"ended", "settled"}


@pytest.mark.parametrize("name", SCENARIOS)
async def test_scenario(db: AsyncConnection, name: str) -> None:
    stage = Stage(db)
    await stage.prepare()
    for raw in SCENARIOS[name].splitlines():
        line = raw.split("#")[0].strip()
        if not line:
            continue
        if line.startswith("expect "):
            await expect(stage, line.removeprefix("expect "))
        elif line.startswith("refused "):
            await stage.refused(deed(stage, line.removeprefix("refused ")))
        else:
            moment, _, rest = line.partition(" ")
            minutes, _, seconds = moment.partition(":")
            stage.to(int(minutes), int(seconds))
            await deed(stage, rest.strip())()
    assert await stage.audit() == []
