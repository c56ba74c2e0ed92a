"""Rows of prepared files: asked for, held by whoever makes them, ready until they expire."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from metering import microseconds, moment
from reports import RegisterFile, Wanted
from web.schema import exports

LIST_MAX = 50
_UNDER_WAY = ("waiting", "making")


@dataclass(frozen=True, slots=True)
class Export:
    """`wanted.party` is set when only the party's own papers were asked for. `done` of `total` were
    looked at; `rows` and what follows are known when it is ready. An `archive` also has everything
    else that is kept about the party."""

    id: str
    party: str
    wanted: Wanted
    state: str
    done: int
    total: int
    rows: int
    size: int
    sha256: str
    tries: int
    asked_at: datetime
    expires_at: datetime
    archive: bool = False


async def ask(
    db: AsyncConnection,
    id: str,
    party: str,
    wanted: Wanted,
    at: datetime,
    kept: timedelta,
    archive: bool = False,
) -> None:
    """Put it into the line."""
    facts: dict[str, Any] = asdict(wanted) | {"party": party, "own": wanted.party is not None}
    facts["archive"] = archive
    facts["numbers"] = " ".join(wanted.numbers)
    counts = dict.fromkeys(("done", "total", "rows", "size", "tries", "held_us"), 0)
    times = {"asked_us": microseconds(at), "expires_us": microseconds(at + kept)}
    row = facts | counts | times | {"id": id, "state": "waiting", "sha256": ""}
    await db.execute(insert(exports).values(row))


async def under_way(db: AsyncConnection, party: str) -> int:
    """How many of a party's files are not made yet."""
    mine = and_(exports.c.party == party, exports.c.state.in_(_UNDER_WAY))
    return int((await db.execute(select(func.count()).where(mine))).scalar_one())


async def listed(db: AsyncConnection, party: str, at: datetime) -> list[Export]:
    """A party's files that have not expired, the newest first."""
    mine = and_(exports.c.party == party, exports.c.expires_us > microseconds(at))
    query = select(exports).where(mine).order_by(exports.c.asked_us.desc(), exports.c.id)
    return [_export(row) for row in (await db.execute(query.limit(LIST_MAX))).mappings()]


async def one(db: AsyncConnection, id: str) -> Export | None:
    row = (await db.execute(select(exports).where(exports.c.id == id))).mappings().first()
    return _export(row) if row else None


async def waits(db: AsyncConnection, at: datetime) -> bool:
    """Whether `claim` would find one: asked without the writer, which charges wait for."""
    query = select(exports.c.id).where(_free(at)).limit(1)
    return (await db.execute(query)).first() is not None


async def claim(db: AsyncConnection, at: datetime, lease: timedelta) -> Export | None:
    """The longest waiting that nobody holds, held for `lease` from now on."""
    query = select(exports).where(_free(at)).order_by(exports.c.asked_us).limit(1)
    row = (await db.execute(query)).mappings().first()
    if row is None:
        return None
    same = and_(exports.c.id == row["id"], exports.c.held_us == row["held_us"])
    taken = {
        "state": "making",
        "held_us": microseconds(at + lease),
        "tries": row["tries"] + 1,
        "done": 0,
    }
    moved = await db.execute(update(exports).where(same).values(taken))
    return _export({**row, **taken}) if moved.rowcount == 1 else None


async def tell(
    db: AsyncConnection, id: str, done: int, total: int, at: datetime, lease: timedelta
) -> None:
    """How far it is; whoever tells goes on holding it."""
    values = {"done": done, "total": max(done, total), "held_us": microseconds(at + lease)}
    await db.execute(update(exports).where(exports.c.id == id).values(values))


async def ready(
    db: AsyncConnection, id: str, file: RegisterFile, at: datetime, kept: timedelta
) -> None:
    """Made; the file is kept from now."""
    facts = {"state": "ready", "rows": file.rows, "size": file.size, "sha256": file.sha256}
    values = facts | {"done": exports.c.total, "expires_us": microseconds(at + kept)}
    made = and_(exports.c.id == id, exports.c.state == "making")  # else its owner is gone
    await db.execute(update(exports).where(made).values(values))


async def failed(db: AsyncConnection, id: str) -> None:
    await db.execute(update(exports).where(exports.c.id == id).values(state="failed"))


async def again(db: AsyncConnection, id: str, at: datetime) -> None:
    """Let go of; begun again at `at`."""
    values = {"state": "waiting", "held_us": microseconds(at)}
    await db.execute(update(exports).where(exports.c.id == id).values(values))


async def expired(db: AsyncConnection, at: datetime) -> list[str]:
    """Ids of what is not kept any longer."""
    old = exports.c.expires_us <= microseconds(at)
    query = select(exports.c.id).where(old, exports.c.held_us <= microseconds(at)).limit(LIST_MAX)
    return list((await db.execute(query)).scalars())


async def expire(db: AsyncConnection, party: str, at: datetime) -> None:
    """All of a party's files may go now, those that are not made yet too."""
    mine = update(exports).where(exports.c.party == party)
    await db.execute(mine.values(state="failed", expires_us=microseconds(at)))


async def forget(db: AsyncConnection, id: str) -> None:
    await db.execute(delete(exports).where(exports.c.id == id))


def _free(at: datetime) -> ColumnElement[bool]:
    return and_(exports.c.state.in_(_UNDER_WAY), exports.c.held_us <= microseconds(at))


def _export(row: RowMapping | dict[str, Any]) -> Export:
    since: date | None = row["since"]
    own = row["party"] if row["own"] else None
    asked = (row["register"], row["form"], since, row["until"], row["kind"], own, row["who"])
    wanted = Wanted(*asked, tuple(row["numbers"].split()))
    names = ("id", "party", "state", "done", "total", "rows", "size", "sha256", "tries", "archive")
    plain = {name: row[name] for name in names}
    asked_at, expires_at = moment(row["asked_us"]), moment(row["expires_us"])
    return Export(wanted=wanted, asked_at=asked_at, expires_at=expires_at, **plain)
