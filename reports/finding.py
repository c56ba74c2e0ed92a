"""How a part of a text is found in a column whatever its case, in Cyrillic too, on both databases.

SQLite's `lower` and LIKE know Latin letters only, PostgreSQL's depend on how it was set up: classes
of letters depend on nothing. Е finds ё.
"""

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

_ALIKE = ("её", "ЕЁ")
_GLOB_SIGNS = "*?["


def contains(
    db: AsyncConnection, column: ColumnElement[str | None], text: str
) -> ColumnElement[bool]:
    """Whether the column has the text somewhere."""
    if db.dialect.name == "postgresql":
        return column.op("~", is_comparison=True)(regex_of(text))
    return column.op("GLOB", is_comparison=True)(glob_of(text))


def glob_of(text: str) -> str:
    """
    >>> glob_of("Акт 5*")
    '*[Аа][Кк][Тт] 5[*]*'
    """
    return "*" + "".join(_cased(c) or (f"[{c}]" if c in _GLOB_SIGNS else c) for c in text) + "*"


def regex_of(text: str) -> str:
    r"""
    >>> regex_of("е.1")
    '[ЁЕеё]\\.1'
    """
    return "".join(_cased(c) or (c if c.isalnum() or c.isspace() else f"\\{c}") for c in text)


def _cased(char: str) -> str:
    """A class of the letter in its cases; nothing for what has none."""
    found = {char.lower(), char.upper()}
    for alike in _ALIKE:
        if found & set(alike):
            found |= set(alike)
    letters = sorted(one for one in found if len(one) == 1)
    return f"[{''.join(letters)}]" if len(letters) > 1 else ""
