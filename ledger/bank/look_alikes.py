"""Letters that look alike: Cyrillic and Latin, and digits that are typed as letters. Pure.

People type the number of an invoice as they read it, so it is compared in one alphabet; keywords
and requisites of a bank's file are machine-made, so there a look-alike is a reason to refuse it.
"""

import re
import unicodedata

_CYRILLIC, _LATIN = "АВЕЗКМНОРСТУХІЈЅ", "ABE3KMHOPCTYXIJS"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(
    "ABEKMHOPCTYXaeopcyxk", "АВЕКМНОРСТУХаеорсухк"
)  # where both cases look alike
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d_/.]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def folded(text: str) -> str:
    """Capitals of one alphabet, plain digits and hyphens, nothing that cannot be seen.

    >>> folded("в–2026–ООО417") == folded("B-2026-OOO417")
    True
    """
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", _DASHES.sub("-", text.replace("№", " "))))
    return _DASHES.sub("-", plain).upper().translate(_TO_LATIN)


def cyrillic(text: str) -> str:
    """The word with Latin letters replaced by the Cyrillic ones that look the same.

    >>> cyrillic("Cумма") == "Сумма"
    True
    """
    return text.translate(_TO_CYRILLIC)
