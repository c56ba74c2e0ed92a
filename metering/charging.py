"""Asking the ledger on behalf of many meters at once, all in the caller's transaction.

Each round moves every meter to its next question, puts all charges into one `post_many`, makes
the holds, and gives the answers back, until the seconds are used up. What is written at the end
- meters, charges, receipts, segments - stands or falls with the ledger's entries.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import (
    Account,
    Draft,
    InsufficientFunds,
    Leg,
    Money,
    Result,
    Status,
    balance,
    hold,
    lock_accounts,
    post_many,
    void_hold,
)
from metering import store
from metering.events import (
    Event,
    FundsBack,
    FundsExhausted,
    FundsLow,
    MeterResumed,
    MeterStopped,
    MinuteCharged,
)
from metering.meter import (
    Charge,
    CutOff,
    Effect,
    Exhausted,
    Funded,
    Hold,
    Meter,
    Resumed,
    Warn,
    advance,
    funded,
    held,
    paid,
    refused,
    unpaid,
)
from metering.receipts import FIRST_PREV, Receipt, Sign
from metering.runs import Runs

SCOPE = "tick"


# A frozen wallet pays no more than an empty one: the session ends as when money runs out.
CANNOT_PAY = (Status.INSUFFICIENT, Status.FROZEN)


@dataclass(slots=True)
class Walk:
    """One meter on its way through some seconds; `before` is how it was read."""

    before: Meter
    meter: Meter
    rest: Runs
    ask: Charge | Hold | None = None
    events: list[Event] = field(default_factory=list)
    spans: list[tuple[str, int, int]] = field(default_factory=list)
    lines: list[store.Line] = field(default_factory=list)

    def move(self) -> None:
        """On to the next question."""
        step = advance(self.meter, self.rest)
        self._note_spans(step.counted)
        self.meter, self.rest, self.ask = step.meter, step.rest, None
        for effect in step.effects:
            if isinstance(effect, Charge | Hold):
                self.ask = effect
            else:
                self.tell(effect)

    def tell(self, effect: Effect) -> None:
        event = event_of(self.meter, effect)
        if event is not None:
            self.events.append(event)

    def _note_spans(self, counted: Runs) -> None:
        """Runs of counted seconds; the first may lengthen the run before."""
        from_second, last = self.meter.segment_from, self.meter.last_second
        session = self.meter.session
        for begin, until in counted:
            if from_second is None or last is None or begin != last + 1:
                from_second = begin
            last = until - 1
            if self.spans and self.spans[-1][1] == from_second:
                self.spans.pop()
            self.spans.append((session, from_second, until))


def event_of(meter: Meter, effect: Effect) -> Event | None:
    """The news that an effect is for the house; questions are none."""
    session = meter.session
    if isinstance(effect, Warn):
        return FundsLow(session, effect.minutes)
    if isinstance(effect, Exhausted):
        return FundsExhausted(session, effect.ends_in_s, effect.cause)
    if isinstance(effect, Funded):
        return FundsBack(session)
    if isinstance(effect, Resumed):
        return MeterResumed(session, effect.second)
    if isinstance(effect, CutOff):
        return MeterStopped(session, effect.cause, meter.clock_s, meter.seen_second)
    return None


async def walk_all(
    db: AsyncConnection,
    work: Sequence[tuple[Meter, Runs]],
    at: datetime,
    sign: Sign | None = None,
    fence: store.Epochs | None = None,
    also_locked: Collection[Account] = (),
) -> list[Walk]:
    """Take every meter through its seconds and write what came of it.

    `also_locked` are accounts that the caller will touch later in this transaction: they are
    locked with ours, in the common order, so that nobody waits for ever.
    """
    walks = [Walk(meter, meter, runs) for meter, runs in work]
    for walk in walks:
        walk.move()
    asking = [walk for walk in walks if walk.ask]
    accounts = {a for w in asking for a in (w.meter.payer, w.meter.credit)} | set(also_locked)
    if accounts:
        await lock_accounts(db, accounts)
    while asking:
        await _charge_all(db, [w for w in asking if isinstance(w.ask, Charge)], at, sign)
        for walk in [w for w in asking if isinstance(w.ask, Hold)]:
            await _hold_one(db, walk, at)
        for walk in asking:
            walk.move()
        asking = [walk for walk in asking if walk.ask]
    await _save(db, walks, at, fence)
    return walks


async def _charge_all(
    db: AsyncConnection, walks: Sequence[Walk], at: datetime, sign: Sign | None
) -> None:
    """Post every charge in one go and answer the meters."""
    results: dict[str, Result] = {}
    drafts: list[tuple[Walk, Draft]] = []
    for walk in walks:
        charge = walk.ask
        assert isinstance(charge, Charge)
        if walk.meter.held_minor and not charge.posts_hold:
            await void_hold(db, walk.meter.hold_key, at)  # the hour, and with it the price, changed
        if charge.amount:
            drafts.append((walk, minute_draft(walk.meter, charge)))
    for (walk, _), result in zip(
        drafts, await post_many(db, [d for _, d in drafts], at), strict=True
    ):
        results[walk.meter.session] = result
    for walk in walks:
        charge = walk.ask
        assert isinstance(charge, Charge)
        result = results.get(walk.meter.session, Result(Status.POSTED))
        if result.status in CANNOT_PAY:
            walk.meter, effects = unpaid(walk.meter)
            walk.rest = ()
            for effect in effects:
                walk.tell(effect)
            continue
        result.raise_for_status()
        enter(walk, charge, sign)
        await _look_at_funds(db, walk)


def minute_draft(meter: Meter, charge: Charge) -> Draft:
    return Draft(
        scope=SCOPE,
        key=f"{meter.session}:{charge.n}",
        kind="minute",
        legs=(Leg(meter.payer, -charge.amount), Leg(meter.credit, charge.amount)),
        ref=meter.session,
        memo=f"{charge.n}",
        posts_hold=meter.hold_key if charge.posts_hold else None,
    )


def enter(walk: Walk, charge: Charge, sign: Sign | None) -> None:
    """The charge is on the books: receipt, meter and news follow."""
    meter = paid(walk.meter, charge)
    currency = meter.tariff.currency
    receipt = Receipt(
        session=meter.session,
        n=charge.n,
        from_s=charge.from_s,
        to_s=charge.to_s,
        amount_minor=charge.amount,
        total_minor=meter.charged_minor,
        currency=currency,
        second=charge.second,
        prev=meter.receipt_hash or FIRST_PREV,
    )
    digest = receipt.digest
    if sign is not None:
        receipt = replace(receipt, signature=sign(digest).hex())
    line = store.Line(charge, receipt, digest.hex())
    walk.lines.append(line)
    walk.meter = replace(meter, receipt_hash=line.hash)
    walk.events.append(
        MinuteCharged(
            session=meter.session,
            n=charge.n,
            from_s=charge.from_s,
            to_s=charge.to_s,
            amount=Money(charge.amount, currency),
            total=Money(meter.charged_minor, currency),
            second=charge.second,
            receipt_hash=line.hash,
        )
    )


async def _hold_one(db: AsyncConnection, walk: Walk, at: datetime) -> None:
    ask, meter = walk.ask, walk.meter
    assert isinstance(ask, Hold)
    try:
        await hold(db, meter.hold_key, meter.payer, Money(ask.amount, meter.payer.currency), at)
    except InsufficientFunds:
        walk.meter, effects = refused(meter)
    else:
        walk.meter, effects = held(meter, ask)
        await _look_at_funds(db, walk)
    for effect in effects:
        walk.tell(effect)


async def _look_at_funds(db: AsyncConnection, walk: Walk) -> None:
    available = (await balance(db, walk.meter.payer)).available
    walk.meter = funded(walk.meter, available.minor)


async def _save(
    db: AsyncConnection, walks: Sequence[Walk], at: datetime, fence: store.Epochs | None
) -> None:
    changed = [walk.meter for walk in walks if walk.meter != walk.before]
    await store.save_meters(db, changed, at, fence)
    await store.insert_lines(db, [line for walk in walks for line in walk.lines], at)
    await store.write_segments(db, [span for walk in walks for span in walk.spans])
