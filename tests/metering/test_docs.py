"""docs/metering.md says what the program does: each example is run."""

import json
import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from metering import Tariff, dry_run, first_moments, quote, read_draft
from tests.metering.tables import vectors

PAGE = (Path(__file__).parents[2] / "docs" / "metering.md").read_text()
ROW = re.compile(r"^\| (.+?) \| (\d+) s \| (\d+) s \| (\d+)\.(\d\d) \|", re.MULTILINE)
ROWS = [match.groups() for match in ROW.finditer(PAGE)]
SUNDAY = datetime(2026, 11, 22, tzinfo=UTC)
ASKED = {
    vector["name"]: vector["ask"]
    for vector in json.loads((Path(__file__).parent / "quotes.json").read_text())
} | {vector.name: vector.ask for vector in vectors()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_example(row: tuple[str, ...]) -> None:
    name, connected, paid, whole, minor = row
    asked = ASKED[name]
    answer = quote(asked)
    assert asked["usage"]["connected_seconds"] == int(connected)
    assert answer["billed_seconds"] == int(paid)
    assert answer["charge"] == int(whole + minor)


def test_the_table_is_there() -> None:
    assert len(ROWS) >= 45
    assert len({row[0] for row in ROWS}) == len(ROWS)


def test_the_dry_run_on_the_page_is_what_the_tariff_on_the_page_comes_to() -> None:
    """The evening, from its first second on."""
    tariff = read_draft(json.loads(fenced("json")))
    lines = {line.connected_s: line for line in dry_run(tariff, first_moments(tariff, SUNDAY)[1])}
    shown = [row.split() for row in fenced("text").splitlines()[1:]]
    assert len(shown) == 10
    for second, paid, free, charge, provider, platform, *cause in shown:
        line = lines[int(second)]
        assert (int(paid), int(free), cause) == (line.paid_s, line.free_s, line.cause.split())
        sums = [int(text.replace(".", "")) for text in (charge, provider, platform)]
        assert sums == [line.charge, line.provider, line.platform]


def test_every_field_of_a_tariff_is_explained() -> None:
    names = [field.name for field in fields(Tariff)]
    assert [name for name in names if f"`{name}" not in PAGE and f".{name}" not in PAGE] == []


def fenced(language: str) -> str:
    match = re.search(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert match
    return match[1]
