"""The only reader of real time in the house below `web`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MICROSECONDS = 1_000_000


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


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
