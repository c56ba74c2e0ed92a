"""The list of sessions: what each filter finds on both databases, and sums of all of it."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import SessionsAsked, last_before, session_lines, session_totals
from tests.reports.list_builders import ANNA, IVAN, MARIA, NOON, add_people, add_session

HOUR = timedelta(hours=1)
OPEN = {"state": "live", "outcome": None, "ended_us": None, "settled_us": None}
NOTHING = dict.fromkeys(("total_minor", "platform_minor", "provider_minor", "refunded_minor"))


async def told(db: AsyncConnection) -> dict[str, str]:
    """Six sessions, by a short name."""
    await add_people(db)
    undecided = {"state": "ended", "outcome": None, "settled_us": None, **NOTHING}
    return {
        "resolved": await add_session(db, 1),
        "maria": await add_session(db, 2, client=MARIA, topic="Отчёт по НДС"),
        "undecided": await add_session(db, 3, **undecided),
        "own": await add_session(db, 4, plan="host-pays"),
        "asked": await add_session(db, 5, host=MARIA, client=IVAN, outcome="unresolved"),
        "running": await add_session(db, 0, client=MARIA, **OPEN, **NOTHING),
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"resolved", "maria", "undecided", "own", "asked", "running"}),
        ({"side": "client"}, {"asked"}),
        ({"side": "host", "over": True}, {"resolved", "maria", "undecided", "own"}),
        ({"who": "МАРИЯ"}, {"maria", "asked", "running"}),
        ({"who": "куЗнецов"}, set()),  # the other side's name, never one's own
        ({"topic": "отчет"}, {"maria"}),
        ({"topic": "п*"}, set()),
        ({"outcome": "unresolved"}, {"asked"}),
        ({"outcome": "undecided"}, {"undecided"}),
        ({"outcome": "done"}, {"own"}),
        ({"outcome": "open"}, {"running"}),
        ({"since": NOON - 2 * HOUR, "until": NOON - HOUR}, {"maria"}),
    ],
)
async def test_what_a_filter_finds(
    db: AsyncConnection, asked: dict[str, str], found: set[str]
) -> None:
    numbers = await told(db)
    wanted = SessionsAsked(IVAN, **asked)  # type: ignore[arg-type]
    lines = await session_lines(db, wanted)
    assert {one.number for one in lines} == {numbers[name] for name in found}
    sums = await session_totals(db, wanted)
    assert (sums.count, sums.clock_s) == (len(lines), sum(one.clock_s for one in lines))
    assert sums.charged == ({"RUB": sum(one.charged for one in lines)} if lines else {})


async def test_pages_are_the_list_in_pieces(db: AsyncConnection) -> None:
    await told(db)
    mine = SessionsAsked(IVAN)
    whole = await session_lines(db, mine)
    assert [one.number for one in whole] == sorted((one.number for one in whole), reverse=True)
    pieces = [one for skip in (0, 4, 8) for one in await session_lines(db, mine, 4, skip)]
    assert pieces == whole


async def test_who_sees_which_money(db: AsyncConnection) -> None:
    """A client whose consultant pays none; both sides of the others, and the office, all."""
    numbers = await told(db)
    own = numbers["own"]
    seen = {}
    for party in (IVAN, ANNA, ""):
        [line] = [one for one in await session_lines(db, SessionsAsked(party)) if one.number == own]
        seen[party] = (line.charged, line.platform, line.clock_s)
    assert seen == {IVAN: (1000, 1000, 600), ANNA: (0, 0, 600), "": (1000, 1000, 600)}
    assert (await session_totals(db, SessionsAsked(ANNA))).charged == {"RUB": 40_000}
    assert await session_lines(db, SessionsAsked("nobody")) == []


async def test_the_last_session_before_an_empty_month(db: AsyncConnection) -> None:
    await told(db)
    until = NOON + timedelta(days=60)
    found = await last_before(db, SessionsAsked(IVAN, "client", until=until, over=True))
    assert found == NOON - 5 * HOUR
    assert await last_before(db, SessionsAsked("nobody", until=until, over=True)) is None
