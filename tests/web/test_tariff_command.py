"""`minuta tariff publish` and `list`: versions from files, once each."""

import json
from pathlib import Path
from typing import Any

import pytest

from metering import host_pays_tariff
from web.__main__ import main


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINUTA_DATABASE_URL", f"sqlite:///{tmp_path}/minuta.db")
    monkeypatch.setenv("MINUTA_FOLDER", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["seed"]) == 0


def written(name: str = "tariff.json", **change: Any) -> str:
    document = host_pays_tariff(1_50).to_dict() | change
    Path(name).write_text(json.dumps({k: v for k, v in document.items() if v != "left out"}))
    return name


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["tariff", "list", "--json"]) == 0
    return list(json.loads(capsys.readouterr().out))


def test_a_file_becomes_the_next_version_once(capsys: pytest.CaptureFixture[str]) -> None:
    file = written(version="left out")
    assert main(["tariff", "publish", file, "--why", "lines cost more"]) == 0
    assert main(["tariff", "publish", file, "--why", "sent twice"]) == 0
    found = [(one["plan"], one["version"], one["minute_minor"]) for one in listed(capsys)]
    assert found == [("client-pays", 1, 20_00), ("host-pays", 2, 1_50), ("host-pays", 1, 1_00)]
    assert listed(capsys)[1]["why"] == "lines cost more"
    assert main(["tariff", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("host-pays\t2\t")


def test_a_file_with_a_number_is_that_version_and_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second = written("2.json", version=2), written("3.json", version=3, lead_s=20)
    assert [main(["tariff", "publish", file]) for file in (first, second, first)] == [0, 0, 0]
    assert main(["tariff", "publish", written("x.json", version=2, lead_s=30)]) == 1
    assert "host-pays 2 is not the next version" in capsys.readouterr().err
    assert [one["version"] for one in listed(capsys)] == [1, 3, 2, 1]


REFUSED: tuple[tuple[dict[str, Any], tuple[str, ...], int, str], ...] = (
    ({"timezone": "Mars"}, (), 2, "tariff.timezone"),
    ({"payer": "client", "version": 2}, (), 2, "tariff.payer"),
    ({"plan": "evening"}, (), 1, "no plan evening"),
    ({"version": 2}, ("--by", "anna@demo.minuta.example"), 2, "anna@demo"),
    ({"version": 2}, ("--why", " "), 1, "reason"),
)


def test_what_is_refused_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    for change, more, code, said in REFUSED:
        assert main(["tariff", "publish", written(**change), *more]) == code
        assert said in capsys.readouterr().err
    assert len(listed(capsys)) == 2


def test_a_curator_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    more = ("--by", "petr@demo.minuta.example", "--why", "lines cost more")
    assert main(["tariff", "publish", written(version=2), *more]) == 0
    assert listed(capsys)[1]["by"] not in ("", "system")
