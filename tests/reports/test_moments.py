"""A moment goes into a table and comes back the same."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from reports.moments import microseconds, moment


@given(st.datetimes(timezones=st.just(UTC)))
def test_there_and_back(at: datetime) -> None:
    assert moment(microseconds(at)) == at
