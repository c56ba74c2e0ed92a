"""The journal of a session: facts that are only ever added, each hash holding all before it.

h[i] = sha256(h[i-1] || sha256(JCS(event))), event = {seq, at, kind, body}, h[0] = 32 zero bytes;
JCS is RFC 8785. Bodies hold text, whole numbers, truth values, null, lists and objects of these:
no fractions, money is minor units. Times are RFC 3339 UTC with microseconds.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import rfc8785

from broker.sessions.errors import RecordBroken

FIRST_HASH = "00" * 32
KINDS = MappingProxyType(
    {
        "created": "topic, plan, payer, rate_minor, tariff_sha256",
        "invited": "invite, expires_at, uses_max, revoked",
        "joined": "name, guest, again",
        "entered": "by",
        "left": "by",
        "start_pressed": "by",
        "live": "payer, tariff_sha256",
        "share_started": "by, surface",
        "share_ended": "by",
        "mic": "by, state",
        "paused": "cause, by, since",
        "resumed": "cause, by",
        "minute_charged": "n, from_s, to_s, amount_minor, total_minor, currency, second, receipt",
        "warned": "minutes_left",
        "funds_out": "ends_in_s, cause",
        "funds_back": "",
        "cap": "by, limited (the sum is the payer's own)",
        "witnessed": "from_s, to_s (null: still going on)",
        "witnessed_pair": "one, other, from_s, to_s: as witnessed, where there were more than two",
        "colleague_called": "n, seat, part, by, name (empty: by a link), share_bp",
        "colleague_told": "n, seat (the client's page showed it)",
        "colleague_agreed": "n, seat",
        "colleague_refused": "n, seat (by the client)",
        "colleague_dismissed": "n, seat (by the host)",
        "colleague_entered": "n, seat, part, name, text (the words about recordings, agreed to)",
        "colleague_left": "n, seat",
        "colleague_seen": "n, seat, part, name, with_client_s, with_host_s: at the end, in all",
        "leg_connected": "leg, role",
        "leg_lost": "leg, last_packet_at",
        "source_added": "id, owner, kind",
        "source_removed": "id, owner, kind",
        "media_stalled": "leg, since_second",
        "recording_asked": "n, by, text (the name of the words agreed to)",
        "recording_granted": "n, by, text",
        "recording_started": "n",
        "recording_revoked": "n, by",
        "recording_stopped": "n, cause, by",
        "recording_gap": "from, to, reason (what came between was not kept)",
        "recording_saved": "n, sha256, bytes, duration_ms, file",
        "recording_lost": "n (there was nothing to make a file of)",
        "minute_witnessed": "record, key, signature (the relay's of one minute; relay/minutes.py)",
        "cosigner": "by, key (public, of the leg that signs receipts with it)",
        "cosigner_cannot": "by, why (it can have no key)",
        "cosigner_waived": "leg, by (who goes on without its signatures)",
        "cosigned": "count, head (of the chain of signatures under the receipts)",
        "chat": "id, from, sha256",
        "file_offered": "id, by, name, size, sha256",
        "file_received": "id",
        "file_accepted": "id, by",
        "file_declined": "id, by",
        "file_withdrawn": "id, by",
        "file_erased": "id",
        "cancelled": "cause, by",
        "ended": "cause, by, clock_s, charged_minor, currency",
        "result": "result, comment",
        "outcome": "outcome, comment, by (a ruling: its id, shares in bp, cap and short_minor)",
        "seconds_back": "seconds",
        "review": "by, quality, punctuality, courtesy, comment",
        "dispute": "by, comment",
        "dispute_answer": "by, comment",
        "settled": "total_minor, platform_minor, provider_minor, refunded_minor, currency",
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """`prev` and `hash` are lower-case hex of 32 bytes; `seq` counts from 1 in each session."""

    seq: int
    at: datetime
    kind: str
    body: Mapping[str, Any]
    prev: str
    hash: str


def instant(at: datetime) -> str:
    """How a moment is written in an event."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event_bytes(seq: int, at: datetime, kind: str, body: Mapping[str, Any]) -> bytes:
    """The canonical form that is hashed."""
    return rfc8785.dumps({"seq": seq, "at": instant(at), "kind": kind, "body": dict(body)})


def link(prev: str, event: bytes) -> str:
    """The next hash of the chain."""
    return hashlib.sha256(bytes.fromhex(prev) + hashlib.sha256(event).digest()).hexdigest()


def next_fact(last: Fact | None, kind: str, body: Mapping[str, Any], at: datetime) -> Fact:
    """The fact that follows. An unknown kind or a fraction in the body is our own mistake."""
    assert kind in KINDS, kind
    assert not _has_fraction(body), kind
    seq, prev = (last.seq + 1, last.hash) if last else (1, FIRST_HASH)
    return Fact(seq, at, kind, body, prev, link(prev, event_bytes(seq, at, kind, body)))


def verify_chain(facts: Iterable[Fact]) -> str:
    """The head of a whole chain. Raises: RecordBroken at the first fact that does not hold."""
    head = FIRST_HASH
    for seq, fact in enumerate(facts, 1):
        if fact.seq != seq:
            raise RecordBroken(seq, f"number {fact.seq} stands here")
        if fact.prev != head:
            raise RecordBroken(seq, "does not follow the fact before it")
        if link(head, event_bytes(seq, fact.at, fact.kind, fact.body)) != fact.hash:
            raise RecordBroken(seq, "was changed")
        head = fact.hash
    return head


def _has_fraction(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_has_fraction(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_has_fraction(one) for one in value)
    return isinstance(value, float)
