"""Text that people typed, made fit for a font: nothing vanishes, nothing turns the line. Pure."""

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache

#: Spaces of every width become the two that the fonts and the line breaker know.
_SPACES = {"\u202f": "\u00a0", "\u2007": "\u00a0", "\u2009": " ", "\u200a": " ", "\u3000": " "}
#: Selectors and joiners carry no meaning of their own once their neighbours are named.
_SILENT = frozenset("\ufe0e\ufe0f\u200b\u200c\u200d\u2060\ufeff\u00ad")
NAMED_MAX = 4


@lru_cache(maxsize=4096)
def printable(text: str, font: Container[int]) -> str:
    """The text with every character that the font lacks named by its code.

    Controls and marks that turn the direction of writing are named too, so a name cannot disguise
    itself; a long run of foreign script is counted and left to session.json.

    >>> printable("да\\u202eнет", frozenset(map(ord, "данет")))
    'да[U+202E]нет'
    """
    text = unicodedata.normalize("NFC", text)
    out, missing = [], ""
    for given in text:
        char = _SPACES.get(given, given)
        if char in _SILENT:
            continue
        if char in " \n\t\u00a0" or (ord(char) in font and not _turns(char)):
            out.append(_named(missing) + char)
            missing = ""
        else:
            missing += char
    return "".join(out) + _named(missing)


def _turns(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _named(missing: str) -> str:
    if len(missing) > NAMED_MAX:
        return f"[{len(missing)}\u00a0знаков, см.\u00a0session.json]"
    return re.sub(".", lambda found: f"[U+{ord(found[0]):04X}]", missing, flags=re.S)
