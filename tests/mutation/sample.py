"""A seeded sample of mutants over all of ledger/, judged by mutmut in a copy of the tree.

`python -m tests.mutation.sample` draws its share of mutants from each file, runs them, and prints
a table. MUTANTS says how many (or `all`), SEED which. What mutmut needs to know is in mutmut.cfg.
"""

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COPY = ROOT / "var" / "mutation"
MUTMUT = [str(Path(sys.executable).with_name("mutmut"))]
FIRST = "ledger.split.*"  # a few mutants: the first run finds all names, and who tests what
SAMPLE = 500
PROCESSES = 2
ASKED_PERCENT = 90
# A mutant that never ends, or takes the process down, was noticed by a test as well.
TESTS = frozenset({"killed", "timeout", "segfault"})
TYPES = frozenset({"caught by type check"})


@dataclass(frozen=True, slots=True)
class Score:
    """Of so many mutants mypy refused so many, and so many more made a test fail."""

    mutants: int
    types: int
    tests: int

    @property
    def survived(self) -> int:
        return self.mutants - self.types - self.tests

    @property
    def enough(self) -> bool:
        return self.survived * 100 <= self.mutants * (100 - ASKED_PERCENT)

    def __str__(self) -> str:
        percent = 100 - self.survived * 100 / self.mutants
        counts = (self.mutants, self.types, self.tests, self.survived)
        return "".join(f"{count:9}" for count in counts) + f"{percent:8.1f} %"


def file_of(mutant: str) -> str:
    """
    >>> file_of("ledger.bank.mt.x_parse__mutmut_3")
    'ledger/bank/mt.py'
    """
    return mutant.rpartition(".")[0].replace(".", "/") + ".py"


def draw(mutants: Sequence[str], count: int, seed: int) -> list[str]:
    """Each file gives its share, and at least one; the same seed draws the same."""
    files: dict[str, list[str]] = {}
    for mutant in sorted(mutants):
        files.setdefault(file_of(mutant), []).append(mutant)
    dice = random.Random(seed)
    drawn: list[str] = []
    for names in files.values():
        share = max(1, round(count * len(names) / len(mutants)))
        drawn += dice.sample(names, min(share, len(names)))
    return drawn


def scores(fates: Mapping[str, str]) -> dict[str, Score]:
    """By file; and over all of them, under the name of `all`."""
    mutants, types, tests = Counter[str](), Counter[str](), Counter[str]()
    for mutant, fate in fates.items():
        for name in (file_of(mutant), "all"):
            mutants[name] += 1
            types[name] += fate in TYPES
            tests[name] += fate in TESTS
    return {name: Score(mutants[name], types[name], tests[name]) for name in sorted(mutants)}


def copy_tree() -> None:
    """What git knows and does not ignore, so that nobody's edits disturb the run."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    shutil.rmtree(COPY, ignore_errors=True)
    for name in filter(None, listing.stdout.split("\0")):
        if (ROOT / name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, COPY / name)
    with (COPY / "setup.cfg").open("a") as config:
        config.write("\n" + (HERE / "mutmut.cfg").read_text())


def mutmut(*words: str) -> str:
    """Its output; its log is var/mutation/mutmut.log."""
    tools = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # mypy among them
    done = subprocess.run(
        [*MUTMUT, *words], cwd=COPY, check=False, capture_output=True, text=True,
        env=os.environ | {"PATH": tools},
    )  # fmt: skip
    with (COPY / "mutmut.log").open("a") as log:
        log.write(done.stdout + done.stderr)
    if done.returncode:
        raise SystemExit(f"mutmut {words[0]} failed: {(done.stdout + done.stderr)[-4000:]}")
    return done.stdout


def results() -> dict[str, str]:
    """The fate of each mutant that there is."""
    lines = mutmut("results", "--all", "true").splitlines()
    pairs = (line.strip().partition(": ") for line in lines if "__mutmut_" in line)
    return {mutant: fate for mutant, _, fate in pairs}


def main() -> int:
    asked = os.environ.get("MUTANTS", str(SAMPLE))
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    copy_tree()
    run = ("run", "--max-children", str(PROCESSES))
    mutmut(*run, FIRST)
    known = list(results())
    drawn = known if asked == "all" else draw(known, int(asked), seed)
    mutmut(*run, *([] if asked == "all" else drawn))
    found = results()
    fates = {mutant: found[mutant] for mutant in drawn}
    for mutant, fate in fates.items():
        if fate not in TESTS | TYPES:
            print(f"{fate}: {mutant}")
    print(f"\nseed {seed}, {len(drawn)} of {len(known)} mutants")
    print(f"{'':42}{'mutants':>9}{'by mypy':>9}{'by tests':>9}{'survived':>9}{'killed':>10}")
    table = scores(fates)
    for name, score in table.items():
        print(f"{name:42}{score}")
    return 0 if table["all"].enough else 1


if __name__ == "__main__":
    raise SystemExit(main())
