"""The price now and when it changes: by day and night, on feasts, and when clocks are set."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metering import PriceTag, Segment, Window, client_pays_tariff, price_tag

WEEK = (1, 2, 3, 4, 5, 6, 7)
MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")


def window(begin: str, end: str, rate: int, **more: object) -> Window:
    seconds = [int(t[:2]) * 3600 + int(t[3:]) * 60 for t in (begin, end)]
    fields = {"weekdays": WEEK, "month_days": None, "weight": 0, "connect_fee": 0} | more
    return Window(
        from_s=seconds[0],
        to_s=seconds[1],
        segments=(Segment(0, rate, 60, 60),),
        **fields,  # type: ignore[arg-type]
    )


def tariff(zone: str, *windows: Window) -> object:
    return replace(client_pays_tariff(), segments=(), windows=windows, timezone=zone)


def tag(zone: str, at: datetime, *windows: Window) -> PriceTag:
    return price_tag(tariff(zone, *windows), at)  # type: ignore[arg-type]


def test_one_price_all_day_never_changes() -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert price_tag(client_pays_tariff(), at) == PriceTag(2000, "RUB", at)
    same = (window("08:00", "22:00", 2000), window("22:00", "08:00", 2000))
    assert tag("Europe/Moscow", at, *same).changes_at is None


def test_twenty_by_day_and_thirty_from_ten_in_the_evening() -> None:
    both = (window("08:00", "22:00", 2000), window("22:00", "08:00", 3000))
    noon = datetime(2026, 11, 22, 12, tzinfo=MOSCOW)
    told = tag("Europe/Moscow", noon, *both)
    assert (told.minor, told.then_minor) == (2000, 3000)
    assert told.changes_at == datetime(2026, 11, 22, 22, tzinfo=MOSCOW)
    late = tag("Europe/Moscow", datetime(2026, 11, 22, 22, tzinfo=MOSCOW), *both)
    assert (late.minor, late.then_minor) == (3000, 2000)
    assert late.changes_at == datetime(2026, 11, 23, 8, tzinfo=MOSCOW)


def test_a_window_of_the_same_price_is_no_change() -> None:
    three = (
        window("00:00", "12:00", 2000),
        window("12:00", "18:00", 2000),
        window("18:00", "24:00", 2500),
    )
    told = tag("Europe/Moscow", datetime(2026, 11, 22, 9, tzinfo=MOSCOW), *three)
    assert told.changes_at == datetime(2026, 11, 22, 18, tzinfo=MOSCOW)


def test_a_feast_that_is_months_away() -> None:
    always = window("00:00", "24:00", 2000)
    feast = window("00:00", "24:00", 5000, month_days=("05-09",), weight=1)
    told = tag("Europe/Moscow", datetime(2026, 11, 22, 9, tzinfo=MOSCOW), always, feast)
    assert told.changes_at == datetime(2027, 5, 9, tzinfo=MOSCOW)
    after = tag("Europe/Moscow", datetime(2027, 5, 9, 15, tzinfo=MOSCOW), always, feast)
    assert (after.minor, after.changes_at) == (5000, datetime(2027, 5, 10, tzinfo=MOSCOW))


# Berlin, 02:30 to 05:00 is dear. On 2026-10-25 03:00 becomes 02:00, on 2026-03-29 02:00 is 03:00.
NIGHTS = (
    # (asked at, price, changes at, then), all in UTC
    ("2026-10-24T23:30", 2000, "2026-10-25T00:30", 3000),  # 02:30 for the first time
    ("2026-10-25T00:45", 3000, "2026-10-25T01:00", 2000),  # the clock goes back to 02:00
    ("2026-10-25T01:15", 2000, "2026-10-25T01:30", 3000),  # 02:30 for the second time
    ("2026-10-25T02:00", 3000, "2026-10-25T04:00", 2000),
    ("2026-03-29T00:30", 2000, "2026-03-29T01:00", 3000),  # 02:30 is not there: at 03:00
    ("2026-03-29T01:00", 3000, "2026-03-29T03:00", 2000),
)


@pytest.mark.parametrize(("asked", "now", "changes", "then"), NIGHTS)
def test_nights_in_which_clocks_are_set(asked: str, now: int, changes: str, then: int) -> None:
    windows = (window("02:30", "05:00", 3000), window("05:00", "02:30", 2000))
    told = tag("Europe/Berlin", datetime.fromisoformat(asked + "Z"), *windows)
    assert (told.minor, told.then_minor) == (now, then)
    assert told.changes_at == datetime.fromisoformat(changes + "Z")


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran"]),
    st.integers(0, 366 * 96),
    st.lists(st.integers(0, 95), min_size=2, max_size=4, unique=True),
)
def test_until_the_change_the_price_is_the_same_and_with_it_another(
    zone: str, quarter: int, edges: list[int]
) -> None:
    """Minute by minute over a day, against looking at each minute."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarter)
    clocks = [f"{e // 4:02}:{e % 4 * 15:02}" for e in sorted(edges)]
    pairs = zip(clocks, [*clocks[1:], clocks[0]], strict=True)
    windows = [window(a, b, 1000 + n) for n, (a, b) in enumerate(pairs)]
    told = tag(zone, at, *windows)
    assert told.changes_at is not None
    looked = at
    while looked < told.changes_at:
        assert tag(zone, looked, *windows).minor == told.minor
        looked += timedelta(minutes=15)
    assert tag(zone, told.changes_at, *windows).minor == told.then_minor != told.minor
