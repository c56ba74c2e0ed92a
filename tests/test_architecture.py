"""The page that describes the house is drawn from the house."""

import importlib.util
from pathlib import Path

DRAW = Path(__file__).resolve().parent.parent / "docs" / "draw.py"


def test_architecture_page_is_current() -> None:
    spec = importlib.util.spec_from_file_location("draw", DRAW)
    assert spec
    assert spec.loader
    draw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw)
    assert draw.PAGE.read_text() == draw.page(), "run `make docs`"
