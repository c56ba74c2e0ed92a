"""Money, dates and durations, as the specification writes them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ledger import Money
from metering import PriceTag
from web import words

AT = datetime(2026, 11, 21, 11, 5, tzinfo=UTC)
GAP = "\u00a0"


@pytest.mark.parametrize(
    ("minor", "ru", "en"),
    [
        (125_000, f"1{GAP}250,00{GAP}₽", f"1,250.00{GAP}₽"),
        (0, f"0,00{GAP}₽", f"0.00{GAP}₽"),
        (-100, f"\u22121,00{GAP}₽", f"\u22121.00{GAP}₽"),
        (5, f"0,05{GAP}₽", f"0.05{GAP}₽"),
    ],
)
def test_money_is_grouped_by_language_and_never_breaks(minor: int, ru: str, en: str) -> None:
    assert words.money_text(Money(minor), "ru") == ru
    assert words.money_text(Money(minor), "en") == en


def test_another_currency_has_its_own_places() -> None:
    assert words.money_text(Money(1250, "JPY"), "en") == f"1,250{GAP}JPY"
    assert words.money_text(Money(1250, "EUR"), "ru") == f"12,50{GAP}€"


def test_a_movement_says_its_direction() -> None:
    assert words.change_text(Money(50_000), "ru") == f"+500,00{GAP}₽"
    assert words.change_text(Money(-2000), "ru") == f"\u221220,00{GAP}₽"
    assert words.change_text(Money(0), "ru") == f"0,00{GAP}₽"


@pytest.mark.parametrize(
    ("n", "ru", "lasting", "en"),
    [
        (1, "1 минута", "на 1 минуту", "1 minute"),
        (2, "2 минуты", "на 2 минуты", "2 minutes"),
        (5, "5 минут", "на 5 минут", "5 minutes"),
        (11, "11 минут", "на 11 минут", "11 minutes"),
        (21, "21 минута", "на 21 минуту", "21 minutes"),
    ],
)
def test_minutes_are_declined(n: int, ru: str, lasting: str, en: str) -> None:
    assert words.minutes_text(n, "ru").replace(GAP, " ") == ru
    assert words.lasting_text(n, "ru").replace(GAP, " ") == lasting
    assert words.minutes_text(n, "en").replace(GAP, " ") == en


def test_rates_and_moments_in_both_languages() -> None:
    assert words.rate_text(Money(2000), "ru") == f"20,00{GAP}₽ за минуту"
    assert words.rate_text(Money(2000), "en") == f"20.00{GAP}₽ per minute"
    assert words.moment_text(AT, "ru") == "21 ноября, 14:05"
    assert words.moment_text(AT, "en", "UTC") == "21 Nov, 11:05"
    assert words.date_text(date(2026, 11, 21), "ru") == "21 ноября 2026"
    assert words.date_text(datetime(2026, 11, 21, 22, tzinfo=UTC), "en") == "22 Nov 2026"


@pytest.mark.parametrize("wish", [None, "", "Mars/Olympus", "../etc/passwd", "x" * 99, "/etc"])
def test_a_strange_time_zone_is_the_home_zone(wish: str | None) -> None:
    assert words.zone_of(wish) == words.HOME_ZONE


def test_a_known_time_zone_is_taken() -> None:
    assert words.zone_of("Asia/Yekaterinburg") == "Asia/Yekaterinburg"


def test_a_price_tag_says_when_the_price_changes() -> None:
    """By Moscow's clock; the day is named only where it is not within a day."""
    tag = PriceTag(2000, "RUB", AT, AT.replace(hour=19, minute=0), 3000)
    now = f"20,00{GAP}₽ за минуту"
    assert words.tag_text(tag, "ru") == f"{now} сейчас, с 22:00 — 30,00{GAP}₽"
    english = f"20.00{GAP}₽ per minute now, 30.00{GAP}₽ from 19:00 on"
    assert words.tag_text(tag, "en", "UTC") == english
    later = replace(tag, changes_at=datetime(2026, 12, 31, tzinfo=UTC))
    assert words.tag_text(later, "ru") == f"{now} сейчас, с 31 декабря, 03:00 — 30,00{GAP}₽"
    assert (
        words.tag_text(PriceTag(2000, "RUB", AT), "ru") == now == words.tag_text(Money(2000), "ru")
    )
