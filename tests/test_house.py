"""The tidy test: reads the tree and fails where it no longer looks like docs/architecture.md."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ledger", "metering", "relay", "broker", "reports", "web")
ROOMS = ("parties", "market", "sessions", "signalling", "care", "notices")
LEDGER_ROOMS = ("control", "promo", "tax", "payouts", "cards", "bank", "books")
DOORS = [*(f"broker/{room}" for room in ROOMS), *(f"ledger/{room}" for room in LEDGER_ROOMS)]
TOP = {
    ".ci", ".env.example", ".gitignore", ".ruff.toml", "CHANGELOG.md", "Makefile",
    "README.md", "bench", "broker", "deploy", "docs", "ledger", "metering", "migrations",
    "pyproject.toml", "relay", "reports", "requirements-dev.in", "requirements-dev.txt",
    "requirements.in", "requirements.txt", "setup.cfg", "tests", "web",
}  # fmt: skip
LINES_MAX = 400
FUNCTION_LINES_MAX = 50
DOOR_NAMES_MAX = 30
OPENS_TRANSACTION = {
    "web/db.py", "web/courier.py", "metering/loop.py", "ledger/writer.py", "migrations/env.py",
}  # fmt: skip
READS_CLOCK = {"metering/clock.py"}
READS_ENVIRONMENT = {"web/settings.py", "web/demo.py"}
BANNED = re.compile(r"\b(user|users|rating|ratings)\b", re.IGNORECASE)
BANNED_ALLOWED = re.compile(r"user-agent|getUserMedia|user_agent|user-select|fake-ui|--user", re.I)
QUERIES = {f"reports/{name}.py" for name in ("queries", "queries_period", "queries_sessions")}


def tracked() -> list[Path]:
    """Files that git knows, and new ones that it does not ignore."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return sorted({ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()})


FILES = tracked()
CODE = [f for f in FILES if f.suffix == ".py" and f.relative_to(ROOT).parts[0] in PACKAGES]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Absolute module names that a file imports, with the line."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((a.name, node.lineno) for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module, node.lineno


def room_of(module: str) -> str:
    """The door behind which a module stands: `ledger`, `broker.sessions` …"""
    parts = module.split(".")
    if parts[0] == "broker" and len(parts) > 1:
        return ".".join(parts[:2])
    if parts[0] == "ledger" and len(parts) > 1 and parts[1] in LEDGER_ROOMS:
        return ".".join(parts[:2])
    return parts[0]


def test_top_level_is_the_page() -> None:
    assert {f.relative_to(ROOT).parts[0] for f in FILES} == TOP


def test_broker_has_its_rooms() -> None:
    here = {p.name for p in (ROOT / "broker").iterdir() if (p / "__init__.py").exists()}
    assert here == set(ROOMS)


def test_files_are_small() -> None:
    big = [
        f"{name(f)}: {count}"
        for f in FILES
        if f.suffix in {".py", ".c", ".h", ".ts", ".css", ".html"}
        and (count := len(f.read_text().splitlines())) > LINES_MAX
    ]
    assert not big


