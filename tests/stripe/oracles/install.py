"""How each oracle is installed. All are pinned by hash; a stamp makes the work idempotent."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.stripe.oracles import HOME, openapi, pythons, sources

HERE = Path(__file__).parent
_PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")


class Missing(Exception):
    """Why an oracle cannot be had here."""


@dataclass(frozen=True, slots=True)
class Oracle:
    """`pins`: files whose content decides whether a prepared oracle is still the right one."""

    name: str
    pins: tuple[str, ...]
    make: Callable[[Path], None]

    @property
    def home(self) -> Path:
        return HOME / self.name

    def stamp(self) -> str:
        code = [HERE / name for name in self.pins]
        code += [HERE / name for name in ("install.py", "openapi.py", "sources.py")]
        return hashlib.sha256(b"".join(p.read_bytes() for p in code)).hexdigest()

    def ready(self) -> bool:
        mark = self.home / ".ready"
        return mark.exists() and mark.read_text() == self.stamp()


def prepare(oracle: Oracle) -> str:
    """Empty when it worked, else why not; the reason is kept beside the oracle's place."""
    log = HOME / f"{oracle.name}.log"
    log.unlink(missing_ok=True)
    shutil.rmtree(oracle.home, ignore_errors=True)
    oracle.home.mkdir(parents=True)
    try:
        oracle.make(oracle.home)
    except (Missing, OSError) as error:
        shutil.rmtree(oracle.home, ignore_errors=True)
        log.write_text(f"{error}\n")
        return str(error)
    (oracle.home / ".ready").write_text(oracle.stamp())
    return ""


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, check=False, capture_output=True, text=True
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no word"]
        raise Missing(f"{Path(command[0]).name}: {_telling(said)}")


def _telling(said: list[str]) -> str:
    """The line that tells most: the last one that is not about a log file."""
    return next((line for line in reversed(said) if "log of this run" not in line), said[-1])


def _wheels(target: Path) -> Path:
    """The pure wheels that ask for a newer Python than ours, as files."""
    _run(
        sys.executable, *_PIP, "download", "--no-deps", "--only-binary=:all:", "--require-hashes",
        "--python-version", "3.14", "--dest", target, "-r", HERE / "wheels.txt",
    )  # fmt: skip
    return target


def _install(python: Path, pins: str) -> None:
    """Our pip installs into the other environment, which needs none of its own."""
    _run(
        sys.executable, *_PIP, "--python", python, "install",
        "--no-deps", "--no-compile", "--require-hashes", "-r", HERE / pins,
    )  # fmt: skip


def _openapi(home: Path) -> None:
    (wheel,) = _wheels(home / "wheels").glob("seahaven_stripe_world-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        text = packed.read("seahaven_stripe_world/spec/spec3.json")
    openapi.write(text, home / "stripe.json")
    shutil.rmtree(home / "wheels")


def _seahaven(home: Path) -> None:
    python = pythons.newest_of((3, 14), (3, 13))
    if python is None:
        raise Missing("neither CPython 3.14 nor 3.13 is installed")
    _run(python, "-m", "venv", "--without-pip", home)
    own = home / "bin" / "python"
    _install(own, "seahaven.txt")
    (site,) = home.glob("lib/python3.*/site-packages")
    for wheel in sorted(_wheels(home / "wheels").glob("*.whl")):
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(site)
    for package in ("seahaven", "seahaven_stripe_world"):
        sources.make_older(site / package)
    _run(own, "-c", "import seahaven.http, seahaven_stripe_world.http_api")


def _localstripe(home: Path) -> None:
    _run(sys.executable, "-m", "venv", "--without-pip", home)
    _install(home / "bin" / "python", "localstripe.txt")


def _cli(home: Path) -> None:
    if shutil.which("npm") is None:
        raise Missing("npm is not installed")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "cli" / name, home)
    _run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=home)


ORACLES = (
    Oracle("openapi", ("wheels.txt",), _openapi),
    Oracle("seahaven", ("wheels.txt", "seahaven.txt"), _seahaven),
    Oracle("localstripe", ("localstripe.txt",), _localstripe),
    Oracle("cli", ("cli/package-lock.json",), _cli),
)
