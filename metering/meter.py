"""The meter of one session: witnessed seconds in, effects out. Pure.

The clock counts whole unix seconds in which both ends were witnessed and which lie in a
permitted window; each counts once, in any cutting into calls. An increment is paid at its
beginning: its first second asks for a `Charge`, which uses up the hold made `lead_s` before.
`advance` stops at each question (`Charge`, `Hold`); the caller asks the ledger, answers by
`paid`, `unpaid`, `held` or `refused`, and goes on with the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from ledger import Account
from metering.pricing import Cursor, Unit, affordable_s, next_unit
from metering.tariffs import Tariff

NO_MEDIA = "no_media"
ABSENT_AFTER_S = 5


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


@dataclass(frozen=True, slots=True)
class Meter:
    """All that decides money about one session. Seconds are unix unless named `_s`.

    `clock_s` witnessed billable seconds; `ticks` increments charged, through `paid_s` of the
    billing clock; `exact` the unrounded total; `windows` permitted [from, until) seconds, the
    last one open while `until` is None; `held_minor` the hold of the next increment, of which
    `held_credit` lies on grants of promo credit; `refused` that it could not be held; `funded_s`
    how far the payer's money reached at the last look.
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
    asked_s: int = field(default=-1, compare=False)

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.ticks, self.paid_s, self.exact, self.charged_minor)

    @property
    def hold_key(self) -> str:
        """Of the hold for the next increment."""
        return f"meter:{self.session}:{self.ticks + 1}"

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


@dataclass(frozen=True, slots=True)
class Charge:
    """Ask the ledger for increment `n`, which begins with unix `second`."""

    n: int
    from_s: int
    to_s: int
    amount: int
    second: int
    state: str
    cause: str
    exact: Fraction
    posts_hold: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """Ask the ledger to set aside `amount` for increment `n`."""

    n: int
    amount: int


@dataclass(frozen=True, slots=True)
class Warn:
    minutes: int


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Nothing is paid beyond `ends_in_s` more billable seconds."""

    ends_in_s: int
    cause: str


@dataclass(frozen=True, slots=True)
class Funded:
    """The hold that was refused is made: the session goes on."""


@dataclass(frozen=True, slots=True)
class Resumed:
    second: int


@dataclass(frozen=True, slots=True)
class CutOff:
    cause: str


Effect = Charge | Hold | Warn | Exhausted | Funded | Resumed | CutOff


@dataclass(frozen=True, slots=True)
class Step:
    """Where `advance` stopped: a question is the last effect; `rest` waits for its answer."""

    meter: Meter
    effects: tuple[Effect, ...]
    counted: tuple[int, ...]
    rest: tuple[int, ...]


def advance(meter: Meter, seconds: Iterable[int]) -> Step:
    """Count the witnessed seconds up to the next question for the ledger."""
    queue = [s for s in sorted(set(seconds)) if _counts(meter, s)]
    effects: list[Effect] = []
    done = 0
    while meter.state in LIVE:
        if _hold_due(meter):
            meter, effect = _ask_hold(meter)
            effects += effect
            if effect and isinstance(effect[0], Hold):
                break
        if meter.refused and meter.ticks and meter.clock_s >= meter.paid_s:
            cause = "funds" if next_unit(meter.tariff, meter.cursor) else "max_charge"
            meter = stopped(meter, cause, meter.seen_second)
            effects.append(CutOff(cause))
            break
        if done == len(queue):
            break
        charge = _charge_due(meter, queue[done])
        if charge:
            effects.append(charge)
            break
        meter, news = _count(meter, queue[done])
        effects += news
        done += 1
    rest = queue[done:] if meter.state in LIVE else []
    return Step(meter, tuple(effects), tuple(queue[:done]), tuple(rest))


def first_hold(meter: Meter, second: int) -> int:
    """What the first increment will cost if it begins about `second`; connect fee included."""
    priced = next_unit(meter.tariff, meter.cursor, second, second)
    return priced[0].price_minor if priced else 0


def started(meter: Meter, second: int, amount: int) -> Meter:
    """The first increment is held: seconds from `second` on count."""
    return replace(
        meter, state=_S.RUNNING, windows=((second, None),), held_minor=amount, cause="start"
    )


def paid(meter: Meter, charge: Charge) -> Meter:
    """The increment is on the books."""
    return replace(
        meter,
        ticks=charge.n,
        paid_s=charge.to_s,
        charged_minor=meter.charged_minor + charge.amount,
        exact=charge.exact,
        held_minor=None,
        held_credit=(),
        refused=False,
        state=_S.RUNNING if meter.state is _S.FINAL else meter.state,
    )


def unpaid(meter: Meter) -> tuple[Meter, tuple[Effect, ...]]:
    """The ledger refused the charge itself: the session ends before the unpaid second."""
    return stopped(meter, "funds", meter.seen_second), (CutOff("funds"),)


def held(meter: Meter, hold: Hold) -> tuple[Meter, tuple[Effect, ...]]:
    """The next increment is safe."""
    state = _S.RUNNING if meter.state is _S.FINAL else meter.state
    after = replace(meter, held_minor=hold.amount, refused=False, state=state)
    return after, (Funded(),) if meter.refused else ()


def refused(meter: Meter, cause: str = "funds") -> tuple[Meter, tuple[Effect, ...]]:
    """The next increment cannot be held: this one is the last unless money comes."""
    if meter.refused:
        return meter, ()
    state = _S.FINAL if meter.state is _S.RUNNING else meter.state
    after = replace(meter, refused=True, state=state)
    return after, (Exhausted(meter.paid_s - meter.clock_s, cause),)


def funded(meter: Meter, available_minor: int) -> Meter:
    """Remember how far the payer's money reaches; `available_minor` is what is not held."""
    budget = available_minor + (meter.held_minor or 0)
    ahead = affordable_s(meter.tariff, budget, meter.cursor, meter.seen_second, meter.first_second)
    return replace(meter, funded_s=meter.paid_s + ahead)


