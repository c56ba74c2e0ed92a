"""Draws the house from the real tree: `python docs/draw.py` rewrites architecture.md.

Reads imports as text (nothing is run); `tests/test_architecture.py` fails when the page is stale.
"""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
ORDER = ("web", "reports", "broker", "metering", "relay", "ledger")
OPEN, CLOSE = "<!-- drawn from the tree -->", "<!-- end of the drawing -->"


def sources(package: str) -> list[Path]:
    return sorted(f for f in (ROOT / package).rglob("*.py") if "node_modules" not in f.parts)


def arrows() -> dict[str, dict[str, int]]:
    """Import statements from each package to each other one."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for package in ORDER:
        for file in sources(package):
            for node in ast.walk(ast.parse(file.read_text())):
                names = []
                if isinstance(node, ast.Import):
                    names = [a.name for a in node.names]
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    names = [node.module or ""]
                for name in {n.split(".")[0] for n in names} & set(ORDER) - {package}:
                    found[package][name] += 1
    return found


def door_line(package: str) -> str:
    text = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text())) or ""
    return text.splitlines()[0]


def table() -> str:
    """One row a package: size, whom it asks, what its door says of itself. No line counts: they
    would make every commit stale."""
    found = arrows()
    rows = ["| room | asks | its door says |", "|---|---|---|"]
    for package in ORDER:
        asks = ", ".join(p for p in ORDER if found[package].get(p)) or "nobody"
        rows.append(f"| `{package}/` | {asks} | {door_line(package)} |")
    return "\n".join(rows)


def modules() -> str:
    rows = ["| file | why it exists |", "|---|---|"]
    for package in ORDER:
        for file in sources(package):
            if file.name == "__init__.py":
                continue
            text = ast.get_docstring(ast.parse(file.read_text())) or ""
            line = text.splitlines()[0] if text else ""
            rows.append(f"| `{file.relative_to(ROOT).as_posix()}` | {line.replace('|', '/')} |")
    return "\n".join(rows)


def drawn() -> str:
    return f"{OPEN}\n\n{table()}\n\n### Every file, in its own words\n\n{modules()}\n\n{CLOSE}"


def page() -> str:
    """The page with a fresh drawing in it."""
    text = PAGE.read_text()
    before, _, rest = text.partition(OPEN)
    _, _, after = rest.partition(CLOSE)
    return before + drawn() + after


if __name__ == "__main__":
    PAGE.write_text(page())
