"""docs/metering.md says what the program does: each example is run."""

import json
import re
from pathlib import Path

import pytest

from metering import quote

PAGE = Path(__file__).parents[2] / "docs" / "metering.md"
ROW = re.compile(r"^\| (.+?) \| (\d+) s \| (\d+) s \| (\d+)\.(\d\d) \|", re.MULTILINE)
ROWS = [match.groups() for match in ROW.finditer(PAGE.read_text())]
ASKED = {
    vector["name"]: vector["ask"]
    for vector in json.loads((Path(__file__).parent / "quotes.json").read_text())
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_example(row: tuple[str, ...]) -> None:
    name, connected, paid, whole, minor = row
    asked = ASKED[name]
    answer = quote(asked)
    assert asked["usage"]["connected_seconds"] == int(connected)
    assert answer["billed_seconds"] == int(paid)
    assert answer["charge"] == int(whole + minor)


def test_the_table_is_there() -> None:
    assert len(ROWS) >= 20
