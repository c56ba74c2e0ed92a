"""The meter of one session: witnessed seconds in, effects out. Pure.

The clock counts whole unix seconds in which both ends were witnessed and which lie in a
permitted window; each counts once, in any cutting into calls. An increment is paid at its
beginning: its first second asks for a `Charge`, which uses up the hold made `lead_s` before.
`advance` stops at each question (`Charge`, `Hold`); the caller asks the ledger, answers by
`paid`, `unpaid`, `held` or `refused`, and goes on with the rest.
"""

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from ledger import Account
from metering.allowances import lasting_s
from metering.effects import (
    Charge,
    CutOff,
    Effect,
    Exhausted,
    Funded,
    Hold,
    Look,
    Resumed,
    Warn,
)
from metering.means import PLAIN_MEANS, Means
from metering.pricing import Cursor, Unit, affordable_s, next_unit
from metering.runs import Run, Runs, joined, within
from metering.tariffs import Tariff

NO_MEDIA = "no_media"
BOUNDLESS = 1 << 62  # minor units: money is no limit


class MeterState(StrEnum):
    ARMED = "armed"
    RUNNING = "running"
    PAUSED = "paused"
    FINAL = "final"
    STOPPED = "stopped"


_S = MeterState
TRANSITIONS: dict[MeterState, frozenset[MeterState]] = {
    _S.ARMED: frozenset({_S.RUNNING, _S.STOPPED}),
    _S.RUNNING: frozenset({_S.PAUSED, _S.FINAL, _S.STOPPED}),
    _S.PAUSED: frozenset({_S.RUNNING, _S.FINAL, _S.STOPPED}),
    _S.FINAL: frozenset({_S.RUNNING, _S.PAUSED, _S.STOPPED}),
    _S.STOPPED: frozenset(),
}
LIVE = (_S.RUNNING, _S.PAUSED, _S.FINAL)


class Meter(NamedTuple):
    """All that decides money about one session. Seconds are unix unless named `_s`.

    `clock_s` witnessed billable seconds; `ticks` increments charged, through `paid_s` of the
    billing clock; `exact` the unrounded total; `windows` permitted [from, until) seconds, the
    last one open while `until` is None; `held_minor` the hold of the next increment, of which
    `held_credit` lies on grants of promo credit; `refused` that it could not be held; `funded_s`
    how far the payer's money reached at the last look; `means` what stands beside money. `asked_s`
    is no part of what is equal. A named tuple is copied eight times as fast as a dataclass.
    """

    session: str
    tariff: Tariff
    payer: Account
    credit: Account
    state: MeterState = MeterState.ARMED
    clock_s: int = 0
    ticks: int = 0
    paid_s: int = 0
    charged_minor: int = 0
    exact: Fraction = Fraction(0)
    first_second: int | None = None
    last_second: int | None = None
    segment_from: int | None = None
    windows: tuple[tuple[int, int | None], ...] = ()
    cause: str = ""
    since_second: int | None = None
    warned: tuple[int, ...] = ()
    held_minor: int | None = None
    held_credit: tuple[tuple[str, int], ...] = ()
    refused: bool = False
    funded_s: int = 0
    receipt_hash: str = ""
    version: int = 0
    means: Means = PLAIN_MEANS
    asked_s: int = -1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Meter) and self[:_ASKED] == other[:_ASKED]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.session, self.version))

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.ticks, self.paid_s, self.exact, self.charged_minor)

    @property
    def hold_key(self) -> str:
        """Of the hold for the next increment."""
        again = f"~{self.means.again}" if self.means.again else ""
        return f"meter:{self.session}:{self.ticks + 1}{again}"

    @property
    def left_s(self) -> int:
        """Billable seconds that the payer's money lasted at the last look; advice, not truth."""
        return max(self.funded_s - self.clock_s, 0)

    @property
    def seen_second(self) -> int:
        """The unix second up to which this meter is known to be alive."""
        counted = self.last_second + 1 if self.last_second is not None else 0
        return max(counted, self.windows[-1][0] if self.windows else 0)

    @property
    def is_open(self) -> bool:
        return bool(self.windows) and self.windows[-1][1] is None


_ASKED = Meter._fields.index("asked_s")


class Step(NamedTuple):
    """Where `advance` stopped: a question is the last effect; `rest` waits for its answer."""

    meter: Meter
    effects: tuple[Effect, ...]
    counted: Runs
    rest: Runs


def advance(meter: Meter, runs: Iterable[Run]) -> Step:
    """Count witnessed seconds, in order and apart, up to the next question for the ledger."""
    queue = _that_count(meter, runs)
    effects: list[Effect] = []
    counted: list[Run] = []
    while meter.state in LIVE:
        if meter.asked_s != meter.clock_s and hold_waits(meter):
            meter, effect = _ask_hold(meter)
            effects += effect
            if effect and isinstance(effect[0], Hold):
                break
        if meter.refused and meter.ticks and meter.clock_s >= meter.paid_s:
            cause = meter.means.refused_by or "funds"
            cause = cause if next_unit(meter.tariff, meter.cursor) else "max_charge"
            meter = stopped(meter, cause, meter.seen_second)
            effects.append(CutOff(cause))
            break
        if not queue:
            break
        if ends_in_grace(meter):
            meter, ending = _end_in_grace(meter)
            effects.append(ending)
            break
        begin, end = queue[0]
        charge = _charge_due(meter, begin)
        if charge:
            effects.append(charge)
            break
        until = min(end, begin + needed_s(meter))
        meter, news = _count(meter, begin, until)
        effects += news
        counted.append((begin, until))
        queue[:1] = [(until, end)] if until < end else []
    rest = queue if meter.state in LIVE else []
    return Step(meter, tuple(effects), tuple(counted), tuple(rest))


