"""What a wheel carries: an installed Minuta needs its pages, words, pictures and migrations."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.test_migrations import ROOT

PACKAGES = ("ledger", "metering", "relay", "broker", "reports", "web", "migrations")
LEFT_OUT = shutil.ignore_patterns("node_modules", "__pycache__", "src", "styles")
NEEDED = ("web/templates/*.html", "web/locale/*/messages.*", "migrations/versions/*.py")
BUILT = ("web/static/.vite/*.json", "web/static/assets/*")


@pytest.mark.slow
def test_a_wheel_has_all_that_a_server_reads(tmp_path: Path) -> None:
    tree, out = tmp_path / "tree", tmp_path / "out"
    tree.mkdir()
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tree / name, ignore=LEFT_OUT)
    for name in ("setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / name, tree)
    pip = (sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q")
    done = subprocess.run(
        [*pip, "-w", str(out), str(tree)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    [wheel] = out.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    for pattern in (*NEEDED, *BUILT):
        here = {file.relative_to(ROOT).as_posix() for file in ROOT.glob(pattern)}
        assert here or pattern in BUILT, pattern
        assert here <= inside, here - inside
    assert not [name for name in inside if "node_modules" in name or name.startswith("tests/")]
