"""Asking the ledger on behalf of many meters at once, all in the caller's transaction.

Each round moves every meter to its next question, puts all charges into one `post_many`, makes
the holds, and gives the answers back, until the seconds are used up. What is written at the end
- meters, charges, receipts, segments - stands or falls with the ledger's entries.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import (
    Account,
    Draft,
    InsufficientFunds,
    Money,
    Result,
    Status,
    balance,
    hold,
    lock_accounts,
    post_many,
    promo,
    void_hold,
)
from ledger.promo import Purse
from metering import store, store_allowances
from metering.allowances import Drawn
from metering.around import Around
from metering.credit import (
    Offered,
    accounts_of,
    as_held,
    held_parts,
    minute_draft,
    parts_of,
    purses_known,
    wanted_from,
)
from metering.effects import Charge, CutOff, Effect, Exhausted, Funded, Hold, Look, Resumed, Warn
from metering.errors import CapReached
from metering.events import (
    Event,
    FundsBack,
    FundsExhausted,
    FundsLow,
    MeterResumed,
    MeterStopped,
    MinuteCharged,
)
from metering.means import CAP
from metering.meter import Meter, advance, ends_in_grace, funded, held, paid, refused, unpaid
from metering.receipts import FIRST_PREV, Receipt, Sign
from metering.runs import Runs
from metering.seconds import give_back, hold_seconds, paid_in_seconds, shelf_of, used

# A frozen wallet pays no more than an empty one: the session ends as when money runs out.
CANNOT_PAY = (Status.INSUFFICIENT, Status.FROZEN)


@dataclass(slots=True)
class Walk:
    """One meter on its way through some seconds; `before` is how it was read."""

    before: Meter
    meter: Meter
    rest: Runs
    ask: Charge | Hold | Look | None = None
    events: list[Event] = field(default_factory=list)
    spans: list[tuple[str, int, int]] = field(default_factory=list)
    lines: list[store.Line] = field(default_factory=list)
    uses: list[tuple[str, int, Drawn]] = field(default_factory=list)

    def move(self) -> None:
        """On to the next question."""
        step = advance(self.meter, self.rest)
        self._note_spans(step.counted)
        self.meter, self.rest, self.ask = step.meter, step.rest, None
        for effect in step.effects:
            if isinstance(effect, Charge | Hold | Look):
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
    shelf = await shelf_of(db, [walk.meter for walk in asking])
    offered = await promo.purses_of(db, {walk.meter.payer for walk in asking}, at)
    around = Around(offered, shelf, walks)
    accounts = {a for w in asking for a in accounts_of(w.meter, offered)}
    if accounts or also_locked:
        await lock_accounts(db, accounts | set(also_locked))
    while asking:
        await _charge_all(db, [w for w in asking if isinstance(w.ask, Charge)], at, sign, around)
        for walk in [w for w in asking if isinstance(w.ask, Hold)]:
            await _hold_one(db, walk, at, around)
        for walk in [w for w in asking if isinstance(w.ask, Look)]:
            await _look_again(db, walk, at, around)
        for walk in asking:
            walk.move()
        asking = [walk for walk in asking if walk.ask]
    await _save(db, walks, at, fence)
    return walks


async def _charge_all(
    db: AsyncConnection, walks: Sequence[Walk], at: datetime, sign: Sign | None, around: Around
) -> None:
    """Post every charge in one go and answer the meters."""
    able = [walk for walk in walks if await _may_charge(db, walk, at, around)]
    results = await _post_all(db, able, at, around.offered)
    for walk in able:
        charge = walk.ask
        assert isinstance(charge, Charge)
        result = results.get(walk.meter.session, Result(Status.POSTED))
        if result.status in CANNOT_PAY:
            await _cut(db, walk, "funds", at, around)
            continue
        result.raise_for_status()
        walk.uses += used(around.shelf, walk.meter, charge.n)
        enter(walk, charge, sign)
        await _look_at_funds(db, walk, at, around)


async def _may_charge(db: AsyncConnection, walk: Walk, at: datetime, around: Around) -> bool:
    """Let seconds pay their part of the charge; cut the session where a cap is in the way."""
    charge, meter = walk.ask, walk.meter
    assert isinstance(charge, Charge)
    if meter.tariff.allowance:
        second = charge.second - (meter.clock_s - meter.paid_s)
        walk.meter = meter = await hold_seconds(db, around.shelf, meter, second, at)
        walk.ask = charge = _covered_charge(meter, charge, second)
    if charge.posts_hold or not await around.refuses(db, meter, charge.amount, at):
        return True
    await _cut(db, walk, CAP, at, around)
    return False


def _covered_charge(meter: Meter, charge: Charge, second: int) -> Charge:
    priced = paid_in_seconds(meter, second)
    if priced is None or not meter.means.held:
        return charge
    unit, after = priced
    return charge._replace(
        amount=unit.price_minor,
        exact=after.exact,
        state=unit.state.value,
        cause=unit.cause,
        posts_hold=unit.price_minor > 0 and meter.held_minor == unit.price_minor,
    )


async def _cut(db: AsyncConnection, walk: Walk, cause: str, at: datetime, around: Around) -> None:
    """The increment cannot be paid: what is held goes back and the session ends before it."""
    await void_parts(db, walk.meter, at)
    walk.meter = await give_back(db, around.shelf, walk.meter)
    walk.meter, effects = unpaid(walk.meter, cause)
    walk.rest = ()
    for effect in effects:
        walk.tell(effect)


async def _post_all(
    db: AsyncConnection, walks: Sequence[Walk], at: datetime, offered: Offered
) -> dict[str, Result]:
    """The result of every charge with money, by session. What is held goes in one go; an increment
    that draws on credit without a hold is posted alone, for it must know what is left."""
    together: list[Draft] = []
    results: dict[str, Result] = {}
    for walk in walks:
        meter, charge = walk.meter, walk.ask
        assert isinstance(charge, Charge)
        # without a hold: the hour, and with it the price, changed
        await void_parts(db, meter, at, but_first=charge.posts_hold)
        if charge.amount and (charge.posts_hold or not purses_known(meter, offered)):
            together.append(minute_draft(meter, charge))
        elif charge.amount:
            draft = minute_draft(meter, charge, await purses_left(db, meter, at, offered))
            [results[meter.session]] = await post_many(db, [draft], at)
    posted = await post_many(db, together, at)
    return results | {d.ref: result for d, result in zip(together, posted, strict=True)}


async def purses_left(
    db: AsyncConnection, meter: Meter, at: datetime, offered: Offered
) -> Sequence[Purse]:
    """What the payer's purses hold by now; only of those that are locked."""
    known = purses_known(meter, offered)
    if not known:
        return ()
    now = await promo.purses(db, meter.payer.owner, meter.payer.currency, at)
    return [purse for purse in now if purse.account in known]


