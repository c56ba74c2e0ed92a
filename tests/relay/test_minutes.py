"""Seconds become signed minute records; a stranger sees what was done to them."""

from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relay import (
    LegConnected,
    LegLink,
    LegSecond,
    MediaStalled,
    SecondWitnessed,
    Source,
    SourceAdded,
    record_faults,
    record_hash,
)
from relay.minutes import CHANGES_MAX, Minutes, canonical, lost_spans

ROOM, M0 = "S-2026-000001", 1_800_000_000  # a whole minute of unix time
KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw().hex()
LINK = LegLink("client", "srflx", "ab" * 32, 42, 3)


def second(at: int, client: int = 50, host: int = 50, mutual: bool = True) -> SecondWitnessed:
    legs = tuple(
        LegSecond(leg, packets > 0, packets, 0, packets * 100, packets, 1 * (packets > 0))
        for leg, packets in (("client", client), ("host", host))
    )
    return SecondWitnessed(ROOM, M0 + at, legs, (("client", "host"),) if mutual else ())


def fresh(run: str = "r1") -> Minutes:
    return Minutes(ROOM, run, "n-1", "0.1.0", 5_000)


def signed(body: dict[str, Any]) -> tuple[dict[str, Any], str, str]:
    return body, PUBLIC, KEY.sign(bytes.fromhex(record_hash(body))).hex()


def run_of(count: int) -> list[tuple[dict[str, Any], str, str]]:
    minutes, found = fresh(), []
    for at in range(count * 60):
        minutes.take(second(at))
        if at % 60 == 59:
            found.append(signed(minutes.close(5_000 + at * 1000)))
    return found


def test_a_minute_is_counted_leg_by_leg() -> None:
    minutes = fresh()
    for at in range(60):
        gone = 20 <= at < 27
        minutes.take(second(at, client=0 if gone else 50, mutual=not gone))
    minutes.change(LegConnected(ROOM, "client", "pub"))
    minutes.change(SourceAdded(ROOM, Source("client-video-0", "client", "video", "0")))
    minutes.change(MediaStalled(ROOM, "host", M0 + 9))
    body = minutes.close(65_000, [LINK])
    assert (body["from"], body["to"], body["seconds"]) == (M0, M0 + 60, 60)
    assert (body["mutual_s"], body["state"], body["passed_ms"]) == (53, "together", 60_000)
    client, host = body["legs"]
    assert (client["present_s"], client["silence_ms"], client["rtp"]) == (53, 7_000, 2_650)
    assert (client["pair"], client["rtt_ms"], client["lost_permille"]) == ("srflx", 42, 3)
    assert (host["silence_ms"], host["bytes"], host["pair"]) == (0, 300_000, None)
    assert body["changes"] == [
        ["connected", "client", "pub"], ["added", "client", "video"], ["stalled", "host", M0 + 9],
    ]  # fmt: skip


def test_a_silence_goes_on_into_the_next_minute() -> None:
    minutes = fresh()
    for at in range(60):
        minutes.take(second(at, client=50 if at < 50 else 0))
    minutes.close(0)
    for at in range(60, 120):
        minutes.take(second(at, client=0 if at < 65 else 50))
    assert minutes.close(0)["legs"][0]["silence_ms"] == 15_000


@pytest.mark.parametrize(
    ("client", "host", "mutual", "state"),
    [(50, 50, True, "together"), (50, 50, False, "no_media"), (0, 50, False, "alone"),
     (0, 0, False, "empty")],
)  # fmt: skip
def test_a_minute_has_a_state(client: int, host: int, mutual: bool, state: str) -> None:
    minutes = fresh()
    minutes.take(second(0, client, host, mutual))
    assert minutes.close(0)["state"] == state


def test_minutes_are_those_of_the_clock_on_the_wall() -> None:
    minutes = fresh()
    assert not minutes.is_begun
    minutes.take(second(58))
    assert not minutes.is_over(M0 + 59)
    assert minutes.is_over(M0 + 60)


def test_changes_beyond_the_limit_are_counted() -> None:
    minutes = fresh()
    minutes.take(second(0))
    for _ in range(CHANGES_MAX + 5):
        minutes.change(LegConnected(ROOM, "client", "pub"))
    body = minutes.close(0)
    assert (len(body["changes"]), body["changes_more"]) == (CHANGES_MAX, 5)


def test_the_canonical_form_is_rfc_8785s() -> None:
    body = run_of(1)[0][0]
    assert canonical(body) == rfc8785.dumps(body)


def test_a_chain_holds_and_any_change_is_seen() -> None:
    records = run_of(3)
    assert record_faults(records) == []
    assert record_faults([*records, *[signed(_other_run())]]) == []
    one, two, three = records
    for broken in (
        [one, three],  # a minute dropped
        [one, three, two],
        [one, (two[0] | {"mutual_s": 59}, *two[1:]), three],
        [one, (two[0], "00" * 32, two[2]), three],
        [one, (two[0], two[1], one[2]), three],
        [one, signed(two[0] | {"seconds": 61}), three],
        [one, signed(two[0] | {"prev": "0" * 64}), three],
    ):
        assert record_faults(broken) != []


@pytest.mark.parametrize(
    "lie", [{"mutual_s": None}, {"seconds": "60"}, {"n": True}, {"run": 7}, {"prev": None}]
)
def test_a_record_of_another_shape_is_a_fault_and_no_accident(lie: dict[str, Any]) -> None:
    one, two, _ = run_of(3)
    lacking = {name: value for name, value in two[0].items() if name not in lie}
    for body in (two[0] | lie, lacking, [], None):
        assert record_faults([one, (body, *two[1:])]) == ["minute record 2 is not one"]
    assert record_faults([one, (two[0], None, two[2])]) == ["minute record 2 is not one"]


def _other_run() -> dict[str, Any]:
    minutes = fresh("r2")
    minutes.take(second(600))
    return minutes.close(0)


def test_where_no_record_tells_the_witness_was_missing() -> None:
    bodies = [body for body, _, _ in run_of(2)] + [_other_run()]
    assert lost_spans(bodies) == [(M0 + 120, M0 + 600)]
    assert lost_spans(bodies[1:], M0 + 30)[0] == (M0 + 30, M0 + 60)
    assert lost_spans(bodies[:1], M0 + 30) == []
    assert lost_spans([], M0) == []
