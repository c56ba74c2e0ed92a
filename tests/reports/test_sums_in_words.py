"""Sums in letters: every plural and gender, two languages, four currencies."""

import pytest

from reports.sums_in_words import in_words, sum_text

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


OTHERS = {
    (1_00, "KGS", "ru"): "Один сом 00 тыйынов",
    (2_000_22, "KGS", "ru"): "Две тысячи сомов 22 тыйына",
    (3_01, "KGS", "ru"): "Три сома 01 тыйын",
    (1_00, "EUR", "ru"): "Один евро 00 центов",
    (22_02, "EUR", "ru"): "Двадцать два евро 02 цента",
    (1_00, "USD", "ru"): "Один доллар США 00 центов",
    (12_00, "USD", "ru"): "Двенадцать долларов США 00 центов",
    (0, "RUB", "en"): "Zero roubles 00 kopecks",
    (1_01, "RUB", "en"): "One rouble 01 kopeck",
    (100_00, "RUB", "en"): "One hundred roubles 00 kopecks",
    (115_00, "USD", "en"): "One hundred and fifteen US dollars 00 cents",
    (1_005_00, "EUR", "en"): "One thousand and five euros 00 cents",
    (14_840_00, "RUB", "en"): "Fourteen thousand eight hundred and forty roubles 00 kopecks",
    (2_000_021_10, "KGS", "en"): "Two million and twenty-one soms 10 tyiyns",
}


@pytest.mark.parametrize(("asked", "words"), OTHERS.items())
def test_other_currencies_and_english(asked: tuple[int, str, str], words: str) -> None:
    assert in_words(*asked).replace("\u00a0", " ") == words


def test_a_currency_without_words_is_a_figure_with_its_code() -> None:
    assert sum_text(1_234_05, "KZT").replace("\u00a0", " ") == "1 234,05 KZT"
    assert sum_text(1_234_05, "KZT", "en").replace("\u00a0", " ") == "1,234.05 KZT"
    assert sum_text(1_00, "RUB") == in_words(1_00)
