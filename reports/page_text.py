"""Do two files of ours show the same? Pages as a reader shows them, the latest revision of each.

Another version of a library packs the same drawing in other bytes, or draws the same text by other
operators. So the drawing is compared unpacked; where it differs, the text that people read is.
What lies over a page, or cuts it, is no drawing of ours.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

import pikepdf

_PAIR = re.compile(rb"<([0-9A-Fa-f]{2})>\s*<((?:[0-9A-Fa-f]{4})+)>")
_BLOCK = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_BRANCHES_MAX = 50
_SHOWS = "Tf Tj TJ ' \""


class Alike(NamedTuple):
    """`same` is None when only the text is the same; `where` is the first page that differs."""

    same: bool | None
    where: str = ""


def alike(data: bytes, again: bytes) -> Alike:
    """`again` is a sound file of ours. Raises: whatever a damaged file makes pikepdf raise."""
    with pikepdf.open(io.BytesIO(data)) as file, pikepdf.open(io.BytesIO(again)) as true:
        if len(file.pages) != len(true.pages):
            return Alike(False, f"page {min(len(file.pages), len(true.pages)) + 1}")
        pairs = list(zip(file.pages, true.pages, strict=True))
        for n, (one, other) in enumerate(pairs, 1):
            if _frame(one) != _frame(other) or any(map(_visible, one.obj.get("/Annots", ()))):
                return Alike(False, f"page {n}")
        mine, theirs = _Fonts(), _Fonts()
        if all(_drawing(one, mine) == _drawing(other, theirs) for one, other in pairs):
            return Alike(True)
        for n, (one, other) in enumerate(pairs, 1):
            if list(_texts(one)) != list(_texts(other)):
                return Alike(False, f"page {n}")
    return Alike(None)


def _frame(page: pikepdf.Page) -> list[object]:
    """The boxes that cut a page, its turn and scale, and what kinds of things it draws from."""
    sides = [[float(side) for side in box] for box in (page.mediabox, page.cropbox)]
    turned = [_turn(page.obj), float(page.obj.get("/UserUnit", 1))]
    return [*sides, turned, sorted(page.resources.keys()) if "/Resources" in page.obj else []]


def _turn(node: pikepdf.Object) -> int:
    """Degrees, of a page or of the branch that it hangs on."""
    for _ in range(_BRANCHES_MAX):
        if "/Rotate" in node:
            return int(node.Rotate)
        if "/Parent" not in node:
            return 0
        node = node.Parent
    raise ValueError("the tree of pages has no root")


def _visible(note: pikepdf.Object) -> bool:
    """An annotation that shows: the seal's own field has no size."""
    left, bottom, right, top = (float(side) for side in note.Rect)
    return note.get("/Subtype") != "/Widget" or left != right or bottom != top


class _Fonts(dict[tuple[int, int], bytes]):
    """What each font of one file looks like, by object: a long paper uses the same on each page."""

    def drawn(self, font: pikepdf.Object) -> bytes:
        if font.objgen not in self or not font.is_indirect:
            program = hashlib.sha256(font.FontDescriptor.FontFile2.read_bytes())
            for part in (font.ToUnicode.read_bytes(), font.Widths.unparse()):
                program.update(part)
            self[font.objgen] = program.digest()
        return self[font.objgen]


def _drawing(page: pikepdf.Page, fonts: _Fonts) -> list[bytes]:
    """What makes the page look as it does: operators, and the fonts that they name."""
    named = [name.encode() + fonts.drawn(font) for name, font in _fonts(page)]
    return [_operators(page), *named]


def _operators(page: pikepdf.Page) -> bytes:
    page.contents_coalesce()
    return bytes(page.Contents.read_bytes()) if "/Contents" in page else b""


def _fonts(page: pikepdf.Page) -> Iterator[tuple[str, pikepdf.Object]]:
    """Those that are embedded, by name: reportlab lists a base font that no page takes up."""
    found = page.resources.get("/Font") if "/Resources" in page.obj else None
    for name, font in sorted(found.items() if found is not None else ()):
        if "/ToUnicode" in font:
            yield name, font


def _texts(page: pikepdf.Page) -> Iterator[str]:
    """Each string shown, in order, as a reader copies it; without a map the codes themselves."""
    maps = {name: _characters(font) for name, font in _fonts(page)}
    chars: dict[int, str] = {}
    if "/Contents" not in page:
        return
    for step in pikepdf.parse_content_stream(page, _SHOWS):
        if str(step.operator) == "Tf":
            chars = maps.get(str(step.operands[0]), {})
            continue
        shown = step.operands[-1]
        pieces = shown if isinstance(shown, pikepdf.Array) else [shown]
        codes = b"".join(bytes(one) for one in pieces if isinstance(one, pikepdf.String))
        yield "".join(chars.get(code, f"\\{code:02x}") for code in codes)


def _characters(font: pikepdf.Object) -> dict[int, str]:
    """Code → characters, from the font's own map as our drawing library writes it."""
    found = {}
    for block in _BLOCK.findall(bytes(font.ToUnicode.read_bytes())):
        for code, text in _PAIR.findall(block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
    return found