def test_functions_are_small() -> None:
    big = [
        f"{name(f)}:{node.lineno} {node.name}"
        for f in CODE
        for node in functions(f)
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert not big


def test_only_doors_are_imported() -> None:
    """Another room is reached through its `__init__`; only the composition root goes further."""
    wrong = []
    for f in CODE:
        here = room_of(".".join(f.relative_to(ROOT).with_suffix("").parts))
        if name(f) in {"web/app.py", "web/adapters.py"}:
            continue
        for module, line in imports(f):
            there = room_of(module)
            if there.split(".")[0] not in PACKAGES or there == here or module == there:
                continue
            if here.split(".")[0] == there == "ledger":
                continue  # the rooms at the ledger's border stand on its core
            if name(f) in QUERIES and module.endswith(".schema"):
                continue
            wrong.append(f"{name(f)}:{line} imports {module}")
    assert not wrong


@pytest.mark.parametrize("package", [*PACKAGES[:3], "reports", *DOORS])
def test_doors_are_narrow_and_say_what_they_are(package: str) -> None:
    tree = tree_of(ROOT / package / "__init__.py")
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            assert len(ast.literal_eval(node.value)) <= DOOR_NAMES_MAX


def test_only_named_files_open_transactions() -> None:
    pattern = re.compile(r"\.(begin|commit|begin_nested)\(")
    wrong = [
        f"{name(f)}:{number}"
        for f in CODE
        if name(f) not in OPENS_TRANSACTION
        for number, line in enumerate(f.read_text().splitlines(), 1)
        if pattern.search(line) and "begin_nested" not in line
    ]
    assert not wrong


def test_only_the_clock_reads_the_clock() -> None:
    """Everything else is told the time; the relay's packet path reads the monotonic clock."""
    pattern = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\(")
    wrong = [
        f"{name(f)}:{number}"
        for f in CODE
        if name(f) not in READS_CLOCK and not name(f).startswith("relay/")
        for number, line in enumerate(f.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert not wrong


def test_only_settings_read_the_environment() -> None:
    wrong = [
        name(f)
        for f in CODE
        if name(f) not in READS_ENVIRONMENT and re.search(r"os\.(environ|getenv)", f.read_text())
    ]
    assert not wrong


def test_no_float_near_money() -> None:
    wrong = [
        f"{name(f)}:{node.lineno}"
        for f in CODE
        if f.relative_to(ROOT).parts[0] in {"ledger", "metering"}
        for node in ast.walk(tree_of(f))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        if name(f) not in FLOATS_ALLOWED
    ]
    assert not wrong


#: Seconds of waiting, not money: how long a loop sleeps, how long a call may take.
FLOATS_ALLOWED = {"metering/loop.py", "ledger/stripe_gateway.py", "ledger/stripe_transport.py"}


def test_handlers_are_short() -> None:
    """Parse, one verb, shape: a handler is a screenful at most."""
    long = [
        f"{name(f)}:{node.lineno} {node.name}"
        for f in CODE
        if name(f).startswith("web/handlers/")
        for node in functions(f)
        if (node.end_lineno or 0) - node.lineno + 1 > 30
    ]
    assert not long


def test_every_module_has_a_reason() -> None:
    silent = [name(f) for f in CODE if not ast.get_docstring(tree_of(f))]
    assert not silent


def test_nouns_and_verbs_have_tests() -> None:
    nouns = re.search(
        r"contract:nouns\][^\[]*?source_modules =\n((?:    .*\n)+)",
        (ROOT / "setup.cfg").read_text(),
    )
    assert nouns
    missing = []
    for module in nouns.group(1).split():
        *packages, noun = module.split(".")
        folder = ROOT.joinpath("tests", *packages)
        if not list(folder.glob(f"test_{noun}*.py")):
            missing.append(module)
    assert not missing


def test_banned_words() -> None:
    """The glossary: a party, not a user; a score, not a rating."""
    wrong = [
        f"{name(f)}:{number}: {line.strip()}"
        for f in CODE
        for number, line in enumerate(f.read_text().splitlines(), 1)
        if BANNED.search(line) and not BANNED_ALLOWED.search(line)
    ]
    assert not wrong


def test_no_stubs() -> None:
    pattern = re.compile(r"NotImplementedError|\bTODO\b|\bFIXME\b|\bXXX\b")
    wrong = [name(f) for f in CODE if pattern.search(f.read_text())]
    assert not wrong


def test_no_addresses_of_registries_or_machines() -> None:
    pattern = re.compile(r'"resolved": *"https?:|--(extra-)?index-url')
    wrong = [
        name(f)
        for f in FILES
        if f.suffix in {".json", ".txt", ".in", ".cfg", ".toml", ".npmrc", ""}
        and f != Path(__file__)
        and pattern.search(f.read_text(errors="ignore"))
    ]
    assert not wrong
