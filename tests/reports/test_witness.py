"""Minute records inside the record of a session: they hold, or the first fault is named."""

from dataclasses import replace
from typing import Any

import pytest

from reports.canonical import Json
from reports.facts import SessionFacts
from reports.witness import KIND, lost, witness_finding
from tests.relay.test_minutes import M0, ROOM, run_of
from tests.reports.builders import facts, record_of


def told(count: int = 2) -> list[Json]:
    names = ("record", "key", "signature")
    return [dict(zip(names, one, strict=True)) for one in run_of(count)]


def of(bodies: list[Json], number: str = ROOM) -> SessionFacts:
    return replace(facts(number=number), record=record_of(*((KIND, one) for one in bodies)))


def test_records_that_hold_are_counted() -> None:
    found = witness_finding(of(told()))
    assert found is not None
    assert (found.check, found.good) == ("witness", True)
    assert found.en == "2 records of 1 nodes hold, both sides seen for 120 s"
    assert found.ru == "2 записей сходятся, узлов 1, обе стороны видны 120 с"


def test_papers_older_than_records_say_nothing() -> None:
    assert witness_finding(facts()) is None


@pytest.mark.parametrize("change", [{"mutual_s": 59}, {"to": M0 + 61}, {"n": 7}])
def test_a_changed_record_is_found(change: dict[str, Any]) -> None:
    bodies = told()
    bodies[0]["record"] = bodies[0]["record"] | change
    found = witness_finding(of(bodies))
    assert found is not None
    words = "minute record 1 has no good signature"
    assert (found.good, found.en, found.where) == (False, words, "facts")


def test_a_record_left_out_and_one_of_another_session() -> None:
    bodies = told(3)
    gap = witness_finding(of([bodies[0], bodies[2]]))
    assert gap is not None
    assert (gap.good, gap.en) == (False, "minute record 2 does not follow the one before")
    other = witness_finding(of(bodies, "S-2026-000999"))
    assert other is not None
    assert (other.good, other.en) == (False, "a record is of another session")


def test_where_the_witness_was_missing() -> None:
    record = of(told(3)).record
    assert lost(record, M0) == []
    assert lost(record, M0 - 30) == [(M0 - 30, M0)]
    assert lost([record[0], record[2]], M0) == [(M0 + 60, M0 + 120)]
    assert lost(facts().record, M0) == []
