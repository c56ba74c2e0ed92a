"""The room's SQL, portable over SQLite and PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, insert, select, tuple_, union, update
from sqlalchemy import or_ as any_of
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from broker.sessions import rows, rows_recording, schema
from broker.sessions.disputes import Dispute
from broker.sessions.errors import SessionUnknown
from broker.sessions.files import File
from broker.sessions.invites import Invite
from broker.sessions.presence import Presence
from broker.sessions.record import Fact
from broker.sessions.recording import Recording, RecordingState
from broker.sessions.reviews import Review
from broker.sessions.session import Role, Session, State
from broker.sessions.talk import Line

NAMES_AT_ONCE = 1000  # parameters of a statement have a limit on both databases


def _upsert(db: AsyncConnection, table: Any) -> Any:
    return (postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert)(table)


async def next_number(db: AsyncConnection, year: int) -> str:
    """The next of the year, gapless within committed transactions: S-2026-000001."""
    table = schema.numbers
    statement = _upsert(db, table).values(year=year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=["year"], set_={"last": table.c.last + 1}
    ).returning(table.c.last)
    last = (await db.execute(statement)).scalar_one()
    return f"S-{year}-{last:06d}"


async def add_session(db: AsyncConnection, session: Session) -> None:
    await db.execute(insert(schema.sessions).values(**rows.session_values(session)))


async def save_session(db: AsyncConnection, session: Session) -> None:
    table = schema.sessions
    values = rows.session_values(session)
    await db.execute(update(table).where(table.c.number == values.pop("number")).values(**values))


async def find_session(db: AsyncConnection, number: str, lock: bool = False) -> Session | None:
    query = select(schema.sessions).where(schema.sessions.c.number == number)
    query = query.with_for_update() if lock else query
    row = (await db.execute(query)).mappings().one_or_none()
    return None if row is None else rows.session_of(dict(row))


async def load(db: AsyncConnection, number: str) -> Session:
    """Raises: SessionUnknown."""
    found = await find_session(db, number)
    if found is None:
        raise SessionUnknown(number)
    return found


async def lock(db: AsyncConnection, number: str) -> Session:
    """The session, nobody else's to change until the transaction ends. Raises: SessionUnknown."""
    found = await find_session(db, number, lock=True)
    if found is None:
        raise SessionUnknown(number)
    return found


async def sessions_named(
    db: AsyncConnection, numbers: Iterable[str], lock: bool = False
) -> list[Session]:
    """Those of them that there are, in the order of their numbers, which is that of the locks."""
    table = schema.sessions
    query = select(table).where(table.c.number.in_(list(numbers))).order_by(table.c.number)
    found = await db.execute(query.with_for_update() if lock else query)
    return [rows.session_of(dict(row)) for row in found.mappings()]


async def save_sessions(db: AsyncConnection, changed: Iterable[Session]) -> None:
    """One statement for all of them."""
    table, values = schema.sessions, [rows.session_values(session) for session in changed]
    if values:
        mine = update(table).where(table.c.number == bindparam("b_number"))
        names: dict[str, Any] = {name: bindparam(name) for name in values[0] if name != "number"}
        await db.execute(mine.values(**names), [{**v, "b_number": v["number"]} for v in values])


async def sessions_of(
    db: AsyncConnection, party: str, limit: int, before: str | None
) -> list[Session]:
    """The newest first, below a number. Each side has an index; an OR of both would sort all."""
    table, number = schema.sessions, schema.sessions.c.number
    older = [number < before] if before is not None else []
    sides = [select(number).where(one == party, *older) for one in (table.c.host, table.c.client)]
    newest = [select(one.order_by(number.desc()).limit(limit).subquery()) for one in sides]
    query = select(table).where(number.in_(union(*newest))).order_by(number.desc()).limit(limit)
    return [rows.session_of(dict(row)) for row in (await db.execute(query)).mappings()]


async def page_of(db: AsyncConnection, after: str, limit: int) -> list[Session]:
    """All of them in the order of their numbers; `after` is where the last page ended."""
    table = schema.sessions
    query = select(table).where(table.c.number > after).order_by(table.c.number).limit(limit)
    return [rows.session_of(dict(row)) for row in (await db.execute(query)).mappings()]


