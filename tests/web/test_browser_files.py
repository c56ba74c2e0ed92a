"""What the build gives out: within the budget of the design, compressed, every icon known."""

import re
from pathlib import Path

import pytest

from web.assets import Assets

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "web" / "static"
BROWSER = ROOT / "web" / "browser"
ASSETS = Assets(STATIC)
KB = 1000


def scripts(entry: str) -> set[str]:
    """Files of an entry with everything that they import."""
    found = ASSETS.manifest[entry]
    return {found["file"]} | {file for part in found.get("imports", ()) for file in scripts(part)}


def weight(files: set[str], suffix: str = ".br") -> int:
    return sum((STATIC / f"{file}{suffix}").stat().st_size for file in files)


@pytest.mark.parametrize(
    ("entry", "limit_kb"), [("src/site.ts", 16), ("src/prejoin.ts", 12), ("src/room.ts", 30)]
)
def test_scripts_stay_within_the_budget(entry: str, limit_kb: int) -> None:
    assert weight(scripts(entry)) <= limit_kb * KB


def test_styles_stay_within_the_budget() -> None:
    sheets = {*ASSETS.styles("src/site.ts"), *ASSETS.styles("src/room.ts")}
    assert weight({sheet.removeprefix("/static/") for sheet in sheets}) <= 8 * KB


def test_icons_stay_within_the_budget() -> None:
    assert weight({ASSETS.manifest["icons.svg"]["file"]}, ".gz") <= 3 * KB


def test_fonts_stay_within_the_budget() -> None:
    fonts = {entry["file"] for entry in ASSETS.manifest.values() if ".woff2" in entry["file"]}
    assert 0 < weight(fonts, "") <= 80 * KB


def test_every_text_file_has_its_compressed_twins() -> None:
    files = [file for file in STATIC.rglob("*.*") if file.suffix in (".js", ".css", ".svg")]
    assert files
    for file in files:
        for suffix in (".br", ".gz"):
            assert file.with_name(file.name + suffix).exists(), file


def test_the_sprite_has_what_is_drawn_and_nothing_else() -> None:
    listed = set((BROWSER / "icons.txt").read_text().split())
    texts = [file.read_text() for file in (ROOT / "web" / "templates").rglob("*.html")]
    texts += [file.read_text() for file in (BROWSER / "src").rglob("*.ts")]
    texts += [file.read_text() for file in (ROOT / "web").glob("*.py")]
    told = {name for text in texts for name in re.findall(r"""["']([a-z0-9-]+)["']""", text)}
    drawn = {name for text in texts for name in re.findall(r"""icon\(["']([a-z0-9-]+)["']""", text)}
    assert drawn <= listed
    assert listed <= told


def test_lock_file_names_no_registry() -> None:
    assert "resolved" not in (BROWSER / "package-lock.json").read_text()
