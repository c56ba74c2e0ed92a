"""Which Pythons this machine has beside the one that runs the tests."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

Version = tuple[int, int]


def newest_of(*versions: Version) -> Path | None:
    """The first of the wanted versions that really runs, or None."""
    for version in versions:
        for candidate in _candidates(version):
            if _version(candidate) == version:
                return candidate
    return None


def _candidates(version: Version) -> Iterator[Path]:
    """On the path, and where version managers keep theirs."""
    name = f"python{version[0]}.{version[1]}"
    found = shutil.which(name)
    if found:
        yield Path(found)
    for pattern in (".pyenv/versions/*/bin", ".local/share/uv/python/*/bin"):
        yield from sorted(Path.home().glob(f"{pattern}/{name}"))


def _version(python: Path) -> Version | None:
    asked = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([python, "-c", asked], check=False, capture_output=True, text=True)
    parts = done.stdout.split()
    return (int(parts[0]), int(parts[1])) if done.returncode == 0 and len(parts) == 2 else None
