"""Every worked example, through the command that anybody can run: `minuta quote`."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.metering.tables import Vector, vectors

HERE = Path(__file__).parent
OLDER: list[dict[str, Any]] = json.loads((HERE / "quotes.json").read_text())
REFUSALS: list[dict[str, Any]] = json.loads((HERE / "bad_quotes.json").read_text())
TABLES = vectors()
ALL = TABLES + [Vector(v["name"], v["rule"], v["ask"], v["answer"], None) for v in OLDER]

#: Complaints that the research named and a price can show; the others are of crashes and nodes.
COMPLAINTS = {
    "A2Billing #9", "A2Billing #22", "A2Billing #26", "ASTPP #145", "CGRateS #16", "CGRateS #39",
    "CGRateS #118", "CGRateS #260", "CGRateS #282", "CGRateS #350", "CGRateS #361",
    "CGRateS #3018", "FreeSWITCH #621", "Kill Bill #445", "Kill Bill #1856", "Kill Bill #1934",
    "Lago pull 879", "MagnusBilling #38", "MagnusBilling #343", "callmeter #72",
    "ivozprovider #703",
}  # fmt: skip


def asked(document: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "web", "quote", "-"],
        input=json.dumps(document), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Any]]:
    """All of them asked at once, of the program as it is installed."""
    done = asked([vector.ask for vector in ALL])
    assert done.returncode == 0, done.stderr
    given = json.loads(done.stdout, parse_float=lambda text: pytest.fail(f"{text} is a float"))
    return {vector.name: answer for vector, answer in zip(ALL, given, strict=True)}


@pytest.mark.parametrize("vector", ALL, ids=lambda v: v.name)
def test_vector(vector: Vector, answers: dict[str, dict[str, Any]]) -> None:
    assert not vector.faults(answers[vector.name]), vector.rule


def test_a_wrong_answer_would_be_seen(answers: dict[str, dict[str, Any]]) -> None:
    for vector in ALL:
        answer = answers[vector.name]
        for field in vector.answer.keys() - {"units"}:
            assert vector.faults({**answer, field: -7}), vector.name


def test_there_are_enough_and_each_says_where_it_comes_from() -> None:
    assert len(TABLES) >= 160
    assert len({vector.name for vector in ALL}) == len(ALL)
    assert all(vector.rule and vector.answer for vector in ALL)


def test_the_complaints_about_others_are_among_them() -> None:
    told = " ".join(vector.rule.replace(", #", ", CGRateS #") for vector in TABLES)
    assert {c for c in COMPLAINTS if not re.search(re.escape(c) + r"\b", told)} == set()


def test_bad_input_ends_with_two_and_the_field() -> None:
    """In a list the question is named too. The other refusals are in test_quote.py."""
    good = OLDER[0]["ask"]
    for refusal in (REFUSALS[3], REFUSALS[14]):
        done = asked([good, refusal["ask"]])
        assert done.returncode == 2
        assert done.stderr.startswith(f"minuta quote: [1].{refusal['field']}: ")
        assert not done.stdout
