"""The audit journal as values: numbered rows, each with a hash over itself and the row before.

Whoever kept one number and its hash can prove that nothing up to there was edited, removed,
reordered or put in between. The head (count, last hash) shows a tail that was cut off; it goes into
every seal of the ledger, which shows a tail that was cut off together with the head.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.control.actors import Actor
from ledger.seals import FIRST_HASH as FIRST_HASH
from ledger.seals import TrailHead as TrailHead

Fact = str | int


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who did what to which subject, when, from where and why; `facts` name the sums.

    `subject` is a kind and an id: "top_up:…", "session:S-2026-000001", "switch:payouts".
    """

    number: int
    at: datetime
    actor: Actor
    action: str
    subject: str
    why: str
    facts: Mapping[str, Fact]
    prev_hash: str = FIRST_HASH
    hash: str = ""


def canonical(row: AuditRow) -> bytes:
    """The bytes that the hash covers: JSON, keys sorted, no spaces, UTF-8, instants in UTC."""
    facts = {
        "number": row.number,
        "at": row.at.isoformat(timespec="microseconds"),
        "party": row.actor.party,
        "role": row.actor.role,
        "address": row.actor.address,
        "action": row.action,
        "subject": row.subject,
        "why": row.why,
        "facts": dict(row.facts),
        "prev": row.prev_hash,
    }
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def hash_of(row: AuditRow) -> str:
    """Hex sha256."""
    return hashlib.sha256(canonical(row)).hexdigest()


def chained(row: AuditRow, head: TrailHead) -> AuditRow:
    """The row as the next one after `head`."""
    linked = replace(row, number=head.count + 1, prev_hash=head.hash)
    return replace(linked, hash=hash_of(linked))


def fault_of(row: AuditRow, before: TrailHead) -> str | None:
    """What is wrong with a row that stands after `before`; None when nothing is."""
    if row.number != before.count + 1:
        return f"row {before.count + 1} is missing"
    if row.prev_hash != before.hash:
        return "it does not follow from the row before"
    if row.hash != hash_of(row):
        return "it was changed after it was written"
    return None
