"""How the foreign judges are had: pinned, prepared once, and missed loudly."""

import re
from pathlib import Path

import pytest

from tests.stripe import oracles
from tests.stripe.oracles import install, pythons, sources
from tests.stripe.oracles.install import Missing, Oracle, prepare


def test_sources_of_a_newer_python_are_made_older() -> None:
    newer = (
        '"""Words."""\n\nimport os\n\ntry:\n    x: Y = f()\nexcept OSError, ValueError:\n    pass\n'
    )
    older = sources.older(newer)
    assert older.splitlines()[:2] == ['"""Words."""', "from __future__ import annotations"]
    assert "except (OSError, ValueError):" in older
    compile(older, "older.py", "exec")
    assert sources.older("x = 1\n") == "from __future__ import annotations\nx = 1\n"


def test_what_cannot_be_had_is_said_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracles, "HOME", tmp_path)
    monkeypatch.setattr(install, "HOME", tmp_path)
    there: list[str] = []

    def make(home: Path) -> None:
        if not there:
            raise Missing("neither CPython 3.14 nor 3.13 is installed")
        (home / "it").touch()

    oracle = Oracle("judge", ("wheels.txt",), make)
    assert prepare(oracle) == "neither CPython 3.14 nor 3.13 is installed"
    assert "judge is not to be had here: neither CPython" in oracles.why_missing("judge")
    assert not oracle.ready()
    there.append("now")
    assert prepare(oracle) == ""
    assert oracle.ready()
    assert oracles.why_missing("judge") == ""
    assert not Oracle("judge", ("seahaven.txt",), make).ready()


def test_a_python_is_found_only_if_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert pythons.newest_of((3, 99)) is None


def test_every_pin_is_a_hash() -> None:
    here = Path(install.__file__).parent
    for name in ("wheels.txt", "seahaven.txt", "localstripe.txt"):
        blocks = re.split(r"\n(?=\S)", (here / name).read_text())
        pins = [block for block in blocks if "==" in block]
        assert pins
        assert all("--hash=sha256:" in block for block in pins)
    assert '"integrity": "sha512-' in (here / "cli" / "package-lock.json").read_text()
