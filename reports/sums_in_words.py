"""Sums in letters, Russian and English, with the gender and the plural of each currency. Pure.

Whole units are written out, the hundredths stand in figures with their word, as banks ask for:
"Одна тысяча два сома 05 тыйынов", "One thousand and two soms 05 tyiyns".
"""

from dataclasses import dataclass

from reports.wording import NB, money, plural

#: The least sum that has no words: 10**12 whole units.
MINOR_MAX = 10**14
_UNITS = (
    *("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"),
    *("десять", "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать"),
    *("шестнадцать", "семнадцать", "восемнадцать", "девятнадцать"),
)
_FEMALE = ("", "одна", "две", *_UNITS[3:])
_TENS = (
    *("", "", "двадцать", "тридцать", "сорок", "пятьдесят"),
    *("шестьдесят", "семьдесят", "восемьдесят", "девяносто"),
)
_HUNDREDS = (
    *("", "сто", "двести", "триста", "четыреста", "пятьсот"),
    *("шестьсот", "семьсот", "восемьсот", "девятьсот"),
)
_POWERS = (
    ("миллиард", "миллиарда", "миллиардов"),
    ("миллион", "миллиона", "миллионов"),
    ("тысяча", "тысячи", "тысяч"),
)
_EN_UNITS = (
    *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_EN_TENS = (
    *("", "", "twenty", "thirty", "forty", "fifty"),
    *("sixty", "seventy", "eighty", "ninety"),
)
_EN_POWERS = ("billion", "million", "thousand", "")


@dataclass(frozen=True, slots=True)
class Coin:
    """How a currency is counted: one, few, many in Russian; one, many in English."""

    whole: tuple[str, str, str]
    part: tuple[str, str, str]
    whole_en: tuple[str, str]
    part_en: tuple[str, str]


COINS = {
    "RUB": Coin(
        ("рубль", "рубля", "рублей"),
        ("копейка", "копейки", "копеек"),
        ("rouble", "roubles"),
        ("kopeck", "kopecks"),
    ),
    "KGS": Coin(
        ("сом", "сома", "сомов"),
        ("тыйын", "тыйына", "тыйынов"),
        ("som", "soms"),
        ("tyiyn", "tyiyns"),
    ),
    "EUR": Coin(
        ("евро", "евро", "евро"),
        ("цент", "цента", "центов"),
        ("euro", "euros"),
        ("cent", "cents"),
    ),
    "USD": Coin(
        ("доллар США", "доллара США", "долларов США"),
        ("цент", "цента", "центов"),
        ("US dollar", "US dollars"),
        ("cent", "cents"),
    ),
}


def in_words(minor: int, currency: str = "RUB", locale: str = "ru") -> str:
    """Zero or more minor units, below 10**14, of a currency that has words.

    >>> in_words(78000).replace(NB, " ")
    'Семьсот восемьдесят рублей 00 копеек'
    >>> in_words(2_001_02, "KGS").replace(NB, " ")
    'Две тысячи один сом 02 тыйына'
    >>> in_words(1_041_01, "EUR", "en").replace(NB, " ")
    'One thousand and forty-one euros 01 cent'

    Raises: ValueError for a sum or a currency that cannot be written.
    """
    coin = COINS.get(currency)
    if coin is None or not 0 <= minor < MINOR_MAX:
        raise ValueError(f"{minor} minor units of {currency} cannot be written in words")
    whole, part = divmod(minor, 100)
    if locale == "ru":
        text, names = _ru(whole), plural(whole, *coin.whole)
        parts = plural(part, *coin.part)
    else:
        text, names = _en(whole), coin.whole_en[whole != 1]
        parts = coin.part_en[part != 1]
    return f"{text[0].upper()}{text[1:]} {names.replace(' ', NB)} {part:02d}{NB}{parts}"


def sum_text(minor: int, currency: str, locale: str = "ru") -> str:
    """The same where there are words, else the figure with its sign or code: nothing is refused."""
    if currency in COINS and 0 <= minor < MINOR_MAX:
        return in_words(minor, currency, locale)
    return money(minor, currency, english=locale != "ru")


def _ru(n: int) -> str:
    words: list[str] = []
    for at, names in enumerate(_POWERS):
        group = n // 1000 ** (3 - at) % 1000
        if group:
            words += [*_group(group, female=at == 2), plural(group, *names)]
    words += _group(n % 1000)
    return " ".join(word for word in words if word) or "ноль"


def _group(n: int, female: bool = False) -> list[str]:
    tail = n % 100
    units = (_FEMALE if female else _UNITS)[tail if tail < 20 else tail % 10]
    return [_HUNDREDS[n // 100], _TENS[tail // 10] if tail >= 20 else "", units]


def _en(n: int) -> str:
    words: list[str] = []
    for at, name in enumerate(_EN_POWERS):
        group = n // 1000 ** (3 - at) % 1000
        if group:
            last = not name and bool(words) and group < 100
            words.append(f"{'and ' if last else ''}{_en_group(group)} {name}".strip())
    return " ".join(words) or "zero"


def _en_group(n: int) -> str:
    tail = n % 100
    ones = _EN_UNITS[tail if tail < 20 else tail % 10]
    low = ones if tail < 20 else "-".join(p for p in (_EN_TENS[tail // 10], ones) if p)
    high = f"{_EN_UNITS[n // 100]} hundred" if n >= 100 else ""
    return " and ".join(part for part in (high, low) if part)
