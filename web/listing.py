"""What lists with filters share: which page of how many, and addresses that keep the filter."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from web.forms import NO_TEXT
from web.keys import CLOCK
from web.shapes import PageOf
from web.shapes_lists import Period
from web.spans import choices
from web.words import zone_of

PAGES_MAX = 1_000_000
PAGE_DIGITS_MAX = 7


def page_asked(query: Mapping[str, str]) -> int:
    """The page that the address names, the first when it names none."""
    text = query.get("page", "")
    plain = text.isascii() and text.isdecimal() and len(text) <= PAGE_DIGITS_MAX
    return min(max(1, int(text)), PAGES_MAX) if plain else 1


def page_of(path: str, kept: Mapping[str, str], asked: int, count: int, size: int) -> PageOf:
    """The page, or the last one where the list has become shorter; `kept` goes along."""
    pages = max(1, -(-count // size))
    number = min(asked, pages)

    def link(n: int) -> str:
        return address(path, {**kept, "page": str(n)})

    return PageOf(
        number=number,
        pages=pages,
        previous=link(number - 1) if number > 1 else "",
        next=link(number + 1) if number < pages else "",
    )


def address(path: str, query: Mapping[str, str]) -> str:
    """The path with what is not empty of the query.

    >>> address("/sessions", {"who": "Анна", "topic": ""}), address("/sessions", {})
    ('/sessions?who=%D0%90%D0%BD%D0%BD%D0%B0', '/sessions')
    """
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def periods_until(at: datetime, zone: ZoneInfo) -> tuple[Period, ...]:
    """Months and quarters to choose from, today's first."""
    return tuple(Period(*one) for one in choices(at.astimezone(zone).date()))


def asked_here(request: web.Request) -> tuple[Mapping[str, str], ZoneInfo, datetime]:
    """What every list asks of a request: its query, the reader's zone, and the time."""
    zone = ZoneInfo(zone_of(request.cookies.get("zone")))
    return request.query, zone, request.app[CLOCK]()


def chosen(value: str | None, known: Sequence[str]) -> str:
    """The value when it is one of those known."""
    return value if value and value in known else ""


def typed(query: Mapping[str, str], name: str, most: int = 80) -> str:
    """What stands in a field, cut off; nothing for what no database can keep."""
    text = query.get(name, "").strip()[:most]
    return "" if NO_TEXT.search(text) else text
