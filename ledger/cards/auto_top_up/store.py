"""Rows ↔ values of saved cards, settings and automatic top-ups."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select, text, update
from sqlalchemy import delete as delete_from
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AccountKind
from ledger.cards.auto_top_up.cards import CardSetup, SetupState
from ledger.cards.auto_top_up.runs import OPEN, Run, RunState
from ledger.cards.auto_top_up.schema import card, run, setting, setup
from ledger.cards.auto_top_up.settings import Setting
from ledger.money import Money
from ledger.saved_cards import SavedCard
from ledger.store import at_of, insert_new, is_postgresql, us_of

# --- cards


async def card_of(db: AsyncConnection, party: str) -> tuple[str, SavedCard] | None:
    """The acquirer and the card that it keeps."""
    row = (await db.execute(select(card).where(card.c.party == party))).one_or_none()
    if row is None:
        return None
    kept = SavedCard(row.ref, row.customer, row.brand, row.last4, row.exp_year, row.exp_month)
    return row.gateway, kept


async def save_card(
    db: AsyncConnection, party: str, gateway: str, kept: SavedCard, at: datetime
) -> None:
    """In place of the one before."""
    facts = {
        "gateway": gateway,
        "ref": kept.ref,
        "customer": kept.customer,
        "brand": kept.brand,
        "last4": kept.last4,
        "exp_year": kept.exp_year,
        "exp_month": kept.exp_month,
        "saved_us": us_of(at),
    }
    await db.execute(_upsert(db, card, party, facts))


async def delete_card(db: AsyncConnection, party: str) -> None:
    await db.execute(delete_from(card).where(card.c.party == party))


async def add_setup(db: AsyncConnection, made: CardSetup) -> bool:
    """False when the id is taken."""
    return bool((await db.execute(insert_new(db, setup).values(_setup_row(made)))).rowcount == 1)


async def save_setup(db: AsyncConnection, changed: CardSetup) -> None:
    row = _setup_row(changed)
    await db.execute(update(setup).where(setup.c.id == row.pop("id")).values(row))


async def setup_by_id(db: AsyncConnection, id: str, lock: bool = False) -> CardSetup | None:
    query = select(setup).where(setup.c.id == id)
    row = (await db.execute(query.with_for_update() if lock else query)).one_or_none()
    return _setup(row) if row else None


async def setups_in(
    db: AsyncConnection, gateway: str, states: Collection[SetupState], limit: int
) -> list[CardSetup]:
    """Oldest first."""
    query = select(setup).where(setup.c.state.in_([one.value for one in states]))
    query = query.where(setup.c.gateway == gateway).order_by(setup.c.created_us).limit(limit)
    return [_setup(row) for row in await db.execute(query)]


def _setup_row(one: CardSetup) -> dict[str, Any]:
    return {
        "id": one.id,
        "party": one.party,
        "gateway": one.gateway,
        "currency": one.currency,
        "return_url": one.return_url,
        "idempotency_key": one.idempotency_key,
        "customer": one.customer,
        "state": one.state.value,
        "ref": one.ref,
        "url": one.url,
        "created_us": us_of(one.created_at),
    }


def _setup(row: Row[Any]) -> CardSetup:
    return CardSetup(
        id=row.id,
        party=row.party,
        gateway=row.gateway,
        currency=row.currency,
        return_url=row.return_url,
        state=SetupState(row.state),
        created_at=at_of(row.created_us),
        customer=row.customer,
        ref=row.ref,
        url=row.url,
    )


# --- settings


async def setting_of(db: AsyncConnection, party: str, lock: bool = False) -> Setting | None:
    query = select(setting).where(setting.c.party == party)
    row = (await db.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        return None
    return Setting(
        party=row.party,
        enabled=bool(row.enabled),
        threshold=Money(row.threshold, row.currency),
        amount=Money(row.amount, row.currency),
        day_count=row.day_count,
        day_amount=Money(row.day_amount, row.currency),
        why_off=row.why_off,
    )


async def save_setting(db: AsyncConnection, wanted: Setting, at: datetime) -> None:
    facts = {
        "enabled": wanted.enabled,
        "currency": wanted.amount.currency,
        "threshold": wanted.threshold.minor,
        "amount": wanted.amount.minor,
        "day_count": wanted.day_count,
        "day_amount": wanted.day_amount.minor,
        "why_off": wanted.why_off,
        "changed_us": us_of(at),
    }
    await db.execute(_upsert(db, setting, wanted.party, facts))


_LOW = text(
    "SELECT s.party FROM ledger_cards_auto_top_up s"
    " JOIN ledger_cards_saved_card c ON c.party = s.party"
    " LEFT JOIN ledger_account a ON a.kind = :kind AND a.owner = s.party"
    "   AND a.currency = s.currency"
    " WHERE s.enabled AND s.party > :after"
    " AND coalesce(a.balance - a.held, 0) < s.threshold"
    " AND NOT EXISTS (SELECT 1 FROM ledger_cards_auto_run r WHERE r.party = s.party"
    "   AND r.state NOT IN ('paid','refused')) ORDER BY s.party LIMIT :most"
)


async def low_parties(db: AsyncConnection, after: str, limit: int) -> list[str]:
    """Whose wallet is below their threshold, with a card and without an open run."""
    facts = {"kind": AccountKind.PREPAID.code, "after": after, "most": limit}
    return [row[0] for row in await db.execute(_LOW, facts)]


def _upsert(db: AsyncConnection, table: Any, party: str, facts: dict[str, Any]) -> Any:
    dialect = postgresql if is_postgresql(db) else sqlite
    statement = dialect.insert(table).values(party=party, **facts)
    return statement.on_conflict_do_update(index_elements=["party"], set_=facts)


# --- runs


async def add_run(db: AsyncConnection, made: Run) -> bool:
    """False when the party has an open one, or its day has one of this number."""
    return bool((await db.execute(insert_new(db, run).values(_run_row(made)))).rowcount == 1)


async def save_run(db: AsyncConnection, changed: Run) -> None:
    row = _run_row(changed)
    await db.execute(update(run).where(run.c.id == row.pop("id")).values(row))


async def run_by_id(db: AsyncConnection, id: str, lock: bool = False) -> Run | None:
    query = select(run).where(run.c.id == id)
    row = (await db.execute(query.with_for_update() if lock else query)).one_or_none()
    return _run(row) if row else None


async def open_run(db: AsyncConnection, party: str) -> Run | None:
    query = select(run).where(run.c.party == party, run.c.state.in_([one.value for one in OPEN]))
    row = (await db.execute(query)).one_or_none()
    return _run(row) if row else None


async def runs_of(db: AsyncConnection, party: str, limit: int) -> list[Run]:
    """Newest first."""
    query = select(run).where(run.c.party == party)
    query = query.order_by(run.c.created_us.desc(), run.c.id.desc()).limit(limit)
    return [_run(row) for row in await db.execute(query)]


async def due_runs(
    db: AsyncConnection, gateway: str, states: Collection[RunState], at: datetime, limit: int
) -> list[Run]:
    """Locked; those that another worker has locked are left to it."""
    query = select(run).where(run.c.state.in_([one.value for one in states]))
    query = query.where(run.c.gateway == gateway, run.c.due_us <= us_of(at))
    query = query.order_by(run.c.due_us).limit(limit).with_for_update(skip_locked=True)
    return [_run(row) for row in await db.execute(query)]


_PAID_BY_NEWS = text(
    "SELECT r.id FROM ledger_cards_auto_run r JOIN ledger_top_up t ON t.id = r.id"
    " WHERE t.state = 'paid' AND r.state IN ('planned','owner_needed','waiting','in_doubt')"
    " ORDER BY r.id LIMIT :most"
)


async def paid_by_news(db: AsyncConnection, limit: int) -> list[str]:
    """Open runs whose money has come, as news told before we asked again."""
    return [row[0] for row in await db.execute(_PAID_BY_NEWS, {"most": limit})]


async def used_in(
    db: AsyncConnection, party: str, day: date, currency: str
) -> tuple[int, int, Money]:
    """Runs begun on a day, the last number given, and what was charged or may yet be."""
    mine = (run.c.party == party) & (run.c.day == day.isoformat())
    begun = select(func.count(), func.coalesce(func.max(run.c.day_no), 0)).where(mine)
    count, last = (await db.execute(begun)).one()
    taken = select(func.coalesce(func.sum(run.c.amount), 0)).where(mine)
    taken = taken.where(run.c.currency == currency, run.c.state != RunState.REFUSED.value)
    return int(count), int(last), Money(int((await db.execute(taken)).scalar_one()), currency)


def _run_row(one: Run) -> dict[str, Any]:
    return {
        "id": one.id,
        "party": one.party,
        "gateway": one.gateway,
        "amount": one.amount.minor,
        "currency": one.amount.currency,
        "day": one.day.isoformat(),
        "day_no": one.day_no,
        "customer": one.customer,
        "card": one.card,
        "state": one.state.value,
        "try_no": one.try_no,
        "asks": one.asks,
        "confirms": one.confirms,
        "idempotency_key": one.idempotency_key,
        "payment": one.payment,
        "reason": one.reason,
        "created_us": us_of(one.created_at),
        "due_us": us_of(one.due_at),
        "asked_us": None if one.asked_at is None else us_of(one.asked_at),
        "ended_us": None if one.ended_at is None else us_of(one.ended_at),
    }


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        party=row.party,
        gateway=row.gateway,
        amount=Money(row.amount, row.currency),
        day=date.fromisoformat(row.day),
        day_no=row.day_no,
        customer=row.customer,
        card=row.card,
        state=RunState(row.state),
        created_at=at_of(row.created_us),
        due_at=at_of(row.due_us),
        try_no=row.try_no,
        asks=row.asks,
        confirms=row.confirms,
        payment=row.payment,
        reason=row.reason,
        asked_at=None if row.asked_us is None else at_of(row.asked_us),
        ended_at=None if row.ended_us is None else at_of(row.ended_us),
    )
