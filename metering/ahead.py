"""What lies ahead of a meter, if seconds go on to be witnessed, and if they do not. Pure."""

from metering.events import Event, MeterPaused, MeterStopped
from metering.meter import (
    LIVE,
    NO_MEDIA,
    Meter,
    MeterState,
    absent,
    ends_in_grace,
    is_early,
    paid_point,
    points,
    stopped,
)

ABSENT_AFTER_S = 5


def due_in(meter: Meter) -> int:
    """With which of the seconds to be counted next something is due: a hold or a warning with the
    last one before it, a charge with the first one that must be paid.
    """
    clock = meter.clock_s
    if is_early(meter) or clock >= paid_point(meter) or ends_in_grace(meter):
        return 1
    pay, *others = points(meter)
    return min(pay - clock + 1, *(p - clock for p in others if p > clock), pay - clock + 1)


def overdue(meter: Meter, second: int) -> str | None:
    """What silence has come to by unix `second`: `no_media`, `absence` or `pause_limit`."""
    return absence_of(meter, second, meter.seen_second)


def absence_of(meter: Meter, second: int, seen: int) -> str | None:
    """The same of a meter that is known to have been alive until unix `seen`."""
    if meter.state not in LIVE:
        return None
    if not meter.is_open:
        since = meter.since_second if meter.since_second is not None else meter.seen_second
        return "pause_limit" if second - since >= meter.tariff.longest_pause_s else None
    silent_s = second - seen
    if silent_s >= meter.tariff.absence_s:
        return "absence"
    silent = meter.state is not MeterState.PAUSED and silent_s >= ABSENT_AFTER_S
    return NO_MEDIA if silent else None


def due_second(meter: Meter) -> int | None:
    """When to look at the meter although nothing was witnessed; None: never."""
    if meter.state not in LIVE:
        return None
    return 0 if meter.state is MeterState.FINAL else silence_ends(meter, meter.seen_second)


def silence_ends(meter: Meter, seen: int) -> int:
    """When a live meter, known to have been alive until unix `seen`, is overdue."""
    if not meter.is_open:
        since = meter.since_second if meter.since_second is not None else meter.seen_second
        return since + meter.tariff.longest_pause_s
    patience_s = meter.tariff.absence_s if meter.state is MeterState.PAUSED else ABSENT_AFTER_S
    return seen + min(patience_s, meter.tariff.absence_s)


def silenced(meter: Meter, second: int) -> tuple[Meter, Event] | None:
    """What silence makes of a meter by unix `second`: paused for lack of media, or stopped."""
    due = overdue(meter, second)
    if due is None:
        return None
    if due == NO_MEDIA:
        after = absent(meter)
        return after, MeterPaused(meter.session, NO_MEDIA, after.seen_second)
    return stopped(meter, due, second), ended(meter, due, second)


def ended(meter: Meter, cause: str, until: int) -> MeterStopped:
    """The news of a meter that stops at unix `until`."""
    end = meter.last_second + 1 if meter.last_second is not None else until
    return MeterStopped(meter.session, cause, meter.clock_s, end)
