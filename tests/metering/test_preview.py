"""The dry run says what a quote would say."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from metering import Line, client_pays_tariff, dry_run, first_moments, quote, read_draft
from tests.metering.tables import Vector, vectors
from web.__main__ import main

SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
BY_TARIFF = list({json.dumps(v.ask["tariff"]): v for v in vectors()}.values())
SOLD = {"plan": "p", "payer": "client", "currency": "RUB"}


def test_an_hour_at_twenty() -> None:
    lines = {line.connected_s: line for line in dry_run(client_pays_tariff())}
    assert lines[0] == Line(0, 0, 0, 0, 0, 0, "")
    assert lines[1] == Line(1, 60, 0, 20_00, 18_00, 2_00, "rate")
    assert lines[600] == Line(600, 600, 0, 200_00, 180_00, 20_00, "rate")
    assert lines[3600] == Line(3600, 3600, 0, 1200_00, 1080_00, 120_00, "rate")
    assert len(lines) == 62


@pytest.mark.parametrize("vector", BY_TARIFF, ids=lambda v: v.name)
def test_it_is_what_a_quote_says(vector: Vector) -> None:
    """For the tariff of each table of examples, every line."""
    rounding = vector.ask.get("rounding", {"rule": "up", "to_multiple_of": 1})
    start = datetime.fromisoformat(vector.ask["usage"].get("start_utc", "2026-03-02T21:00:00Z"))
    document = {**vector.ask["tariff"], "rounding": rounding}
    tariff = read_draft({**SOLD, **document, "free_seconds": 0, "max_charge": 2**40})
    until = 900
    for line in dry_run(tariff, start, until):
        usage = {"connected_seconds": line.connected_s, "start_utc": start.isoformat()}
        answer = quote({"tariff": tariff.to_dict(), "usage": usage})
        assert (line.charge, line.paid_s) == (answer["charge"], answer["billed_seconds"])


def test_where_the_rules_change_there_is_a_line() -> None:
    tariff = read_draft(
        SOLD
        | {
            "grace_seconds": 10, "free_seconds": 30, "max_charge": 150,
            "max_charge_strategy": "disconnect",
            "segments": [
                {"from_second": 0, "rate": 100, "per_seconds": 60, "increment_seconds": 30},
                {"from_second": 90, "rate": 60, "per_seconds": 60, "increment_seconds": 30},
            ],
        }
    )  # fmt: skip
    told = {line.connected_s: (line.charge, line.cause) for line in dry_run(tariff, until_s=180)}
    assert told == {
        0: (0, ""), 1: (0, "grace"), 10: (0, "grace"), 11: (0, "free_seconds"),
        30: (0, "free_seconds"), 31: (50, "rate"), 60: (50, "rate"), 90: (100, "rate"),
        91: (130, "rate"), 120: (130, "rate"), 180: (150, "end"),
    }  # fmt: skip


def test_each_window_from_its_next_beginning() -> None:
    minute = [{"from_second": 0, "rate": 60, "per_seconds": 60, "increment_seconds": 60}]
    tariff = read_draft(
        SOLD
        | {
            "timezone": "Europe/Moscow",
            "windows": [
                {"from": "00:00", "to": "24:00", "segments": minute},
                {"from": "22:00", "to": "06:00", "weight": 1, "weekdays": [5], "segments": minute},
                {"from": "00:00", "to": "24:00", "weight": 2, "month_days": ["05-09"],
                 "segments": minute},
                {"from": "10:00", "to": "11:00", "weight": 3, "month_days": ["05-09"],
                 "segments": minute},
                {"from": "10:00", "to": "11:00", "weight": 4, "segments": minute},
            ],
        }
    )  # fmt: skip
    assert [m and m.isoformat()[:16] for m in first_moments(tariff, SUNDAY)] == [
        "2026-11-21T21:00",
        "2026-11-27T19:00",
        "2027-05-08T21:00",
        None,
        "2026-11-22T07:00",
    ]


def test_the_command_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tariff.json"
    file.write_text(client_pays_tariff().to_json())
    assert main(["tariff", "check", str(file)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "client-pays 1, RUB, client pays"
    assert out[-1].split() == ["3600", "3600", "0", "1200.00", "1080.00", "120.00", "rate"]
    assert main(["tariff", "check", "--json", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)[0]["lines"][-1]["charge"] == 1200_00


def test_the_command_names_the_field(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tariff.json"
    file.write_text(json.dumps(client_pays_tariff().to_dict() | {"timezone": "Mars"}))
    assert main(["tariff", "check", str(file)]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("minuta tariff: tariff.timezone: ")
    assert not told.out
