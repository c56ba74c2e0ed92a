"""Figures, dates and sums as Russian paper writes them; no-break spaces keep figures whole."""

import re
from datetime import date, datetime, timedelta

NB = "\u00a0"
MINUS = "\u2212"
MONTHS = (
    "",
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
MONTHS_EN = (
    "",
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
SIGNS = {"RUB": "₽", "EUR": "€", "USD": "$", "GBP": "£"}


def figure(minor: int, english: bool = False) -> str:
    """Minor units as a decimal, grouped: 1234567 → '12 345,67' with no-break spaces."""
    sign = MINUS if minor < 0 else ""
    whole, rest = divmod(abs(minor), 100)
    return f"{sign}{count(whole, english)}{'.' if english else ','}{rest:02d}"


def money(minor: int, currency: str = "RUB", english: bool = False) -> str:
    """
    >>> money(78000), money(123456, "EUR", english=True)
    ('780,00\\xa0₽', '1,234.56\\xa0€')
    """
    return f"{figure(minor, english)}{NB}{SIGNS.get(currency, currency)}"


def count(n: int, english: bool = False) -> str:
    return f"{n:,}" if english else f"{n:,}".replace(",", NB)


def percent(basis_points: int, english: bool = False) -> str:
    whole, rest = divmod(basis_points, 100)
    point = "." if english else ","
    return f"{whole}{point}{rest:02d}".rstrip("0").rstrip(point) + f"{NB}%"


def plural(n: int, one: str, few: str, many: str) -> str:
    """The form of a Russian noun after a number: 1 минута, 3 минуты, 11 минут."""
    if n % 100 in range(11, 15):
        return many
    return one if n % 10 == 1 else few if n % 10 in (2, 3, 4) else many


def minutes(n: int, english: bool = False) -> str:
    return f"{count(n, english)}{NB}{'min' if english else 'мин'}"


def duration(seconds: int, english: bool = False) -> str:
    """Seconds as people say them.

    >>> duration(3725).replace(NB, " "), duration(3725, english=True).replace(NB, " ")
    ('1 ч 2 мин 5 с', '1 h 2 min 5 s')
    """
    hours, rest = divmod(seconds, 3600)
    units = ("h", "min", "s") if english else ("ч", "мин", "с")
    parts = zip((hours, rest // 60, rest % 60), units, strict=True)
    return NB.join(f"{n}{NB}{unit}" for n, unit in parts if n) or f"0{NB}{units[2]}"


def long_date(at: date, english: bool = False) -> str:
    if english:
        return f"{at.day}{NB}{MONTHS_EN[at.month]} {at.year}"
    return f"{at.day}{NB}{MONTHS[at.month]} {at.year}{NB}г."


def offset(at: datetime) -> str:
    """UTC+3, UTC−3:30 with a true minus."""
    shift = at.utcoffset() or timedelta()
    total = int(shift.total_seconds()) // 60
    hours, rest = divmod(abs(total), 60)
    return f"UTC{'+' if total >= 0 else MINUS}{hours}" + (f":{rest:02d}" if rest else "")


def bind(text: str) -> str:
    """Tie short words and № to what follows and a dash to what precedes, by no-break spaces."""
    short = r"(?<![^\s\u00a0(«])([А-Яа-яёЁ]{1,2}|для|без|при|или|ИНН|КПП|ООО|№) (?=\S)"
    return re.sub(r" ([—–])", NB + r"\1", re.sub(short, r"\1" + NB, text))


#: code → (ru, en) for the words that the other rooms keep as codes.
PLANS = {
    "host-pays": ("платит консультант", "host pays"),
    "client-pays": ("платит клиент", "client pays"),
}
SIDES = {
    "host": ("консультант", "consultant"),
    "client": ("клиент", "client"),
    "both": ("обе стороны", "both"),
    "platform": ("платформа", "platform"),
}
CAUSES = {
    "asked": ("завершён участником", "ended by a participant"),
    "hang_up": ("завершён участником", "ended by a participant"),
    "host": ("завершил консультант", "ended by the consultant"),
    "client": ("завершил клиент", "ended by the client"),
    "no_media": ("нет медиапотока", "no media"),
    "unsigned": ("минуты не подписаны", "minutes are not signed"),
    "signed": ("минуты снова подписаны", "minutes are signed again"),
    "witness_lost": ("запись свидетеля прервалась", "the witness was interrupted"),
    "funds": ("закончились деньги на счёте", "the balance ran out"),
    "cap": ("достигнут предел плательщика", "the payer's limit was reached"),
    "max_charge": ("достигнут предел, заданный клиентом", "the client's limit was reached"),
    "absence": ("стороны отключились", "the parties disconnected"),
    "pause_limit": ("пауза дольше допустимой", "paused for longer than allowed"),
    "overdue": ("истекло время ожидания", "the waiting time is over"),
    "media": ("медиапоток вернулся", "media came back"),
    "pause": ("пауза", "pause"),
    "shutdown": ("остановка сервера", "the server was stopped"),
}
OUTCOMES = {
    "resolved": ("решено", "resolved"),
    "unresolved": ("не решено", "unresolved"),
    "ruled": ("решение арбитра", "ruled"),
    "": ("ожидается", "pending"),
}


def cause(code: str, english: bool = False) -> str:
    """The words of a cause; an unknown code is printed as it is."""
    plain = code.replace("_", " ") or ("not given" if english else "не указана")
    return CAUSES.get(code, (plain, plain))[english]


def side(code: str, english: bool = False) -> str:
    return SIDES.get(code, (code, code))[english]
