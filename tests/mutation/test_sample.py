"""The sample's arithmetic; and by night the sample itself."""

import subprocess
import sys

import pytest

from tests.mutation.sample import ROOT, Score, draw, scores

MUTANTS = [f"ledger.money.x_f__mutmut_{n}" for n in range(90)] + [
    f"ledger.bank.mt.x_g__mutmut_{n}" for n in range(10)
]


def test_each_file_gives_its_share_and_at_least_one() -> None:
    assert {name: score.mutants for name, score in scores(dict.fromkeys(MUTANTS, "")).items()} == {
        "all": 100, "ledger/bank/mt.py": 10, "ledger/money.py": 90,
    }  # fmt: skip
    drawn = scores(dict.fromkeys(draw(MUTANTS, 20, seed=1), "killed"))
    assert drawn["ledger/money.py"] == Score(18, 0, 18)
    assert drawn["ledger/bank/mt.py"] == Score(2, 0, 2)
    assert scores(dict.fromkeys(draw(MUTANTS, 2, seed=1), ""))["ledger/bank/mt.py"].mutants == 1


def test_a_seed_draws_the_same_again() -> None:
    assert draw(MUTANTS, 20, seed=5) == draw(MUTANTS[::-1], 20, seed=5) != draw(MUTANTS, 20, seed=6)


def test_who_was_not_noticed_counts_against_us() -> None:
    ends = ["killed"] * 7 + ["timeout", "caught by type check", "no tests"]
    fates = dict(zip(MUTANTS[:10], ends, strict=True))
    assert scores(fates)["all"] == Score(10, 1, 8)
    assert scores(fates)["all"].survived == 1
    assert scores(fates)["all"].enough
    assert not scores(fates | {MUTANTS[0]: "survived"})["all"].enough


@pytest.mark.nightly
def test_nine_mutants_of_ten_are_killed(capsys: pytest.CaptureFixture[str]) -> None:
    """`make nightly T=mutation`; docs/ledger.md, last chapter."""
    with capsys.disabled():
        done = subprocess.run(
            [sys.executable, "-m", "tests.mutation.sample"], cwd=ROOT, check=False
        )
    assert done.returncode == 0