async def void_parts(
    db: AsyncConnection, meter: Meter, at: datetime, but_first: bool = False
) -> None:
    """Give back what is held for the next increment."""
    for part in held_parts(meter)[1 if but_first else 0 :]:
        await void_hold(db, part.key, at)


async def hold_parts(
    db: AsyncConnection, meter: Meter, amount: int, purses: Sequence[Purse], at: datetime
) -> tuple[tuple[str, int], ...]:
    """Hold the next increment on accounts that are locked; what the meter remembers of its credit.

    The wallet goes first: if it refuses, nothing is held. Raises: InsufficientFunds.
    """
    drawn = wanted_from(meter, amount, purses)
    for part in reversed(parts_of(meter, amount, drawn)):
        await hold(db, part.key, part.account, Money(part.minor, part.account.currency), at)
    return as_held(drawn)


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
        receipt = receipt._replace(signature=sign(digest).hex())
    line = store.Line(charge, receipt, digest.hex())
    walk.lines.append(line)
    walk.meter = meter._replace(receipt_hash=line.hash)
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


async def _hold_one(db: AsyncConnection, walk: Walk, at: datetime, around: Around) -> None:
    ask, meter = walk.ask, walk.meter
    assert isinstance(ask, Hold)
    second = meter.seen_second + meter.paid_s - meter.clock_s
    meter, amount = await hold_increment(db, meter, second, ask.amount, at, around)
    try:
        if await around.refuses(db, meter, amount, at):
            raise CapReached
        purses = await purses_left(db, meter, at, around.offered)
        credit = await hold_parts(db, meter, amount, purses, at)
    except (InsufficientFunds, CapReached) as error:
        meter = await give_back(db, around.shelf, meter)
        walk.meter, effects = refused(meter, CAP if isinstance(error, CapReached) else "funds")
    else:
        walk.meter, effects = held(meter._replace(held_credit=credit), Hold(ask.n, amount))
        await _look_at_funds(db, walk, at, around)
    for effect in effects:
        walk.tell(effect)


async def hold_increment(
    db: AsyncConnection, meter: Meter, second: int, amount: int, at: datetime, around: Around
) -> tuple[Meter, int]:
    """Let allowances hold their part of the increment that begins about a unix second and would
    cost `amount`; what money must hold."""
    if not meter.tariff.allowance:
        return meter, amount
    meter = await hold_seconds(db, around.shelf, meter, second, at)
    priced = paid_in_seconds(meter, second)
    return meter, priced[0].price_minor if priced else amount


async def _look_at_funds(db: AsyncConnection, walk: Walk, at: datetime, around: Around) -> None:
    walk.meter = await outlook(db, walk.meter, at, around)


async def outlook(db: AsyncConnection, meter: Meter, at: datetime, around: Around) -> Meter:
    """How far what the payer has reaches: seconds, credit and money, within caps."""
    available = await means_of(db, meter, at, around.offered)
    room = await around.room(db, meter, at)
    if room is not None:
        available = min(available, room - (meter.held_minor or 0))
    return funded(meter, available, around.shelf.reach_s(meter, at))


async def _look_again(db: AsyncConnection, walk: Walk, at: datetime, around: Around) -> None:
    """Within the grace; if money still ends here, what is held goes back."""
    await _look_at_funds(db, walk, at, around)
    if ends_in_grace(walk.meter):
        await void_parts(db, walk.meter, at)
        walk.meter = await give_back(db, around.shelf, walk.meter)


async def means_of(db: AsyncConnection, meter: Meter, at: datetime, offered: Offered) -> int:
    """What the payer may spend by now, credit and money, beside what is held."""
    money = (await balance(db, meter.payer)).available.minor
    return money + sum(p.available.minor for p in await purses_left(db, meter, at, offered))


async def _save(
    db: AsyncConnection, walks: Sequence[Walk], at: datetime, fence: store.Epochs | None
) -> None:
    changed = [walk.meter for walk in walks if walk.meter != walk.before]
    await store.save_meters(db, changed, at, fence)
    await store.insert_lines(db, [line for walk in walks for line in walk.lines], at)
    await store_allowances.write_uses(db, [use for walk in walks for use in walk.uses])
    await store.write_segments(db, [span for walk in walks for span in walk.spans])
