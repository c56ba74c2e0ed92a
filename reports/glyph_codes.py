"""Text as the page stream writes it: each character encoded and measured once a document.

A long table asks for the same few hundred glyphs a hundred thousand times; looking them up here
costs a tenth of asking the drawing library for every string. The font is the library's; nothing
else of it is touched. `tests/reports/test_roll.py` reads the text back with another program.
"""

from typing import Any

from reports.glyphs import printable

ELLIPSIS = "…"
_PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b"()\\")


class GlyphCodes:
    """One font at one size in one document. Widths are points."""

    def __init__(self, font: Any, document: Any, size: float, known: frozenset[int]) -> None:
        self._font, self._document, self._size, self._known = font, document, size, known
        self._codes: dict[str, str] = {}
        self._widths: dict[str, float] = {}
        font.splitString(" ", document)  # makes the first subset, which then has a name
        self.name = str(font.getSubsetInternalName(0, document))
        self.width(" " + ELLIPSIS)

    @property
    def select(self) -> str:
        """The operator that takes this font up."""
        return f"{self.name} {self._size:g} Tf"

    def shown(self, text: str) -> str:
        """The operator that writes the text; what the font lacks is named, never lost."""
        codes = self._codes
        try:
            return f"({''.join([codes[char] for char in text])}) Tj"
        except KeyError:
            plain = self._learned(text)
        return f"({''.join([codes[char] for char in plain])}) Tj"

    def width(self, text: str) -> float:
        widths = self._widths
        try:
            return sum([widths[char] for char in text])
        except KeyError:
            return sum(widths[char] for char in self._learned(text))

    def fitted(self, text: str, limit: float) -> str:
        """The text, or as much of its beginning as leaves room for an ellipsis."""
        if self.width(text) <= limit:
            return text
        room, cut = limit - self._widths[ELLIPSIS], 0
        plain = self._learned(text)
        for char in plain:
            room -= self._widths[char]
            if room < 0:
                break
            cut += 1
        return plain[:cut].rstrip() + ELLIPSIS

    def _learned(self, text: str) -> str:
        """The text as it can be drawn; its characters are known from now on."""
        plain = printable(text, self._known).replace("\n", " ").replace("\t", " ")
        for char in plain:
            if char not in self._codes:
                self._learn(char)
        return plain

    def _learn(self, char: str) -> None:
        """A character of a later subset switches fonts and back inside its own code."""
        code = ""
        for subset, data in self._font.splitString(char, self._document):
            text = "".join(chr(one) if one in _PLAIN else f"\\{one:03o}" for one in data)
            if subset:
                name = self._font.getSubsetInternalName(subset, self._document)
                text = f") Tj {name} {self._size:g} Tf ({text}) Tj {self.select} ("
            code += text
        self._codes[char] = code
        self._widths[char] = self._font.stringWidth(char, self._size)