async def sessions_in(
    db: AsyncConnection, states: Iterable[State], due_by: datetime | None = None, limit: int = 1000
) -> list[Session]:
    """By state; with `due_by` only those whose time for an outcome is over by then."""
    table = schema.sessions
    query = select(table).where(table.c.state.in_(sorted(state.value for state in states)))
    if due_by is not None:
        query = query.where(table.c.outcome_due_us <= rows.to_us(due_by))
    query = query.order_by(table.c.number).limit(limit)
    return [rows.session_of(dict(row)) for row in (await db.execute(query)).mappings()]


async def contested(db: AsyncConnection, outcome: str, after: str, limit: int) -> list[Session]:
    """Charged sessions of paying clients by outcome; unresolved ones oldest first, others newest
    first, beyond the number `after`."""
    table = schema.sessions
    query = select(table).where(
        table.c.plan == "client-pays", table.c.outcome == outcome, table.c.total_minor > 0
    )
    oldest_first = outcome == "unresolved"
    if after:
        query = query.where(table.c.number > after if oldest_first else table.c.number < after)
    order = table.c.number.asc() if oldest_first else table.c.number.desc()
    found = await db.execute(query.order_by(order).limit(limit))
    return [rows.session_of(dict(row)) for row in found.mappings()]


async def outcomes_of(db: AsyncConnection, client: str) -> tuple[int, int]:
    """How many charged sessions of a client had the client's own word, and how many "not
    resolved" among them, ruled on afterwards or not."""
    said = func.sum(case((schema.facts.c.body.like('%"outcome":"unresolved"%'), 1), else_=0))
    query = (
        select(func.count(), func.coalesce(said, 0))
        .select_from(
            schema.sessions.join(schema.facts, schema.facts.c.session == schema.sessions.c.number)
        )
        .where(schema.sessions.c.client == client, schema.sessions.c.total_minor > 0)
        .where(schema.facts.c.kind == "outcome", schema.facts.c.body.like('%"by":"client"%'))
    )
    row = (await db.execute(query)).one()
    return int(row[0]), int(row[1])


async def begun(db: AsyncConnection, numbers: Sequence[str]) -> list[str]:
    table = schema.sessions
    found: list[str] = []
    for first in range(0, len(numbers), NAMES_AT_ONCE):
        named = table.c.number.in_(numbers[first : first + NAMES_AT_ONCE])
        query = select(table.c.number).where(named, table.c.started_us.is_not(None))
        found += (await db.execute(query.order_by(table.c.number))).scalars()
    return found


async def sessions_online(db: AsyncConnection) -> list[Session]:
    table = schema.sessions
    query = select(table).where(any_of(table.c.host_online, table.c.client_online))
    query = query.order_by(table.c.number)
    return [rows.session_of(dict(row)) for row in (await db.execute(query)).mappings()]


async def add_invite(db: AsyncConnection, invite: Invite) -> None:
    await db.execute(insert(schema.invites).values(**rows.invite_values(invite)))


async def save_invite(db: AsyncConnection, invite: Invite) -> None:
    table = schema.invites
    values = rows.invite_values(invite)
    await db.execute(update(table).where(table.c.id == values.pop("id")).values(**values))


async def invite_by_hash(db: AsyncConnection, token_hash: str) -> Invite | None:
    query = select(schema.invites).where(schema.invites.c.token_hash == token_hash)
    row = (await db.execute(query)).mappings().one_or_none()
    return None if row is None else rows.invite_of(dict(row))


async def invite_by_id(db: AsyncConnection, id: str) -> Invite | None:
    query = select(schema.invites).where(schema.invites.c.id == id)
    row = (await db.execute(query)).mappings().one_or_none()
    return None if row is None else rows.invite_of(dict(row))


async def invites_of(db: AsyncConnection, session: str) -> list[Invite]:
    """The oldest first."""
    table = schema.invites
    query = select(table).where(table.c.session == session).order_by(table.c.created_us, table.c.id)
    return [rows.invite_of(dict(row)) for row in (await db.execute(query)).mappings()]


