"""Sessions of a party as lines: found, counted, added up. Reads other rooms' tables, only."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.parties import schema as parties
from broker.sessions import schema as sessions
from metering import schema as metering
from reports.finding import contains
from reports.moments import microseconds, moment
from reports.queries import moment_of
from reports.tally import OVER, SessionLine

HOST, CLIENT = "host", "client"
_S, _M, _P = sessions.sessions, metering.meters, parties.people
_CLOSED = (*OVER, "cancelled")


@dataclass(frozen=True, slots=True)
class SessionsAsked:
    """Which sessions. `party` "" is everybody's; `side` is the party's: "host", "client" or ""
    for both. `since` is inclusive, `until` exclusive: of the end, or of the making of what has not
    ended. `who` is a part of the other side's name, `outcome` one of `tally.OUTCOMES`; `over`: only
    sessions that took place and ended."""

    party: str
    side: str = ""
    since: datetime | None = None
    until: datetime | None = None
    who: str = ""
    topic: str = ""
    outcome: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """How many sessions there are, and in each currency what was charged, minor units."""

    count: int
    clock_s: int
    charged: dict[str, int]


async def session_totals(db: AsyncConnection, asked: SessionsAsked) -> Found:
    """What the filter finds, added up over all its pages."""
    sums = (func.count(), func.sum(_M.c.clock_s), func.sum(_seen(asked, _charged())))
    both = _joined(asked).outerjoin(_M, _M.c.session == _S.c.number)
    grouped = select(_S.c.tariff, *sums).select_from(both).where(*_where(db, asked))
    count = clock_s = 0
    charged: dict[str, int] = {}
    for tariff, n, seconds, minor in await db.execute(grouped.group_by(_S.c.tariff)):
        count, clock_s = count + n, clock_s + int(seconds or 0)
        currency = currency_of(tariff)
        charged[currency] = charged.get(currency, 0) + int(minor or 0)
    return Found(count, clock_s, charged)


async def session_lines(
    db: AsyncConnection, asked: SessionsAsked, limit: int | None = None, skip: int = 0
) -> list[SessionLine]:
    """The newest first. A page is chosen by numbers alone: rows are long, and sorting them slow."""
    query, newest = _lines(asked), _S.c.number.desc()
    if limit is None:
        query = query.where(*_where(db, asked))
    else:
        numbers = select(_S.c.number).select_from(_joined(asked)).where(*_where(db, asked))
        query = query.where(_S.c.number.in_(numbers.order_by(newest).limit(limit).offset(skip)))
    query = query.order_by(newest)
    return [_line(row) for row in (await db.execute(query)).mappings()]


async def last_before(db: AsyncConnection, asked: SessionsAsked) -> datetime | None:
    """When the last session before `asked.until` ended, of those that are over."""
    query = select(func.max(_S.c.ended_us)).where(*_where(db, asked))
    return moment_of((await db.execute(query)).scalar_one())


def currency_of(tariff: str) -> str:
    return str(json.loads(tariff).get("currency", "RUB"))


def _joined(asked: SessionsAsked) -> Any:
    """What a filter may ask about."""
    return _S.outerjoin(_P, _P.c.id == _S.c.host) if asked.who else _S


def _lines(asked: SessionsAsked) -> Select[Any]:
    host_name = _P.c.name.label("host_name")
    facts = (_S.c.number, _S.c.topic, _S.c.plan, _S.c.tariff, _S.c.state, _S.c.outcome)
    times = (_S.c.created_us, _S.c.started_us, _S.c.ended_us, _M.c.clock_s)
    parts = (_S.c.platform_minor, _S.c.provider_minor, _S.c.refunded_minor)
    money = [_seen(asked, one).label(one.name) for one in parts]
    charged = _seen(asked, _charged()).label("charged")
    sides = (_S.c.host, host_name, _S.c.client, _S.c.client_name)
    both = _S.outerjoin(_M, _M.c.session == _S.c.number).outerjoin(_P, _P.c.id == _S.c.host)
    return select(*facts, *times, *sides, charged, *money).select_from(both)


def _charged() -> ColumnElement[int]:
    """As it was divided; until then as the meter has it."""
    return func.coalesce(_S.c.total_minor, _M.c.charged_minor, 0)


def _seen(asked: SessionsAsked, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A client whose consultant pays sees none of it."""
    if not asked.party:
        return column
    theirs = and_(_S.c.plan == "host-pays", _S.c.host != asked.party)
    return case((theirs, 0), else_=column)


def _where(db: AsyncConnection, asked: SessionsAsked) -> Sequence[ColumnElement[bool]]:
    found = [_mine(asked)]
    if asked.over:
        found += [_S.c.state.in_(OVER), _S.c.client.is_not(None)]
    day = _S.c.ended_us if asked.over else func.coalesce(_S.c.ended_us, _S.c.created_us)
    if asked.since:
        found.append(day >= microseconds(asked.since))
    if asked.until:
        found.append(day < microseconds(asked.until))
    if asked.who:
        found.append(_named(db, asked))
    if asked.topic:
        found.append(contains(db, _S.c.topic, asked.topic))
    if asked.outcome:
        found.append(_became(asked.outcome))
    return found


def _mine(asked: SessionsAsked) -> ColumnElement[bool]:
    if not asked.party:
        return true()
    sides = {HOST: _S.c.host == asked.party, CLIENT: _S.c.client == asked.party}
    return sides.get(asked.side, or_(*sides.values()))


def _named(db: AsyncConnection, asked: SessionsAsked) -> ColumnElement[bool]:
    host, client = (contains(db, name, asked.who) for name in (_P.c.name, _S.c.client_name))
    if not asked.party:
        return or_(host, client)
    return or_(and_(_S.c.host != asked.party, host), and_(_S.c.host == asked.party, client))


def _became(outcome: str) -> ColumnElement[bool]:
    silent = _S.c.outcome.is_(None)
    return {
        "done": and_(silent, _S.c.state == "settled"),
        "undecided": and_(silent, _S.c.state == "ended"),
        "cancelled": _S.c.state == "cancelled",
        "open": _S.c.state.not_in(_CLOSED),
    }.get(outcome, _S.c.outcome == outcome)


def _line(row: RowMapping) -> SessionLine:
    return SessionLine(
        number=row["number"],
        began_at=moment(row["started_us"] or row["created_us"]),
        ended_at=moment_of(row["ended_us"]),
        topic=row["topic"],
        plan=row["plan"],
        state=row["state"],
        outcome=row["outcome"] or "",
        host=(row["host"], row["host_name"] or ""),
        client=(row["client"] or "", row["client_name"] or ""),
        clock_s=row["clock_s"] or 0,
        charged=row["charged"],
        platform=row["platform_minor"] or 0,
        consultant=row["provider_minor"] or 0,
        refunded=row["refunded_minor"] or 0,
        currency=currency_of(row["tariff"]),
    )
