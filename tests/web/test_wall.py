"""A wall clock that somebody sets is told of, and decides nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from metering import steady_clock
from web import metrics, wall

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("step", [timedelta(hours=1), -timedelta(hours=1)])
def test_an_hour_is_told_and_does_not_count(step: timedelta) -> None:
    """Ten seconds pass, and the wall clock is set by an hour: to the server it is ten seconds."""
    passed = iter([0, 10_000_000_000, 10_000_000_000])
    clock = steady_clock(lambda: NOON, lambda: next(passed))
    assert clock() == NOON + timedelta(seconds=10)
    with capture_logs() as told:
        assert wall.look(clock, lambda: NOON + timedelta(seconds=10) + step) == step
    assert [one["log_level"] for one in told] == ["error"]
    assert metrics.CLOCK_SKEW._value.get() == step.total_seconds()


def test_nobody_hears_of_a_clock_that_is_right() -> None:
    with capture_logs() as told:
        assert abs(wall.look(steady_clock())) < wall.SKEW_MAX
    assert told == []
