"""What a benchmark leaves behind: the fields of the contract, ratios the right way round."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bench import __main__ as command
from bench import relay_capacity, soak
from bench import result as results
from bench.relay import compose
from bench.result import Limit, Peer, Result, Unmeasured, spread

FIELDS = [
    "name", "date", "machine", "unit", "ours", "peer", "limit", "ratio_to_peer",
    "ratio_to_limit", "runs", "spread", "command",
]  # fmt: skip


def made(*, smaller_is_better: bool = True) -> Result:
    return Result(
        name="sample",
        unit="µs",
        ours=20.0,
        peer=Peer("other", "1.2", 30.0),
        limit=Limit("bare loop", 10.0),
        runs=5,
        spread=0.1,
        command="python -m bench sample",
        smaller_is_better=smaller_is_better,
    )


def test_saved_result_has_the_fields_of_the_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    path = made().save()
    assert path.name == "sample.json"
    written = json.loads(path.read_text())
    assert [name for name in written if name != "details"] == FIELDS
    assert written["peer"] == {"name": "other", "version": "1.2", "value": 30.0}
    assert written["limit"] == {"name": "bare loop", "value": 10.0}
    assert datetime.fromisoformat(written["date"]).tzinfo is not None


def test_a_larger_ratio_is_better_for_us() -> None:
    cost = made().to_json()
    assert (cost["ratio_to_peer"], cost["ratio_to_limit"]) == (1.5, 0.5)
    rate = made(smaller_is_better=False).to_json()
    assert (rate["ratio_to_peer"], rate["ratio_to_limit"]) == (0.667, 2.0)


def test_the_table_shows_all_three_side_by_side() -> None:
    _, ours, peer, limit = made().table().splitlines()
    assert "20.00" in ours
    assert "other 1.2" in peer
    assert "x1.5" in peer
    assert "limit: bare loop" in limit


def test_spread_is_of_the_median() -> None:
    assert spread([10.0, 12.0, 9.0]) == 0.3
    assert spread([10.0]) == 0


def run(us_per_packet: float, lost_percent: float = 0.0) -> dict[str, float]:
    return {"us_per_packet": us_per_packet, "lost_percent": lost_percent}


def measured(lost_percent: float = 0.0) -> dict[str, Any]:
    return {
        "floor_us": 9.0,
        "srtp": {"ours": "SRTP_AEAD_AES_256_GCM"},
        "runs": {
            "ours": [run(20.0), run(30.0, lost_percent), run(25.0)],
            "janus": [run(60.0), run(50.0), run(55.0)],
            "janus event_loops=1": [run(40.0), run(36.0), run(35.0)],
        },
    }


def test_the_relays_peer_is_the_better_janus() -> None:
    result = compose(measured())
    assert (result.ours, result.peer.name, result.peer.value) == (25.0, "janus event_loops=1", 36.0)
    assert result.limit.value == 9.0
    assert result.details["pair_ratios"]["janus event_loops=1"] == [2.0, 1.2, 1.4]


def test_a_lost_packet_spoils_the_relays_result() -> None:
    with pytest.raises(Unmeasured, match="lost"):
        compose(measured(lost_percent=0.01))


def in_a_row(*shares: float, lost: float = 0.0, mib: int = 100) -> list[dict[str, float]]:
    return [
        {"us_per_packet": share / 2, "lost_percent": lost, "core_percent": share,
         "rss_mib": mib + n, "arrived_per_s": 1000 * (n + 1)}
        for n, share in enumerate(shares)
    ]  # fmt: skip


def test_a_capacity_is_the_last_rate_that_lost_little() -> None:
    sides = {"ours": in_a_row(20.0, 40.0), "janus event_loops=1": in_a_row(60.0)}
    once = {"ours": in_a_row(30.0), "janus event_loops=1": in_a_row(60.0)}
    beside, most = relay_capacity.compose({"beside": once, "most": sides}, 9.0)
    assert (beside.ours, beside.peer.value, beside.ratio(beside.peer.value)) == (15.0, 30.0, 2.0)
    assert (most.ours, most.peer.value, most.limit.value) == (2000, 1000, 5000)


def test_a_soak_that_loses_or_grows_is_no_result() -> None:
    peers = {"janus": in_a_row(70.0), "coturn": in_a_row(17.0)}
    good = soak.compose({"ours": in_a_row(30.0, 32.0, 31.0), **peers})
    assert (good.ours, good.details["minutes"], good.details["grown_mib"]) == (31.0, 3, 1)
    assert good.details["packets"] == 60 * 6000
    for bad in (in_a_row(30.0, lost=0.1), in_a_row(*[30.0] * 9)):
        with pytest.raises(Unmeasured):
            soak.compose({"ours": bad, **peers})


def test_an_unknown_name_is_said_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nothing"]) == 2
    assert (
        "no benchmark nothing; there are: check, ledger, metering_burst, metering_steady, paper, "
        "relay, relay_capacity, signalling, soak" in capsys.readouterr().err
    )


def test_what_cannot_be_measured_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(name: str) -> None:
        raise Unmeasured("no network")

    monkeypatch.setattr(command, "run", fail)
    assert command.main(["relay"]) == 1
    assert "relay: no network" in capsys.readouterr().err
