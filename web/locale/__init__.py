"""The words of the house: one gettext catalogue a language, for pages, letters and the browser.

`messages.po` is the source. `messages.mo` is made from it by `python -m web.locale.compile`; when
it is missing or older than its source, the source is read instead, so a page is never behind.
Messages are English sentences; what varies stands in braces: `_("{n} of {all}", n=3, all=12)`.
"""

import re
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).parent
LOCALES = ("ru", "en")
BROWSER = "web/browser/src/"  # messages named by these files also go to the browser

_HOLE = re.compile(r"\{(\w+)\}")


def source(locale: str) -> Path:
    """The .po file of a language. Raises KeyError for one we do not speak."""
    if locale not in LOCALES:
        raise KeyError(locale)
    return HERE / locale / "messages.po"


def read(locale: str) -> Catalog:
    with source(locale).open("rb") as file:
        return read_po(file, locale=locale)


def fill(text: str, values: Mapping[str, object]) -> str:
    """Put values into the holes of a message; an unknown hole stays as it is.

    >>> fill("{n} of {all}", {"n": 3, "all": 12})
    '3 of 12'
    """
    return _HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])), text)


class Words:
    """The messages of one language."""

    def __init__(self, locale: str, translations: GNUTranslations) -> None:
        self.locale = locale
        self._translations = translations

    def gettext(self, message: str, /, **values: object) -> str:
        return fill(self._translations.gettext(message), values)

    def ngettext(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The form that belongs to `n`; `{n}` is filled with it."""
        return fill(self._translations.ngettext(one, many, n), {"n": n, **values})


@cache
def words(locale: str) -> Words:
    """The messages of a language, read once. Raises KeyError for one we do not speak."""
    po = source(locale)
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
        with mo.open("rb") as file:
            return Words(locale, GNUTranslations(file))
    return Words(locale, GNUTranslations(BytesIO(compiled(read(locale)))))


def compiled(catalog: Catalog) -> bytes:
    """The .mo file of a catalogue."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


@cache
def browser_messages(locale: str) -> dict[str, str | list[str]]:
    """What the TypeScript says, as `{message: text}` or `{message: [plural forms]}`."""
    found: dict[str, str | list[str]] = {}
    for message in read(locale):
        if not any(place.startswith(BROWSER) for place, _line in message.locations):
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        text = message.string or ""
        found[key] = text if isinstance(text, str) else list(text)
    return found


__all__ = ["BROWSER", "LOCALES", "Words", "browser_messages", "compiled", "read", "source", "words"]
