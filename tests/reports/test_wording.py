"""Sums, dates and counts as an accountant expects to read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from reports.wording import bind, duration, figure, in_words, long_date, money, offset, percent

WORDS = {
    0: "Ноль рублей 00 копеек",
    1: "Ноль рублей 01 копейка",
    2: "Ноль рублей 02 копейки",
    111: "Один рубль 11 копеек",
    200: "Два рубля 00 копеек",
    521: "Пять рублей 21 копейка",
    1100: "Одиннадцать рублей 00 копеек",
    2100: "Двадцать один рубль 00 копеек",
    3900: "Тридцать девять рублей 00 копеек",
    15600: "Сто пятьдесят шесть рублей 00 копеек",
    78000: "Семьсот восемьдесят рублей 00 копеек",
    100000: "Одна тысяча рублей 00 копеек",
    200100: "Две тысячи один рубль 00 копеек",
    1200000: "Двенадцать тысяч рублей 00 копеек",
    2100022: "Двадцать одна тысяча рублей 22 копейки",
    11111100: "Сто одиннадцать тысяч сто одиннадцать рублей 00 копеек",
    100000000: "Один миллион рублей 00 копеек",
    200000202: "Два миллиона два рубля 02 копейки",
    1234567890: "Двенадцать миллионов триста сорок пять тысяч шестьсот семьдесят восемь рублей"
    " 90 копеек",
    500000000000: "Пять миллиардов рублей 00 копеек",
}


@pytest.mark.parametrize(("kopecks", "words"), WORDS.items())
def test_sum_in_words(kopecks: int, words: str) -> None:
    assert in_words(kopecks).replace("\u00a0", " ") == words


@pytest.mark.parametrize("kopecks", [-1, 10**14])
def test_no_words_for_sums_off_the_scale(kopecks: int) -> None:
    with pytest.raises(ValueError, match="words"):
        in_words(kopecks)


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
