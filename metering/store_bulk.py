"""Many meters of one owner at once: looked at, written, each statement fenced.

PostgreSQL gets whole columns on the driver's connection, one text a column (ledger/store_pg.py
says why); SQLite gets the statements of `metering.store`.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import fetch, plain_column, text_column
from metering import store, store_shards
from metering.clock import microseconds
from metering.errors import StaleMeter
from metering.meter import Meter
from metering.shards import shard_of
from metering.store import Epochs, Line

Span = tuple[Meter, int, int, int]  # as known, its shard, and the run [from, to) that joins

_SHARDS = """
SELECT v.shard FROM unnest($1::text::int[], $2::text::int[]) AS v(shard, epoch),
LATERAL (SELECT FROM metering_shards s WHERE s.shard = v.shard AND s.epoch = v.epoch
  LIMIT 1 FOR SHARE) s
"""
_LOCK = """
SELECT v.session FROM unnest($1::text::text[], $2::text::bigint[]) AS v(session, version),
LATERAL (SELECT FROM metering_meters m WHERE m.session = v.session AND m.version = v.version
  LIMIT 1 FOR NO KEY UPDATE) m
"""
_SAVE = """
UPDATE metering_meters m SET state = v.state, clock_s = v.clock_s, ticks = v.ticks,
  paid_s = v.paid_s, charged_minor = v.charged_minor, exact = v.exact,
  first_second = v.first_second, last_second = v.last_second, segment_from = v.segment_from,
  windows = v.windows, cause = v.cause, since_second = v.since_second, warned = v.warned,
  held_minor = v.held_minor, refused = v.refused, funded_s = v.funded_s,
  receipt_hash = v.receipt_hash, version = v.version + 1, news = false, saved_us = $20
FROM unnest($1::text::text[], $2::text::bigint[], $3::text::text[], $4::text::bigint[],
  $5::text::bigint[], $6::text::bigint[], $7::text::bigint[], $8::text::text[],
  $9::text::bigint[], $10::text::bigint[], $11::text::bigint[], $12::text::text[],
  $13::text::text[], $14::text::bigint[], $15::text::text[], $16::text::bigint[],
  $17::text::boolean[], $18::text::bigint[], $19::text::text[], $21::text::int[],
  $22::text::int[])
  AS v(session, version, state, clock_s, ticks, paid_s, charged_minor, exact, first_second,
    last_second, segment_from, windows, cause, since_second, warned, held_minor, refused,
    funded_s, receipt_hash, shard, epoch)
WHERE m.session = v.session AND m.version = v.version AND
  (SELECT s.epoch FROM metering_shards s WHERE s.shard = v.shard) = v.epoch
RETURNING m.session
"""
# Evidence alone: of a meter that only counted on, two figures and the end of its last run move.
_KEEP = """
WITH mine AS MATERIALIZED (
  SELECT v.shard FROM unnest($1::text::int[], $2::text::int[]) AS v(shard, epoch),
  LATERAL (SELECT FROM metering_shards s WHERE s.shard = v.shard AND s.epoch = v.epoch
    LIMIT 1 FOR SHARE) s),
kept AS (
  UPDATE metering_meters m SET clock_s = v.clock_s, last_second = v.last_second,
    version = v.version + 1, news = false, saved_us = $8
  FROM unnest($3::text::text[], $4::text::bigint[], $5::text::int[], $6::text::bigint[],
    $7::text::bigint[]) AS v(session, version, shard, clock_s, last_second)
  WHERE m.session = v.session AND m.version = v.version AND v.shard IN (SELECT shard FROM mine)
  RETURNING m.session, m.segment_from, m.last_second)
INSERT INTO metering_segments (session, from_second, to_second)
SELECT session, segment_from, last_second + 1 FROM kept
ON CONFLICT (session, from_second) DO UPDATE SET to_second = excluded.to_second
RETURNING session
"""
_CHARGES = """
INSERT INTO metering_charges (session, n, from_s, to_s, amount_minor, currency, second, state,
  cause, charged_us)
SELECT *, $10::bigint FROM unnest($1::text::text[], $2::text::bigint[], $3::text::bigint[],
  $4::text::bigint[], $5::text::bigint[], $6::text::text[], $7::text::bigint[],
  $8::text::text[], $9::text::text[])
"""
_RECEIPTS = """
INSERT INTO metering_receipts (session, n, total_minor, prev, hash, signature)
SELECT * FROM unnest($1::text::text[], $2::text::bigint[], $3::text::bigint[], $4::text::text[],
  $5::text::text[], $6::text::text[])