def needed_s(meter: Meter) -> int:
    """How many seconds may be counted at once; right after them, something may be due."""
    ahead_s = min((p - meter.clock_s for p in points(meter) if p > meter.clock_s), default=1)
    return 1 if is_early(meter) or meter.clock_s >= paid_point(meter) else ahead_s


def points(meter: Meter) -> list[int]:
    """Where on the billing clock a charge (first), a hold or a warning is due."""
    found = [paid_point(meter)]
    if meter.ticks and meter.held_minor is None:
        found.append(meter.paid_s - meter.tariff.lead_s)
    if not meter.ticks:
        found.append(min(meter.funded_s, paid_point(meter)))
    return found + [meter.funded_s - 60 * m for m in meter.tariff.warn_at_minutes]


def paid_point(meter: Meter) -> int:
    return max(meter.paid_s, meter.tariff.grace_seconds)


def ends_in_grace(meter: Meter) -> bool:
    """Whether another second would begin an increment that money, at the last look, does not
    reach, although nothing is charged yet."""
    clock = meter.clock_s
    return not meter.ticks and meter.funded_s <= clock < meter.tariff.grace_seconds and clock > 0


def is_early(meter: Meter) -> bool:
    """Whether every second must be looked at: money ran out, a hold waits, or warnings change."""
    return meter.refused or hold_waits(meter) or _crossed(meter, meter.clock_s + 1) != meter.warned


def first_hold(meter: Meter, second: int) -> int:
    """What the first increment will cost if it begins about `second`; connect fee included."""
    priced = next_unit(meter.tariff, meter.cursor, second, second)
    return priced[0].price_minor if priced else 0


def started(meter: Meter, second: int, amount: int) -> Meter:
    """The first increment is held: seconds from `second` on count."""
    window = (second, None)
    return meter._replace(state=_S.RUNNING, windows=(window,), held_minor=amount, cause="start")


def paid(meter: Meter, charge: Charge) -> Meter:
    """The increment is on the books. The next hold waits until its first second is counted."""
    return meter._replace(
        asked_s=meter.clock_s,
        ticks=charge.n,
        paid_s=charge.to_s,
        charged_minor=meter.charged_minor + charge.amount,
        exact=charge.exact,
        held_minor=None,
        held_credit=(),
        refused=False,
        state=_S.RUNNING if meter.state is _S.FINAL else meter.state,
        means=meter.means.paid(),
    )


def unpaid(meter: Meter, cause: str = "funds") -> tuple[Meter, tuple[Effect, ...]]:
    """The ledger refused the charge itself: the session ends before the unpaid second."""
    return stopped(meter, cause, meter.seen_second), (CutOff(cause),)


def held(meter: Meter, hold: Hold) -> tuple[Meter, tuple[Effect, ...]]:
    """The next increment is safe."""
    state = _S.RUNNING if meter.state is _S.FINAL else meter.state
    means = meter.means.refused("")
    after = meter._replace(held_minor=hold.amount, refused=False, state=state, means=means)
    return after, (Funded(),) if meter.refused else ()


def refused(meter: Meter, cause: str = "funds") -> tuple[Meter, tuple[Effect, ...]]:
    """The next increment cannot be held: this one is the last unless money comes."""
    means = meter.means.refused(cause)
    if meter.refused:
        return meter if means is meter.means else meter._replace(means=means), ()
    state = _S.FINAL if meter.state is _S.RUNNING else meter.state
    after = meter._replace(refused=True, state=state, means=means)
    return after, (Exhausted(meter.paid_s - meter.clock_s, cause),)


def funded(meter: Meter, available_minor: int, reach_s: int = 0) -> Meter:
    """Remember how far the payer's means reach; `available_minor` and the seconds of allowances,
    `reach_s`, are what is not held."""
    budget, reach_s = available_minor + (meter.held_minor or 0), reach_s + meter.means.held_s
    where = (meter.cursor, meter.seen_second, meter.first_second)
    if reach_s:
        ahead = lasting_s(meter.tariff, budget, reach_s, *where)
    else:
        ahead = affordable_s(meter.tariff, budget, *where)
    return meter._replace(funded_s=meter.paid_s + ahead)


def paused(meter: Meter, cause: str, until: int) -> Meter:
    """Seconds from `until` on do not count. Asking twice changes nothing."""
    if meter.state is _S.PAUSED and not meter.is_open:
        return meter
    return _closed(meter, until)._replace(state=_S.PAUSED, cause=cause, since_second=until)


