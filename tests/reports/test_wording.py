"""Sums, dates and counts as an accountant expects to read them."""

from datetime import UTC, datetime, timedelta, timezone

from reports.wording import bind, duration, figure, long_date, money, offset, percent


def test_figures_hold_together() -> None:
    assert figure(123456789) == "1\u00a0234\u00a0567,89"
    assert figure(-62400) == "\u2212624,00"
    assert money(5, "EUR") == "0,05\u00a0€"
    assert percent(1050) == "10,5\u00a0%"
    assert duration(0) == "0\u00a0с"


def test_dates_and_offsets() -> None:
    at = datetime(2026, 5, 9, 10, 0, tzinfo=UTC)
    assert long_date(at).replace("\u00a0", " ") == "9 мая 2026 г."
    assert offset(at) == "UTC+0"
    assert offset(at.astimezone(timezone(timedelta(minutes=-210)))) == "UTC\u22123:30"


def test_short_words_stay_with_their_noun() -> None:
    assert bind("акт № 5 в банке — ООО Ромашка") == (
        "акт №\u00a05 в\u00a0банке\u00a0— ООО\u00a0Ромашка"
    )
