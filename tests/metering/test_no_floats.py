"""No float reaches money: nothing in the room that prices can even make one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "metering"
#: Waits of the loop are seconds of sleep, not money.
ELSEWHERE = {"loop.py"}
#: `/` where the left side is a Fraction: an exact division.
EXACT = {"drafts.py": 0, "loader.py": 1, "pricing.py": 1, "quote.py": 1, "schedule.py": 1}
MAKERS = {
    "float", "round", "timestamp", "total_seconds", "Decimal", "sqrt", "pow", "fsum", "log",
    "fmean", "mean", "monotonic", "perf_counter", "uniform", "truediv", "hypot", "exp",
}  # fmt: skip
FILES = sorted(path for path in ROOM.rglob("*.py") if path.name not in ELSEWHERE)


def floats(source: str) -> Iterator[str]:
    """What could make a float, with its line; divisions are counted apart."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"{node.lineno}: {node.value}"
        elif isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in MAKERS:
                yield f"{node.lineno}: {name}"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            whole = isinstance(node.right, ast.Constant) and isinstance(node.right.value, int)
            if not whole:
                yield f"{node.lineno}: **"


def divisions(source: str) -> int:
    return sum(isinstance(node, ast.Div) for node in ast.walk(ast.parse(source)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_none_is_made(path: Path) -> None:
    assert list(floats(path.read_text())) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_fractions_are_divided(path: Path) -> None:
    """A new `/` fails here until somebody has seen that a Fraction stands before it."""
    assert divisions(path.read_text()) == EXACT.get(path.name, 0)


@pytest.mark.parametrize(
    "source",
    ["a = 0.5", "float(1)", "round(x)", "at.timestamp()", "d.total_seconds()", "2**n", "x = 1e3"],
)
def test_the_check_sees_one(source: str) -> None:
    assert list(floats(source))


def test_the_check_sees_a_division() -> None:
    assert divisions("a / b") == 1
    assert divisions("a // b") == 0