def paused(meter: Meter, cause: str, until: int) -> Meter:
    """Seconds from `until` on do not count. Asking twice changes nothing."""
    if meter.state is _S.PAUSED and not meter.is_open:
        return meter
    return replace(_closed(meter, until), state=_S.PAUSED, cause=cause, since_second=until)


def absent(meter: Meter) -> Meter:
    """No evidence for a while: paused, but a witnessed second takes it back."""
    return replace(meter, state=_S.PAUSED, cause=NO_MEDIA, since_second=meter.seen_second)


def resumed(meter: Meter, second: int) -> Meter:
    """Seconds from `second` on count again. A meter that is not on pause stays as it is."""
    if meter.state is not _S.PAUSED or meter.is_open:
        return meter
    return replace(
        meter,
        state=_S.FINAL if meter.refused else _S.RUNNING,
        windows=(*meter.windows, (second, None)),
        cause="resume",
        since_second=None,
    )


def stopped(meter: Meter, cause: str, until: int) -> Meter:
    """For good. The clock stays at its last witnessed second."""
    free = replace(_closed(meter, until), held_minor=None, held_credit=())
    return replace(free, state=_S.STOPPED, cause=cause, since_second=until)


def overdue(meter: Meter, second: int) -> str | None:
    """What silence has come to by unix `second`: `no_media`, `absence` or `pause_limit`."""
    silent_s = second - meter.seen_second
    if meter.state not in LIVE:
        return None
    if not meter.is_open:
        since = meter.since_second if meter.since_second is not None else meter.seen_second
        return "pause_limit" if second - since >= meter.tariff.longest_pause_s else None
    if silent_s >= meter.tariff.absence_s:
        return "absence"
    silent = meter.state is not _S.PAUSED and silent_s >= ABSENT_AFTER_S
    return NO_MEDIA if silent else None


def due_second(meter: Meter) -> int | None:
    """When to look at the meter although nothing was witnessed; None: never."""
    if meter.state not in LIVE:
        return None
    if meter.state is _S.FINAL:
        return 0
    if not meter.is_open:
        since = meter.since_second if meter.since_second is not None else meter.seen_second
        return since + meter.tariff.longest_pause_s
    patience_s = meter.tariff.absence_s if meter.state is _S.PAUSED else ABSENT_AFTER_S
    return meter.seen_second + min(patience_s, meter.tariff.absence_s)


def _counts(meter: Meter, second: int) -> bool:
    if meter.last_second is not None and second <= meter.last_second:
        return False
    return any(
        begin <= second and (until is None or second < until) for begin, until in meter.windows
    )


def _hold_due(meter: Meter) -> bool:
    return (
        meter.ticks > 0
        and meter.held_minor is None
        and meter.asked_s != meter.clock_s
        and meter.paid_s - meter.clock_s <= meter.tariff.lead_s
    )


def _ask_hold(meter: Meter) -> tuple[Meter, tuple[Effect, ...]]:
    meter = replace(meter, asked_s=meter.clock_s)
    unit = _unit(meter, meter.seen_second + meter.paid_s - meter.clock_s)
    if unit is None:
        return refused(meter, "max_charge")
    if unit[0].price_minor == 0:
        return held(meter, Hold(unit[0].n, 0))
    return meter, (Hold(unit[0].n, unit[0].price_minor),)


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


def _count(meter: Meter, second: int) -> tuple[Meter, list[Effect]]:
    news: list[Effect] = []
    state, cause = meter.state, meter.cause
    if state is _S.PAUSED and meter.is_open:
        state, cause = _S.FINAL if meter.refused else _S.RUNNING, "resume"
        news.append(Resumed(second))
    joins = meter.last_second is not None and second == meter.last_second + 1
    meter = replace(
        meter,
        state=state,
        cause=cause,
        clock_s=meter.clock_s + 1,
        first_second=second if meter.first_second is None else meter.first_second,
        last_second=second,
        segment_from=meter.segment_from if joins else second,
    )
    crossed = tuple(m for m in meter.tariff.warn_at_minutes if meter.left_s <= 60 * m)
    if set(crossed) - set(meter.warned):
        news.append(Warn(min(crossed)))
    return replace(meter, warned=crossed), news


def _closed(meter: Meter, until: int) -> Meter:
    """The open window ends at `until`; a window without seconds disappears."""
    if not meter.is_open:
        return meter
    begin = meter.windows[-1][0]
    last = ((begin, until),) if until > begin else ()
    return replace(meter, windows=(*meter.windows[:-1], *last))