async def last_facts(
    db: AsyncConnection, sessions: Iterable[str], kind: str = ""
) -> dict[str, Fact]:
    """The end of each record, or its last fact of a kind, by session; who has none is left out."""
    table, other = schema.facts, schema.facts.alias()
    number = schema.sessions.c.number
    those = [other.c.session == number, *([other.c.kind == kind] if kind else [])]
    last = select(func.max(other.c.seq)).where(*those).scalar_subquery()
    query = (
        select(table)
        .join(schema.sessions, table.c.session == number)
        .where(number.in_(list(sessions)), table.c.seq == last)
    )
    found = (await db.execute(query)).mappings()
    return {row["session"]: rows.fact_of(dict(row)) for row in found}


async def add_facts(db: AsyncConnection, fresh: Mapping[str, Iterable[Fact]]) -> None:
    """One statement for all of them."""
    values = [rows.fact_values(session, fact) for session, own in fresh.items() for fact in own]
    if values:
        await db.execute(insert(schema.facts), values)


async def facts_of(db: AsyncConnection, session: str) -> list[Fact]:
    return (await facts_of_each(db, [session])).get(session, [])


async def facts_of_each(db: AsyncConnection, sessions: Iterable[str]) -> dict[str, list[Fact]]:
    """By session, the oldest first."""
    table = schema.facts
    query = select(table).where(table.c.session.in_(list(sessions)))
    found: dict[str, list[Fact]] = {}
    for row in (await db.execute(query.order_by(table.c.session, table.c.seq))).mappings():
        found.setdefault(row["session"], []).append(rows.fact_of(dict(row)))
    return found


async def presence_of_each(db: AsyncConnection, sessions: Iterable[str]) -> dict[str, Presence]:
    """By session; those of which nothing was ever seen are left out."""
    table = schema.presence
    query = select(table).where(table.c.session.in_(list(sessions)))
    found = (await db.execute(query)).mappings()
    return {row["session"]: rows.presence_of(dict(row)) for row in found}


async def save_presences(db: AsyncConnection, seen: Mapping[str, Presence]) -> None:
    """One statement for all of them."""
    values = [{"session": name} | rows.presence_values(one) for name, one in seen.items()]
    if values:
        statement = _upsert(db, schema.presence)
        fresh = {name: statement.excluded[name] for name in ("mutual", "horizon", "pairs")}
        upsert = statement.on_conflict_do_update(index_elements=["session"], set_=fresh)
        await db.execute(upsert, values)


async def line_of(db: AsyncConnection, session: str, role: str, id: str) -> Line | None:
    table = schema.chat
    query = select(table).where(table.c.session == session, table.c.role == role, table.c.id == id)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else Line(row.id, row.role, row.text, rows.from_us(row.at_us))


async def count_lines(db: AsyncConnection, session: str) -> int:
    query = select(func.count()).where(schema.chat.c.session == session)
    return int((await db.execute(query)).scalar_one())


async def add_line(db: AsyncConnection, session: str, line: Line, seq: int) -> None:
    await db.execute(
        insert(schema.chat).values(
            session=session,
            role=line.role,
            id=line.id,
            seq=seq,
            text=line.text,
            at_us=rows.to_us(line.at),
        )
    )


async def lines_of(db: AsyncConnection, session: str) -> list[Line]:
    table = schema.chat
    query = select(table).where(table.c.session == session).order_by(table.c.seq)
    found = await db.execute(query)
    return [Line(row.id, row.role, row.text, rows.from_us(row.at_us)) for row in found]


async def add_review(db: AsyncConnection, session: str, review: Review) -> None:
    await db.execute(
        insert(schema.reviews).values(
            session=session,
            role=review.role,
            quality=review.quality,
            punctuality=review.punctuality,
            courtesy=review.courtesy,
            comment=review.comment,
            at_us=rows.to_us(review.at),
        )
    )


