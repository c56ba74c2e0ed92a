"""Money, dates and durations as people read them. The browser formats nothing but the clock.

Sums keep together with no-break spaces (U+00A0); a minus is U+2212. All take a locale of
`web.locale.LOCALES`; moments are aware and shown in the zone given.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, get_currency_precision
from babel.units import format_unit

from ledger import Money
from ledger.control import COUNTRIES
from metering import PriceTag
from web.locale import words

NBSP = "\u00a0"
SIGNS = {"RUB": "₽", "EUR": "€", "USD": "$", "KZT": "₸", "BYN": "Br"}
HOME_ZONE = "Europe/Moscow"
DAY = timedelta(days=1)


def money_text(money: Money, locale: str) -> str:
    """`1 250,00 ₽` or `1,250.00 ₽`: grouping by language, the narrow sign behind."""
    places = get_currency_precision(money.currency)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    number = format_decimal(Decimal(abs(money.minor)).scaleb(-places), pattern, locale=locale)
    sign = "\u2212" if money.minor < 0 else ""
    return f"{sign}{number}{NBSP}{SIGNS.get(money.currency, money.currency)}"


def sign_of(currency: str) -> str:
    """As it stands behind a sum: `₽`, `€`, else the code."""
    return SIGNS.get(currency, currency)


def change_text(money: Money, locale: str) -> str:
    """A movement: as money_text, with a plus when something came in."""
    return ("+" if money.minor > 0 else "") + money_text(money, locale)


def field_text(money: Money) -> str:
    """Money as an input field holds it: `20.00`, or `20` when there are no kopecks.

    >>> field_text(Money(2000)), field_text(Money(2050))
    ('20', '20.50')
    """
    whole, part = divmod(money.minor, 10 ** get_currency_precision(money.currency))
    return f"{whole}.{part:02d}" if part else str(whole)


def rate_text(money: Money, locale: str) -> str:
    """`20,00 ₽ за минуту`."""
    return words(locale).gettext("{sum} per minute", sum=money_text(money, locale))


def tag_text(tag: PriceTag | Money, locale: str, zone: str = HOME_ZONE) -> str:
    """The price of a minute, and the next one if there is one: `20,00 ₽ за минуту сейчас, с 22:00 —
    30,00 ₽`, with the day where that is not within a day."""
    if not isinstance(tag, PriceTag):
        return rate_text(tag, locale)
    now = rate_text(tag.money, locale)
    if tag.changes_at is None or tag.then is None:
        return now
    soon = tag.changes_at - tag.at < DAY
    clock = (hour_text if soon else moment_text)(tag.changes_at, locale, zone)
    then = money_text(tag.then, locale)
    _ = words(locale).gettext
    return _("{rate} now, {then} from {clock} on", rate=now, then=then, clock=clock)


def percent_text(bp: int, locale: str) -> str:
    """Basis points: `90 %`; `12,5 %`.

    >>> percent_text(9000, "en"), percent_text(1250, "en")
    ('90\xa0%', '12.5\xa0%')
    """
    return format_decimal(Decimal(bp).scaleb(-2), "0.##", locale=locale) + f"{NBSP}%"


def clock_text(seconds: int) -> str:
    """Time on the meter: minutes and seconds, with hours when there are any.

    >>> clock_text(767), clock_text(4022), clock_text(0)
    ('12:47', '1:07:02', '0:00')
    """
    minutes, second = divmod(max(0, seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02d}:{second:02d}" if hour else f"{minute}:{second:02d}"


def minutes_text(n: int, locale: str) -> str:
    """`13 минут`."""
    return words(locale).ngettext("{n} minute", "{n} minutes", n).replace(" ", NBSP, 1)


def lasting_text(n: int, locale: str) -> str:
    """How long something lasts: `на 21 минуту`, `for 21 minutes`."""
    return words(locale).ngettext("for {n} minute", "for {n} minutes", n).replace(" ", NBSP, 2)


def seconds_text(n: int, locale: str) -> str:
    """`10 секунд`."""
    return words(locale).ngettext("{n} second", "{n} seconds", n).replace(" ", NBSP, 1)


def moment_text(at: datetime, locale: str, zone: str = HOME_ZONE) -> str:
    """`21 ноября, 14:05`; `21 Nov, 14:05`."""
    pattern = "d MMMM, HH:mm" if locale == "ru" else "d MMM, HH:mm"
    return format_datetime(at, pattern, tzinfo=ZoneInfo(zone), locale=locale)


def hour_text(at: datetime, locale: str, zone: str = HOME_ZONE) -> str:
    """`14:05`."""
    return format_datetime(at, "HH:mm", tzinfo=ZoneInfo(zone), locale=locale)


def date_text(day: date | datetime, locale: str, zone: str = HOME_ZONE) -> str:
    """`21 ноября 2026`; `21 Nov 2026`."""
    if isinstance(day, datetime):
        day = day.astimezone(ZoneInfo(zone)).date()
    return format_date(day, "d MMMM y" if locale == "ru" else "d MMM y", locale=locale)


def country_text(code: str, locale: str) -> str:
    """The name of a country of ISO 3166 alpha-2; nothing for no code.

    >>> country_text("RU", "ru"), country_text("DE", "en"), country_text("", "ru")
    ('Россия', 'Germany', '')
    """
    return str(Locale(locale).territories.get(code, code))


@cache
def countries(locale: str) -> tuple[tuple[str, str], ...]:
    """Codes and names in the order of the alphabet."""
    named = ((code, country_text(code, locale)) for code in COUNTRIES)
    return tuple(sorted(named, key=lambda one: one[1].casefold().replace("ё", "е")))


@cache
def week(locale: str) -> tuple[tuple[int, str], ...]:
    """Numbers, 1 is Monday, and short names of the days of the week."""
    names = Locale(locale).days["stand-alone"]["abbreviated"]
    return tuple((day, names[day - 1]) for day in range(1, 8))


def month_text(day: date, locale: str) -> str:
    """`октябрь 2026`; `October 2026`."""
    return format_date(day, "LLLL y", locale=locale)


def size_text(count: int, locale: str) -> str:
    r"""Bytes as people say them: `2,4 МБ`.

    >>> size_text(2_400_000, "ru"), size_text(900, "en")
    ('2,4\xa0МБ', '900\xa0byte')
    """
    step = min(2, max(0, (len(str(count)) - 1) // 3))
    number = Decimal(count).scaleb(-3 * step)
    unit = ("byte", "kilobyte", "megabyte")[step]
    text = format_unit(number, unit, length="short", format="#,##0.#", locale=locale)
    return text.replace(" ", NBSP)


def initials(name: str) -> str:
    """Two letters to stand for a face.

    >>> initials("Иван Кузнецов"), initials("Анна")
    ('ИК', 'А')
    """
    return "".join(part[0] for part in name.split()[:2] if part).upper()


def zone_of(wish: str | None) -> str:
    """The time zone a browser asked for, or the home zone when there is no such zone."""
    if not wish or len(wish) > 40:
        return HOME_ZONE
    try:
        return ZoneInfo(wish).key
    except (KeyError, ValueError, OSError):
        return HOME_ZONE
