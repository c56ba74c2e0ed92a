"""The built front end keeps its budgets; pages ask only for what was built."""

import re
from pathlib import Path

import pytest

from web.assets import Assets

WEB = Path(__file__).resolve().parents[2] / "web"
STATIC = WEB / "static"
CSS_BYTES_MAX = 8 * 1024
FONT_BYTES_MAX = 80 * 1024


@pytest.fixture(scope="module")
def built() -> Assets:
    if not (STATIC / ".vite" / "manifest.json").exists():
        pytest.fail("the front end is not built: run `make setup`")
    return Assets(STATIC)


def test_every_style_sheet_together_is_within_the_budget(built: Assets) -> None:
    sheets = {
        sheet
        for entry in ("src/site.ts", "src/room.ts", "src/prejoin.ts")
        for sheet in built.styles(entry)
    }
    sizes = [(STATIC / sheet.removeprefix("/static/")).with_suffix(".css.br") for sheet in sheets]
    assert sheets
    assert sum(size.stat().st_size for size in sizes) <= CSS_BYTES_MAX


def test_fonts_are_within_the_budget(built: Assets) -> None:
    files = built.fonts("golos")
    assert len(files) == 3
    total = sum((STATIC / f.removeprefix("/static/")).stat().st_size for f in files)
    assert total <= FONT_BYTES_MAX


def test_every_icon_of_the_pages_is_in_the_sprite() -> None:
    known = set((WEB / "browser" / "icons.txt").read_text().split())
    text = "".join(f.read_text() for f in sorted((WEB / "templates").glob("*.html")))
    text += (WEB / "navigation.py").read_text()
    asked = set(re.findall(r'icon\("([a-z0-9-]+)"', text))
    asked |= {
        name for pair in re.findall(r'icon\("(\S+)" if .*? else "(\S+)"', text) for name in pair
    }
    assert asked
    assert asked - known == set()


def test_colours_are_written_once() -> None:
    """Only tokens.css knows the colours of pages, so a theme is one file."""
    wrong = []
    for name in ("base", "frame", "parts", "fields", "pages"):
        file = WEB / "browser" / "styles" / f"{name}.css"
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if re.search(r"#[0-9a-f]{3,8}\b|rgb\((?!0 0 0)", line) and "qr" not in line:
                wrong.append(f"{file.name}:{number}: {line.strip()}")
    assert [line for line in wrong if "background: #fff" not in line] == []


def test_without_a_build_pages_have_no_addresses(tmp_path: Path) -> None:
    empty = Assets(tmp_path)
    assert (empty.url("src/site.ts"), empty.styles("src/site.ts"), empty.fonts("x")) == ("", [], [])
