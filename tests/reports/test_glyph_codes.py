"""Encoding and measuring of single characters; `test_roll.py` reads whole pages back."""

from reports.glyph_codes import GlyphCodes


class Font:
    """Ten points a character at size 10; characters beyond Latin 1 lie in the second subset."""

    def splitString(self, text: str, _document: object) -> list[tuple[int, bytes]]:
        return [(int(ord(char) > 255), bytes([ord(char) % 256])) for char in text]

    def getSubsetInternalName(self, subset: int, _document: object) -> str:
        return f"/F1+{subset}"

    def stringWidth(self, text: str, size: float) -> float:
        return len(text) * size


def codes() -> GlyphCodes:
    return GlyphCodes(Font(), None, 10, frozenset(range(0x20, 0x3000)))


def test_plain_text_escapes_and_other_subsets() -> None:
    assert codes().shown("a(b)") == "(a\\050b\\051) Tj"
    assert codes().shown("aЖ") == "(a) Tj /F1+1 10 Tf (\\026) Tj /F1+0 10 Tf () Tj"
    assert codes().select == "/F1+0 10 Tf"


def test_width_and_ellipsis() -> None:
    one = codes()
    assert one.width("abc") == 30
    assert one.fitted("abcdef", 60) == "abcdef"
    assert one.fitted("abcdef", 50) == "abcd…"
    assert one.fitted("abc def", 50) == "abc…"
    assert one.fitted("ab\ncd\tef", 50) == "ab c…"
