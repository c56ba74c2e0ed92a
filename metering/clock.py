"""The only reader of real time in the house below `web`."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MICROSECONDS = 1_000_000


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def boot_ns() -> int:
    """Nanoseconds that passed since some moment, sleep of the machine included; never set back."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def steady_clock(
    wall: Clock = utc_now, passed_ns: Callable[[], int] = boot_ns
) -> Callable[[], datetime]:
    """A clock for the life of a process: the wall clock is read once, then time only passes.

    Whoever sets the wall clock by an hour moves no bill and ends no session with it; `skew_of`
    tells of it.

    >>> passed = iter([5_000_000_000, 7_500_000_000])
    >>> steady_clock(lambda: moment(0), lambda: next(passed))().isoformat()
    '1970-01-01T00:00:02.500000+00:00'
    """
    began, since = wall(), passed_ns()
    return lambda: began + _MICROSECOND * ((passed_ns() - since) // 1000)


def skew_of(clock: Clock, wall: Clock = utc_now) -> timedelta:
    """How far the wall clock was moved since `clock` began to count."""
    return wall() - clock()


def microseconds(at: datetime) -> int:
    """Whole microseconds since 1970, exact.

    >>> microseconds(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC))
    1000005
    """
    return (at - _EPOCH) // _MICROSECOND


def moment(us: int) -> datetime:
    """The moment so many microseconds after 1970.

    >>> moment(1000005).isoformat()
    '1970-01-01T00:00:01.000005+00:00'
    """
    return _EPOCH + us * _MICROSECOND


def second_begun(at: datetime) -> int:
    """The unix second that `at` lies in."""
    return microseconds(at) // MICROSECONDS


def second_to_come(at: datetime) -> int:
    """The first unix second that begins at or after `at`."""
    return -(-microseconds(at) // MICROSECONDS)
