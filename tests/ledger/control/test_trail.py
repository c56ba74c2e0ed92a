"""The audit journal as values: the hash covers every fact and the row before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.control import Actor
from ledger.control.trail import FIRST_HASH, AuditRow, TrailHead, canonical, chained, fault_of
from tests.ledger.control.people import AT, VERA

START = TrailHead(0, FIRST_HASH)
ROW = AuditRow(0, AT, VERA, "refund.asked", "refund:r1", "по просьбе", {"minor": 100, "to": "bob"})


def test_the_bytes_are_fixed_for_ever() -> None:
    first = chained(ROW, START)
    assert canonical(first).decode() == (
        '{"action":"refund.asked","address":"192.0.2.1","at":"2026-11-21T12:00:00.000000+00:00",'
        '"facts":{"minor":100,"to":"bob"},"number":1,"party":"vera",'
        f'"prev":"{FIRST_HASH}","role":"curator","subject":"refund:r1","why":"по просьбе"}}'
    )
    assert first.hash == "56b824ed273ad456b2e2ce562554b55f807634cfe7963451c7d65babd2ff5f91"


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"at": AT + timedelta(microseconds=1)},
        {"actor": Actor("oleg", "curator", "192.0.2.1")},
        {"actor": Actor("vera", "accountant", "192.0.2.1")},
        {"actor": Actor("vera", "curator", "192.0.2.9")},
        {"action": "refund.done"},
        {"subject": "refund:r2"},
        {"why": ""},
        {"facts": {"minor": 101, "to": "bob"}},
        {"facts": {"minor": "100", "to": "bob"}},
        {"prev_hash": "1" * 64},
        {"hash": "1" * 64},
    ],
)
def test_every_change_shows(change: dict[str, object]) -> None:
    first = chained(ROW, START)
    assert fault_of(first, START) is None
    assert fault_of(replace(first, **change), START) is not None  # type: ignore[arg-type]


def test_rows_follow_each_other() -> None:
    first = chained(ROW, START)
    second = chained(ROW, TrailHead(1, first.hash))
    assert fault_of(second, TrailHead(1, first.hash)) is None
    assert fault_of(second, START) == "row 1 is missing"
    assert fault_of(second, TrailHead(1, "f" * 64)) == "it does not follow from the row before"
