"""Rows and values of metering: the only file that reads and writes its tables."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind
from metering import schema
from metering.allowances import Drawn
from metering.clock import microseconds
from metering.effects import Charge
from metering.errors import StaleMeter, UnknownMeter
from metering.means import PLAIN_MEANS, Means
from metering.meter import LIVE, Meter, MeterState
from metering.receipts import Receipt
from metering.shards import shard_of
from metering.tariffs import Tariff

METERS_MAX = 500  # in one statement and in one turn

_METERS = schema.meters
_CHARGES = schema.charges
_RECEIPTS = schema.receipts
_SEGMENTS = schema.segments
_SHARDS = schema.shards
#: Each charge and, where it has one, its receipt: rows for `receipts_of`.
CHAIN = select(
    _CHARGES, _RECEIPTS.c.total_minor, _RECEIPTS.c.prev, _RECEIPTS.c.hash, _RECEIPTS.c.signature
).join_from(
    _CHARGES,
    _RECEIPTS,
    and_(_RECEIPTS.c.session == _CHARGES.c.session, _RECEIPTS.c.n == _CHARGES.c.n),
    isouter=True,
)

Epochs = Mapping[int, int]  # shard to the epoch with which its owner took it


@dataclass(frozen=True, slots=True)
class Line:
    """A charge about to be written with its receipt."""

    charge: Charge
    receipt: Receipt
    hash: str


async def insert_meters(db: AsyncConnection, meters: Sequence[Meter], at: datetime) -> None:
    """New meters; their terms are written here and never again."""
    rows = [
        {
            **_row_of(meter, at),
            "session": meter.session,
            "tariff": _tariff_text(meter.tariff),
            "payer": account_text(meter.payer),
            "credit": account_text(meter.credit),
            "member": meter.means.member,
            "armed_us": microseconds(at),
            "shard": shard_of(meter.payer),
        }
        for meter in meters
    ]
    await db.execute(insert(_METERS), rows)


async def load_meter(db: AsyncConnection, session: str, lock: bool = False) -> Meter:
    """Raises: UnknownMeter."""
    found = await load_meters(db, [session], lock)
    if not found:
        raise UnknownMeter(session)
    return found[0]


async def load_meters(
    db: AsyncConnection, sessions: Sequence[str], lock: bool = False
) -> list[Meter]:
    """Those that exist, in the order of their names; `lock` keeps others from writing them."""
    query = select(_METERS).where(_METERS.c.session.in_(sessions)).order_by(_METERS.c.session)
    rows = await db.execute(query.with_for_update() if lock else query)
    return [meter_of(row) for row in rows]


async def save_meters(
    db: AsyncConnection, meters: Sequence[Meter], at: datetime, epochs: Epochs | None
) -> None:
    """Write meters as read and moved on; none if one was written meanwhile or a shard is lost.

    `epochs` are those of the owner who writes; anybody else's writing is news for the owner.
    Raises: StaleMeter.
    """
    if not meters:
        return
    await _refuse_stale(db, {m.session: m.version for m in meters}, lock=True)
    same = and_(
        _METERS.c.session == bindparam("b_session"), _METERS.c.version == bindparam("b_version")
    )
    if epochs is not None:
        same = and_(same, _epoch_of(bindparam("b_shard")) == bindparam("b_epoch"))
    rows = [_change_of(meter, at, epochs) for meter in meters]
    names = [name for name in rows[0] if not name.startswith("b_")]
    statement = update(_METERS).where(same).values({n: bindparam(n) for n in names})
    await db.execute(statement, rows)
    await _refuse_stale(db, {m.session: m.version + 1 for m in meters}, lock=False)


def _change_of(meter: Meter, at: datetime, epochs: Epochs | None) -> dict[str, Any]:
    row = _row_of(meter, at)
    row.update(version=meter.version + 1, b_session=meter.session, b_version=meter.version)
    row["news"] = epochs is None
    if epochs is not None:
        shard = shard_of(meter.payer)
        row.update(b_shard=shard, b_epoch=epochs.get(shard, -1))
    return row


def _epoch_of(shard: ColumnElement[int]) -> ColumnElement[int]:
    return select(_SHARDS.c.epoch).where(_SHARDS.c.shard == shard).scalar_subquery()


async def _refuse_stale(db: AsyncConnection, wanted: dict[str, int], lock: bool) -> None:
    """Drivers do not count the rows of a bulk update, so versions are read before and after."""
    found = await versions(db, list(wanted), lock)
    for session in found:
        if found[session] != wanted[session]:
            raise StaleMeter(session)


async def versions(db: AsyncConnection, sessions: Sequence[str], lock: bool) -> dict[str, int]:
    query = (
        select(_METERS.c.session, _METERS.c.version)
        .where(_METERS.c.session.in_(sessions))
        .order_by(_METERS.c.session)
    )
    rows = await db.execute(query.with_for_update() if lock else query)
    return {row.session: row.version for row in rows}


async def insert_lines(db: AsyncConnection, lines: Sequence[Line], at: datetime) -> None:
    """Charges and their receipts; a charge that exists already breaks the transaction."""
    if not lines:
        return
    charged_us = microseconds(at)
    await db.execute(
        insert(_CHARGES),
        [
            {
                "session": line.receipt.session,
                "n": line.charge.n,
                "from_s": line.charge.from_s,
                "to_s": line.charge.to_s,
                "amount_minor": line.charge.amount,
                "currency": line.receipt.currency,
                "second": line.charge.second,
                "state": line.charge.state,
                "cause": line.charge.cause,
                "charged_us": charged_us,
            }
            for line in lines
        ],
    )
    await db.execute(
        insert(_RECEIPTS),
        [
            {
                "session": line.receipt.session,
                "n": line.receipt.n,
                "total_minor": line.receipt.total_minor,
                "prev": line.receipt.prev,
                "hash": line.hash,
                "signature": line.receipt.signature,
            }
            for line in lines
        ],
    )


async def write_segments(db: AsyncConnection, spans: Sequence[tuple[str, int, int]]) -> None:
    """Runs of witnessed seconds; one that begins where a known one does makes it longer."""
    if not spans:
        return
    insert_new = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    statement = insert_new(_SEGMENTS)
    grown = statement.on_conflict_do_update(
        index_elements=["session", "from_second"],
        set_={"to_second": statement.excluded.to_second},
    )
    rows = [{"session": s, "from_second": a, "to_second": b} for s, a, b in spans]
    await db.execute(grown, rows)


async def keep(
    db: AsyncConnection, grown: Sequence[tuple[Meter, int, int]], at: datetime
) -> set[str]:
    """Make the last run of each meter that is still as known longer by [from, to); which were."""
    found = await versions(db, [meter.session for meter, _, _ in grown], lock=True)
    same = [row for row in grown if found.get(row[0].session) == row[0].version]
    if not same:
        return set()
    moved = {"clock_s": bindparam("b_clock"), "last_second": bindparam("b_last"), "news": False}
    longer = update(_METERS).where(_METERS.c.session == bindparam("b_session"))
    rows = [
        {"b_session": meter.session, "b_clock": meter.clock_s + end - begin, "b_last": end - 1}
        for meter, begin, end in same
    ]
    await db.execute(
        longer.values(**moved, version=_METERS.c.version + 1, saved_us=microseconds(at)), rows
    )
    spans = [(m.session, m.segment_from, end) for m, _, end in same if m.segment_from is not None]
    await write_segments(db, spans)
    return {meter.session for meter, _, _ in same}


async def charge_rows(db: AsyncConnection, session: str) -> Sequence[Row[Any]]:
    """Every charge with its receipt, in order."""
    return (await charge_rows_of(db, [session])).get(session, [])


async def charge_rows_of(
    db: AsyncConnection, sessions: Collection[str]
) -> dict[str, list[Row[Any]]]:
    """The same of many sessions, by session."""
    query = CHAIN.where(_CHARGES.c.session.in_(sessions))
    found: dict[str, list[Row[Any]]] = {}
    for row in await db.execute(query.order_by(_CHARGES.c.session, _CHARGES.c.n)):
        found.setdefault(row.session, []).append(row)
    return found


async def segment_rows(db: AsyncConnection, session: str) -> list[tuple[int, int]]:
    """Witnessed runs of the billing clock, in order."""
    return (await segment_rows_of(db, [session])).get(session, [])


async def segment_rows_of(
    db: AsyncConnection, sessions: Collection[str]
) -> dict[str, list[tuple[int, int]]]:
    """The same of many sessions, by session."""
    query = (
        select(_SEGMENTS.c.session, _SEGMENTS.c.from_second, _SEGMENTS.c.to_second)
        .where(_SEGMENTS.c.session.in_(sessions))
        .order_by(_SEGMENTS.c.session, _SEGMENTS.c.from_second)
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for session, begin, end in await db.execute(query):
        found.setdefault(session, []).append((int(begin), int(end)))
    return found


async def live_sessions(db: AsyncConnection) -> list[str]:
    query = select(_METERS.c.session).where(live_meters_where()).order_by(_METERS.c.session)
    return list((await db.execute(query)).scalars())


async def all_sessions(db: AsyncConnection, after: str) -> list[str]:
    """A page of every meter ever armed, by name."""
    query = (
        select(_METERS.c.session)
        .where(_METERS.c.session > after)
        .order_by(_METERS.c.session)
        .limit(METERS_MAX)
    )
    return list((await db.execute(query)).scalars())


def live_meters_where() -> ColumnElement[bool]:
    return _METERS.c.state.in_([s.value for s in LIVE])


def _row_of(meter: Meter, at: datetime) -> dict[str, Any]:
    """What moves; terms and names do not."""
    return {
        "state": meter.state.value,
        "clock_s": meter.clock_s,
        "ticks": meter.ticks,
        "paid_s": meter.paid_s,
        "charged_minor": meter.charged_minor,
        "exact": str(meter.exact),
        "first_second": meter.first_second,
        "last_second": meter.last_second,
        "segment_from": meter.segment_from,
        "windows": text_of(meter.windows),
        "cause": meter.cause,
        "since_second": meter.since_second,
        "warned": text_of(meter.warned),
        "held_minor": meter.held_minor,
        "held_credit": json.dumps(meter.held_credit) if meter.held_credit else None,
        "refused": meter.refused,
        "funded_s": meter.funded_s,
        "receipt_hash": meter.receipt_hash,
        "version": meter.version,
        **_means_row(meter.means),
        "saved_us": microseconds(at),
    }


def meter_of(row: Row[Any]) -> Meter:
    return Meter(
        session=row.session,
        tariff=_tariff_of(row.tariff),
        payer=_account_of(row.payer),
        credit=_account_of(row.credit),
        state=MeterState(row.state),
        clock_s=row.clock_s,
        ticks=row.ticks,
        paid_s=row.paid_s,
        charged_minor=row.charged_minor,
        exact=Fraction(row.exact),
        first_second=row.first_second,
        last_second=row.last_second,
        segment_from=row.segment_from,
        windows=tuple((a, b) for a, b in json.loads(row.windows)),
        cause=row.cause,
        since_second=row.since_second,
        warned=tuple(json.loads(row.warned)),
        held_minor=row.held_minor,
        held_credit=tuple((g, int(m)) for g, m in json.loads(row.held_credit or "[]")),
        refused=bool(row.refused),
        funded_s=row.funded_s,
        receipt_hash=row.receipt_hash,
        version=row.version,
        means=_means_of(row),
    )


def _means_row(means: Means) -> dict[str, Any]:
    held = [[one.grant, one.covered_s, one.taken_s] for one in means.held]
    return {
        "held_seconds": json.dumps(held) if held else None,
        "cap_minor": means.cap_minor,
        "refused_by": means.refused_by,
        "held_again": means.again,
    }


def _means_of(row: Row[Any]) -> Means:
    held = tuple(Drawn(*one) for one in json.loads(row.held_seconds or "[]"))
    means = Means(held, row.cap_minor, row.member, row.refused_by, row.held_again)
    return PLAIN_MEANS if means == PLAIN_MEANS else means


def receipts_of(rows: Iterable[Row[Any]]) -> list[Receipt]:
    """The chain as stored; `hash` is computed again from the charge, not believed."""
    return [
        Receipt(
            session=row.session,
            n=row.n,
            from_s=row.from_s,
            to_s=row.to_s,
            amount_minor=row.amount_minor,
            total_minor=row.total_minor,
            currency=row.currency,
            second=row.second,
            prev=row.prev,
            signature=row.signature,
        )
        for row in rows
        if row.hash is not None
    ]


@lru_cache(maxsize=4096)
def text_of(value: tuple[Any, ...]) -> str:
    """Windows and warnings as stored."""
    return json.dumps(value, separators=(",", ":"))


@lru_cache(maxsize=512)
def _tariff_of(text: str) -> Tariff:
    return Tariff.from_json(text)


@lru_cache(maxsize=512)
def _tariff_text(tariff: Tariff) -> str:
    return tariff.to_json()


def account_text(account: Account) -> str:
    return json.dumps([account.kind.name, account.owner, account.currency], ensure_ascii=False)


@lru_cache(maxsize=4096)
def _account_of(text: str) -> Account:
    kind, owner, currency = json.loads(text)
    return Account(AccountKind[kind], owner, currency)
