"""Moments as the ledger stores them: whole microseconds of UTC since 1970."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)

NEVER = _EPOCH  # before anything was recorded


def us_of(at: datetime) -> int:
    """UTC microseconds of an aware moment."""
    return (at - _EPOCH) // _US


def at_of(us: int) -> datetime:
    """The inverse of `us_of`."""
    return _EPOCH + us * _US
