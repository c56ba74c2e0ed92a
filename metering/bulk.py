"""One batch of an owner's meters in one transaction: each statement once, however many they are.

`simple` takes every meter up to its first question, asks the ledger for all of them in one go, and
gives the answers back: a charge's first second is counted, a second question waits for the next
batch. What needs more than one question, or money from promo credit, or gives a hold back, is
left to `careful`, which locks every account beforehand.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, Ask, HoldDraft, Result, ask_many, promo
from metering import store, store_bulk
from metering.ahead import overdue, silenced
from metering.charging import CANNOT_PAY, Walk, enter, walk_all
from metering.clock import second_begun
from metering.credit import held_parts, minute_draft
from metering.effects import Charge, Hold, Look
from metering.events import Event
from metering.means import PLAIN_MEANS
from metering.meter import Meter, MeterState, funded, held, refused
from metering.receipts import Sign
from metering.runs import Runs
from metering.seconds import payers_with_seconds
from metering.store import Epochs
from metering.verbs import tend

Work = Sequence[tuple[Meter, Runs]]


async def simple(
    db: AsyncConnection, work: Work, at: datetime, sign: Sign | None, epochs: Epochs
) -> tuple[list[Walk], list[str]]:
    """What came of it, written; and the sessions that must be taken carefully."""
    walks, hard = [], []
    second = second_begun(at)
    offered = await promo.purses_of(db, {meter.payer for meter, _ in work}, at)
    seconds = await payers_with_seconds(db, [meter for meter, _ in work], at)
    for meter, runs in work:
        walk = Walk(meter, fresh(meter), runs)
        walk.move()
        rich = meter.payer in offered or meter.payer.owner in seconds
        if is_hard(walk, second) or (walk.ask and rich):
            hard.append(meter.session)
        else:
            walks.append(walk)
    asking = [walk for walk in walks if walk.ask]
    if asking:
        results, free = await ask_many(db, [_asked(walk) for walk in asking], at)
        for walk, result in zip(asking, results, strict=True):
            if result.status in CANNOT_PAY and isinstance(walk.ask, Charge):
                hard.append(walk.meter.session)
            else:
                _answer(walk, result, free, sign)
                walk.move()
        ended = set(hard)
        walks = [walk for walk in walks if walk.meter.session not in ended]
    hard += [walk.meter.session for walk in walks if not _fall_silent(walk, second)]
    await _write(db, walks, at, epochs)
    return walks, hard


def is_hard(walk: Walk, second: int) -> bool:
    """Whether it asks for more than one new hold, or one charge out of the hold or the wallet that
    pays for its second: a charge and the second that it was made for are written together.
    """
    ask, meter = walk.ask, walk.meter
    if isinstance(ask, Look) or (ask and (meter.held_credit or meter.means != PLAIN_MEANS)):
        return True
    if isinstance(ask, Charge):
        short = ask.to_s <= meter.clock_s
        return not ask.amount or short or (bool(meter.held_minor) and not ask.posts_hold)
    ends = overdue(meter, second) if ask is None else None
    gone = walk.before.state is not meter.state and meter.state is MeterState.STOPPED
    return bool(walk.before.held_minor or walk.before.means.held) and (
        gone or ends in ("absence", "pause_limit")
    )


def fresh(meter: Meter) -> Meter:
    """Money may have come: ask again for what was refused."""
    return meter._replace(asked_s=-1) if meter.asked_s >= 0 else meter


def _asked(walk: Walk) -> Ask:
    if isinstance(walk.ask, Charge):
        return minute_draft(walk.meter, walk.ask)
    assert isinstance(walk.ask, Hold)
    return HoldDraft(walk.meter.hold_key, walk.meter.payer, walk.ask.amount)


def _answer(walk: Walk, result: Result, free: dict[Account, int], sign: Sign | None) -> None:
    ask = walk.ask
    if isinstance(ask, Hold) and result.status in CANNOT_PAY:
        walk.meter, effects = refused(walk.meter)
    else:
        result.raise_for_status()
        effects = ()
        if isinstance(ask, Charge):
            enter(walk, ask, sign)
        else:
            assert isinstance(ask, Hold)
            walk.meter, effects = held(walk.meter, ask)
        left = free.get(walk.meter.payer)
        if left is not None:
            walk.meter = funded(walk.meter, left)
    for effect in effects:
        walk.tell(effect)


def _fall_silent(walk: Walk, second: int) -> bool:
    """False: silence ends it, and what it has just held must be given back first."""
    found = silenced(walk.meter, second) if walk.ask is None else None
    if found is None:
        return True
    after, event = found
    if walk.meter.held_minor and after.held_minor is None:
        return False
    walk.meter = after
    walk.events.append(event)
    return True


async def _write(db: AsyncConnection, walks: Sequence[Walk], at: datetime, epochs: Epochs) -> None:
    changed = [walk.meter for walk in walks if walk.meter != walk.before]
    await store_bulk.save(db, changed, at, epochs)
    await store_bulk.insert_lines(db, [line for walk in walks for line in walk.lines], at)
    await store_bulk.write_segments(db, [span for walk in walks for span in walk.spans])


async def careful(
    db: AsyncConnection, work: Work, at: datetime, sign: Sign | None, epochs: Epochs
) -> tuple[list[Meter], list[Event]]:
    """Take each meter through all of its seconds; the rows as they are then."""
    second = second_begun(at)
    gone = [m for m, _ in work if m.held_minor and overdue(m, second)]
    silent: Collection[Account] = {part.account for m in gone for part in held_parts(m)}
    again = [(fresh(meter), runs) for meter, runs in work]
    walks = await walk_all(db, again, at, sign, epochs, silent)
    names = [walk.meter.session for walk in walks]
    events: list[Event] = [event for walk in walks for event in walk.events]
    for meter in await store.load_meters(db, names):
        if meter.state is not MeterState.STOPPED:
            events += await tend(db, meter, at, epochs)
    return await store.load_meters(db, names), events