"""
_SEGMENTS = """
INSERT INTO metering_segments (session, from_second, to_second)
SELECT * FROM unnest($1::text::text[], $2::text::bigint[], $3::text::bigint[])
ON CONFLICT (session, from_second) DO UPDATE SET to_second = excluded.to_second
"""


async def stand_still(
    db: AsyncConnection, meters: Sequence[Meter], epochs: Epochs
) -> tuple[set[int], set[str]]:
    """Lock shards and meters in the common order; those that are still as this owner knows them."""
    shards = sorted({shard_of(meter.payer) for meter in meters})
    known = sorted((meter.session, meter.version) for meter in meters)
    if db.dialect.name != "postgresql":
        kept = await store_shards.standing(db, {s: epochs[s] for s in shards if s in epochs})
        found = await store.versions(db, [session for session, _ in known], lock=True)
        return kept, {session for session, version in known if found.get(session) == version}
    mine = await fetch(
        db, _SHARDS, plain_column(shards), plain_column(epochs.get(s, -1) for s in shards)
    )
    sessions, versions = zip(*known, strict=True)
    same = await fetch(db, _LOCK, text_column(sessions), plain_column(versions))
    return {row[0] for row in mine}, {row[0] for row in same}


async def keep(
    db: AsyncConnection, spans: Sequence[Span], at: datetime, epochs: Epochs
) -> set[str]:
    """Make each meter's last run longer; the sessions of those that were still as known, in shards
    that are still this owner's.
    """
    spans = sorted(spans, key=lambda span: span[0].session)
    shards = sorted({shard for _, shard, _, _ in spans})
    if not spans:
        return set()
    if db.dialect.name != "postgresql":
        mine = await store_shards.standing(db, {s: epochs[s] for s in shards if s in epochs})
        return await store.keep(db, [(m, a, b) for m, s, a, b in spans if s in mine], at)
    written = await fetch(
        db,
        _KEEP,
        plain_column(shards),
        plain_column([epochs.get(shard, -1) for shard in shards]),
        text_column([meter.session for meter, _, _, _ in spans]),
        plain_column([meter.version for meter, _, _, _ in spans]),
        plain_column([shard for _, shard, _, _ in spans]),
        plain_column([meter.clock_s + end - begin for meter, _, begin, end in spans]),
        plain_column([end - 1 for _, _, _, end in spans]),
        microseconds(at),
    )
    return {row[0] for row in written}


async def save(db: AsyncConnection, meters: Sequence[Meter], at: datetime, epochs: Epochs) -> None:
    """Write locked meters, as `store.save_meters`. Raises: StaleMeter."""
    if not meters or db.dialect.name != "postgresql":
        await store.save_meters(db, meters, at, epochs)
        return
    shards = [shard_of(m.payer) for m in meters]
    saved = await fetch(
        db,
        _SAVE,
        *_columns(meters),
        microseconds(at),
        plain_column(shards),
        plain_column(epochs.get(shard, -1) for shard in shards),
    )
    if len(saved) < len(meters):
        raise StaleMeter(next(iter({m.session for m in meters} - {row[0] for row in saved})))


def _columns(meters: Sequence[Meter]) -> tuple[str, ...]:
    """What moves, in the order of `_SAVE`."""
    return (
        text_column([m.session for m in meters]),
        plain_column([m.version for m in meters]),
        plain_column([m.state.value for m in meters]),
        plain_column([m.clock_s for m in meters]),
        plain_column([m.ticks for m in meters]),
        plain_column([m.paid_s for m in meters]),
        plain_column([m.charged_minor for m in meters]),
        plain_column([str(m.exact) for m in meters]),
        plain_column([_null(m.first_second) for m in meters]),
        plain_column([_null(m.last_second) for m in meters]),
        plain_column([_null(m.segment_from) for m in meters]),
        text_column([store.text_of(m.windows) for m in meters]),
        text_column([m.cause for m in meters]),
        plain_column([_null(m.since_second) for m in meters]),
        text_column([store.text_of(m.warned) for m in meters]),
        plain_column([_null(m.held_minor) for m in meters]),
        plain_column([m.refused for m in meters]),
        plain_column([m.funded_s for m in meters]),
        text_column([m.receipt_hash for m in meters]),
    )


async def insert_lines(db: AsyncConnection, lines: Sequence[Line], at: datetime) -> None:
    """Charges and their receipts, as `store.insert_lines`."""
    if not lines or db.dialect.name != "postgresql":
        await store.insert_lines(db, lines, at)
        return
    receipts, charges = [line.receipt for line in lines], [line.charge for line in lines]
    sessions, numbers = (
        text_column([r.session for r in receipts]),
        plain_column([r.n for r in receipts]),
    )
    await fetch(
        db,
        _CHARGES,
        sessions,
        numbers,
        plain_column([r.from_s for r in receipts]),
        plain_column([r.to_s for r in receipts]),
        plain_column([r.amount_minor for r in receipts]),
        plain_column([r.currency for r in receipts]),
        plain_column([r.second for r in receipts]),
        plain_column([c.state for c in charges]),
        plain_column([c.cause for c in charges]),
        microseconds(at),
    )
    await fetch(
        db,
        _RECEIPTS,
        sessions,
        numbers,
        plain_column([r.total_minor for r in receipts]),
        plain_column([r.prev for r in receipts]),
        plain_column([line.hash for line in lines]),
        plain_column([r.signature or "NULL" for r in receipts]),
    )


async def write_segments(db: AsyncConnection, spans: Sequence[tuple[str, int, int]]) -> None:
    """Runs of witnessed seconds, as `store.write_segments`."""
    if not spans or db.dialect.name != "postgresql":
        await store.write_segments(db, spans)
        return
    sessions, begins, ends = zip(*spans, strict=True)
    await fetch(db, _SEGMENTS, text_column(sessions), plain_column(begins), plain_column(ends))


def _null(value: int | None) -> int | str:
    return "NULL" if value is None else value
