"""What the relay recorded minute by minute: does it hold, and where is it missing? Pure."""

from collections.abc import Sequence
from typing import Any

from relay import lost_spans, record_faults
from reports.canonical import Json
from reports.facts import SessionFacts
from reports.findings import Finding

KIND = "minute_witnessed"


def witness_finding(facts: SessionFacts) -> Finding | None:
    """Records follow one another, each signed by its node; None for papers older than these."""
    bodies = [fact.get("body") for fact in facts.record if fact.get("kind") == KIND]
    told = [one if isinstance(one, dict) else {} for one in bodies]
    if not told:
        return None
    faults = record_faults([
        (one.get("record"), one.get("key"), one.get("signature")) for one in told
    ])  # fmt: skip
    if not faults and any(one["record"]["session"] != facts.number for one in told):
        faults = ["a record is of another session"]
    if faults:
        return Finding("witness", False, "записи ретранслятора не сходятся", faults[0], "facts")
    nodes, n = len({one["key"] for one in told}), len(told)
    mutual_s = sum(one["record"]["mutual_s"] for one in told)
    ru = f"{n} записей сходятся, узлов {nodes}, обе стороны видны {mutual_s} с"
    en = f"{n} records of {nodes} nodes hold, both sides seen for {mutual_s} s"
    return Finding("witness", True, ru, en)


def lost(record: Sequence[Json], since: int) -> list[tuple[int, int]]:
    """Unix seconds between records of which none tells, and before the first from `since` on: the
    witness was missing, not the media."""
    bodies: list[Any] = [fact["body"]["record"] for fact in record if fact.get("kind") == KIND]
    return lost_spans(bodies, since)