def absent(meter: Meter) -> Meter:
    """No evidence for a while: paused, but a witnessed second takes it back."""
    return meter._replace(state=_S.PAUSED, cause=NO_MEDIA, since_second=meter.seen_second)


def resumed(meter: Meter, second: int) -> Meter:
    """Seconds from `second` on count again. A meter that is not on pause stays as it is."""
    if meter.state is not _S.PAUSED or meter.is_open:
        return meter
    return meter._replace(
        state=_S.FINAL if meter.refused else _S.RUNNING,
        windows=(*meter.windows, (second, None)),
        cause="resume",
        since_second=None,
    )


def stopped(meter: Meter, cause: str, until: int) -> Meter:
    """For good. The clock stays at its last witnessed second."""
    means = meter.means.with_held(())
    free = _closed(meter, until)._replace(held_minor=None, held_credit=(), means=means)
    return free._replace(state=_S.STOPPED, cause=cause, since_second=until)


def _that_count(meter: Meter, runs: Iterable[Run]) -> list[Run]:
    """Seconds after the last counted one, inside the permitted windows."""
    first = 0 if meter.last_second is None else meter.last_second + 1
    if meter.is_open and len(meter.windows) == 1:
        return within(runs, max(first, meter.windows[0][0]), None)
    fresh = within(runs, first, None)
    return list(joined(part for window in meter.windows for part in within(fresh, *window)))


def hold_waits(meter: Meter) -> bool:
    """Whether the next increment should be held by now and is not."""
    unheld = meter.ticks > 0 and meter.held_minor is None
    return unheld and meter.paid_s - meter.clock_s <= meter.tariff.lead_s


def _ask_hold(meter: Meter) -> tuple[Meter, tuple[Effect, ...]]:
    meter = meter._replace(asked_s=meter.clock_s)
    unit = _unit(meter, meter.seen_second + meter.paid_s - meter.clock_s)
    if unit is None:
        return refused(meter, "max_charge")
    if unit[0].price_minor == 0:
        return held(meter, Hold(unit[0].n, 0))
    return meter, (Hold(unit[0].n, unit[0].price_minor),)


def _end_in_grace(meter: Meter) -> tuple[Meter, Effect]:
    """Look once more; if nothing came, the session ends before its grace does, and for nothing."""
    if meter.asked_s != meter.clock_s:
        return meter._replace(asked_s=meter.clock_s), Look()
    boundless = affordable_s(meter.tariff, BOUNDLESS, meter.cursor, meter.seen_second)
    cause = "max_charge" if boundless <= meter.clock_s else "funds"
    return stopped(meter, cause, meter.seen_second), CutOff(cause)


def _charge_due(meter: Meter, second: int) -> Charge | None:
    """The charge without which the next second may not count."""
    after = meter.clock_s + 1
    if after <= meter.tariff.grace_seconds or after <= meter.paid_s:
        return None
    priced = _unit(meter, second - (meter.clock_s - meter.paid_s))
    if priced is None:
        return None
    unit, cursor = priced
    return Charge(
        n=unit.n,
        from_s=unit.from_s,
        to_s=unit.to_s,
        amount=unit.price_minor,
        second=second,
        state=unit.state.value,
        cause=unit.cause,
        exact=cursor.exact,
        posts_hold=unit.price_minor > 0 and meter.held_minor == unit.price_minor,
    )


def _unit(meter: Meter, second: int) -> tuple[Unit, Cursor] | None:
    start = second if meter.first_second is None else meter.first_second
    return next_unit(meter.tariff, meter.cursor, second, start)


def _count(meter: Meter, begin: int, until: int) -> tuple[Meter, list[Effect]]:
    """Count a run that `needed_s` permits."""
    news: list[Effect] = []
    state, cause = meter.state, meter.cause
    if state is _S.PAUSED and meter.is_open:
        state, cause = _S.FINAL if meter.refused else _S.RUNNING, "resume"
        news.append(Resumed(begin))
    joins = meter.last_second is not None and begin == meter.last_second + 1
    clock_s = meter.clock_s + until - begin
    crossed = _crossed(meter, clock_s)
    if crossed != meter.warned and set(crossed) - set(meter.warned):
        news.append(Warn(min(crossed)))
    meter = meter._replace(
        state=state,
        cause=cause,
        clock_s=clock_s,
        first_second=begin if meter.first_second is None else meter.first_second,
        last_second=until - 1,
        segment_from=meter.segment_from if joins else begin,
        warned=crossed,
    )
    return meter, news


def _crossed(meter: Meter, clock_s: int) -> tuple[int, ...]:
    """The warnings that are in force when the clock stands there."""
    return tuple([m for m in meter.tariff.warn_at_minutes if meter.funded_s - clock_s <= 60 * m])


def _closed(meter: Meter, until: int) -> Meter:
    """The open window ends at `until`; a window without seconds disappears."""
    if not meter.is_open:
        return meter
    begin = meter.windows[-1][0]
    last = ((begin, until),) if until > begin else ()
    return meter._replace(windows=(*meter.windows[:-1], *last))