async def reviews_of(db: AsyncConnection, session: str) -> dict[Role, Review]:
    table = schema.reviews
    found = await db.execute(select(table).where(table.c.session == session))
    return {
        row.role: Review(
            row.role,
            row.quality,
            row.punctuality,
            row.courtesy,
            row.comment,
            rows.from_us(row.at_us),
        )
        for row in found
    }


async def put_dispute(db: AsyncConnection, dispute: Dispute) -> None:
    """Keep it as it is now."""
    values = rows.dispute_values(dispute)
    query = _upsert(db, schema.disputes).values(values)
    rest = {name: value for name, value in values.items() if name != "session"}
    await db.execute(query.on_conflict_do_update(index_elements=["session"], set_=rest))


async def dispute_of(db: AsyncConnection, session: str) -> Dispute | None:
    query = select(schema.disputes).where(schema.disputes.c.session == session)
    row = (await db.execute(query)).mappings().one_or_none()
    return rows.dispute_of(dict(row)) if row else None


async def open_disputes(db: AsyncConnection, after: str, limit: int) -> list[Dispute]:
    """Those that nobody has ruled on, the first asked first, beyond the one of session `after`."""
    table = schema.disputes
    query = select(table).where(table.c.ruled_us.is_(None))
    before = await dispute_of(db, after) if after else None
    if before is not None:
        place = tuple_(table.c.opened_us, table.c.session)
        query = query.where(place > tuple_(rows.to_us(before.opened_at), before.session))
    query = query.order_by(table.c.opened_us, table.c.session).limit(limit)
    return [rows.dispute_of(dict(row)) for row in (await db.execute(query)).mappings()]


async def put_file(db: AsyncConnection, file: File) -> None:
    """Keep it as it is now."""
    values = rows.file_values(file)
    query = _upsert(db, schema.files).values(values)
    now = {"state": query.excluded.state, "accepted": query.excluded.accepted}
    await db.execute(query.on_conflict_do_update(index_elements=["session", "id"], set_=now))


async def file_of(db: AsyncConnection, session: str, id: str) -> File | None:
    query = select(schema.files).where(schema.files.c.session == session, schema.files.c.id == id)
    row = (await db.execute(query)).mappings().one_or_none()
    return rows.file_of(dict(row)) if row else None


async def files_of(db: AsyncConnection, session: str) -> list[File]:
    table = schema.files
    query = select(table).where(table.c.session == session).order_by(table.c.at_us, table.c.id)
    return [rows.file_of(dict(row)) for row in (await db.execute(query)).mappings()]


async def files_due(db: AsyncConnection, before: datetime, limit: int) -> list[File]:
    table = schema.files
    query = select(table).where(table.c.state != "erased", table.c.at_us < rows.to_us(before))
    query = query.order_by(table.c.at_us, table.c.session, table.c.id).limit(limit)
    return [rows.file_of(dict(row)) for row in (await db.execute(query)).mappings()]


async def put_recording(db: AsyncConnection, recording: Recording) -> None:
    """Keep it as it is now."""
    values = rows_recording.recording_values(recording)
    query = _upsert(db, schema.recordings).values(values)
    rest = {name: value for name, value in values.items() if name not in ("session", "n")}
    await db.execute(query.on_conflict_do_update(index_elements=["session", "n"], set_=rest))


async def recordings_of(db: AsyncConnection, session: str) -> list[Recording]:
    """The first first."""
    table = schema.recordings
    query = select(table).where(table.c.session == session).order_by(table.c.n)
    return [rows_recording.recording_of(dict(row)) for row in (await db.execute(query)).mappings()]


async def recordings_in(
    db: AsyncConnection,
    states: Iterable[RecordingState],
    saved_before: datetime | None = None,
    limit: int = 1000,
) -> list[Recording]:
    """By state; with `saved_before` only those whose file is older than that."""
    table = schema.recordings
    query = select(table).where(table.c.state.in_(sorted(state.value for state in states)))
    if saved_before is not None:
        query = query.where(table.c.saved_us < rows.to_us(saved_before))
    query = query.order_by(table.c.stopped_us, table.c.session, table.c.n).limit(limit)
    return [rows_recording.recording_of(dict(row)) for row in (await db.execute(query)).mappings()]
