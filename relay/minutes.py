"""Minute records: what a node saw of a room in one minute of UTC, and none of the content. Pure.

Built from `SecondWitnessed` and the changes told between, so every engine has them. The records
of one room and one run of the node are a chain, signed with the node's Ed25519 key:

    hash = sha256(canonical JSON of the body), hex; the first record's `prev` is 64 zeros.

A run that breaks off leaves minutes without a record: nothing proves them, so nothing is charged.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from relay.events import (
    LegConnected,
    LegLost,
    LegSecond,
    MediaStalled,
    RelayEvent,
    SecondWitnessed,
    SourceAdded,
    SourceRemoved,
)
from relay.links import LegLink

FIRST_PREV = "0" * 64
MINUTE_S = 60
CHANGES_MAX = 100  # in one minute; more are counted only
COUNTED = ("rtp", "rtcp", "stun", "audio_packets", "video_packets", "bytes")
CHECKED = ("n", "from", "to", "seconds", "mutual_s")

Body = Mapping[str, Any]


@dataclass(slots=True)
class _Leg:
    """Sums of one leg; `quiet_s` seconds without a packet until now."""

    present_s: int = 0
    quiet_s: int = 0
    silence_s: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))

    def take(self, second: LegSecond) -> None:
        self.present_s += second.present
        for name in COUNTED:
            self.counts[name] += getattr(second, name)
        heard = second.rtp + second.rtcp + second.stun > 0
        self.quiet_s = 0 if heard else self.quiet_s + 1
        self.silence_s = max(self.silence_s, self.quiet_s)


@dataclass(slots=True)
class Minutes:
    """The minute that is under way in one room. A live thing: one a room and run of the node.

    run: names the run, random; node: its name in records; version: of the program.
    """

    room: str
    run: str
    node: str
    version: str
    began_ms: int
    n: int = 0
    prev: str = FIRST_PREV
    _first: int | None = None
    _last: int = 0
    _mutual_s: int = 0
    _seconds: int = 0
    _legs: dict[str, _Leg] = field(default_factory=dict)
    _changes: list[list[Any]] = field(default_factory=list)
    _more: int = 0

    def is_over(self, second: int) -> bool:
        """Whether a second belongs to a later minute than the one under way."""
        return self._first is not None and second // MINUTE_S != self._first // MINUTE_S

    @property
    def is_begun(self) -> bool:
        return self._first is not None

    def take(self, seen: SecondWitnessed) -> None:
        """Count a second; the caller has closed the minute before, if it is over."""
        self._first = seen.second if self._first is None else self._first
        self._last, self._seconds = seen.second, self._seconds + 1
        self._mutual_s += bool(seen.pairs)
        for leg in seen.legs:
            self._legs.setdefault(leg.leg, _Leg()).take(leg)

    def change(self, event: RelayEvent) -> None:
        """Note what else happened."""
        told = _change(event)
        if told is None:
            return
        if len(self._changes) < CHANGES_MAX:
            self._changes.append(told)
        else:
            self._more += 1

    def close(self, now_ms: int, links: Sequence[LegLink] = ()) -> dict[str, Any]:
        """The record of the minute; the next one begins. `now_ms` by the node's own clock, which
        nobody sets; seconds are unix, [from, to)."""
        assert self._first is not None, "nothing was seen"
        self.n += 1
        known = {link.leg: link for link in links}
        body = {
            "v": 1,
            "session": self.room,
            "node": self.node,
            "version": self.version,
            "run": self.run,
            "n": self.n,
            "from": self._first,
            "to": self._last + 1,
            "passed_ms": now_ms - self.began_ms,
            "seconds": self._seconds,
            "mutual_s": self._mutual_s,
            "state": self._state(),
            "legs": [_leg(name, leg, known.get(name)) for name, leg in sorted(self._legs.items())],
            "changes": self._changes,
            "changes_more": self._more,
            "prev": self.prev,
        }
        self.prev = record_hash(body)
        self._first, self._mutual_s, self._seconds, self._more = None, 0, 0, 0
        self._changes = []
        for name in [name for name, leg in self._legs.items() if not leg.present_s]:
            del self._legs[name]  # gone; one that comes back begins anew
        self._legs = {name: _Leg(quiet_s=leg.quiet_s) for name, leg in self._legs.items()}
        return body

    def _state(self) -> str:
        """In one word: together, no_media (all there, not heard), alone, empty."""
        if self._mutual_s:
            return "together"
        there = sum(leg.present_s > 0 for leg in self._legs.values())
        return "no_media" if there > 1 else "alone" if there else "empty"


def _leg(name: str, leg: _Leg, link: LegLink | None) -> dict[str, Any]:
    """Unknown facts of the link are null."""
    link = link or LegLink(name)
    return {
        "leg": name,
        "present_s": leg.present_s,
        "silence_ms": leg.silence_s * 1000,
        **leg.counts,
        "pair": link.pair,
        "fingerprint": link.fingerprint,
        "rtt_ms": link.rtt_ms,
        "lost_permille": link.lost_permille,
    }


def _change(event: RelayEvent) -> list[Any] | None:
    """What happened and to whom."""
    match event:
        case LegConnected():
            return ["connected", event.leg, event.role]
        case LegLost():
            return ["lost", event.leg]
        case MediaStalled():
            return ["stalled", event.leg, event.since_second]
        case SourceAdded() | SourceRemoved():
            kind = "added" if isinstance(event, SourceAdded) else "removed"
            return [kind, event.source.leg, event.source.kind]
        case _:
            return None


def canonical(body: Body) -> bytes:
    """RFC 8785: records hold text, whole numbers, null, lists and objects of these."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def record_hash(body: Body) -> str:
    return hashlib.sha256(canonical(body)).hexdigest()


def record_faults(records: Sequence[tuple[Any, Any, Any]]) -> list[str]:
    """What is wrong with the records of one session, in words; an empty list: they hold.

    Each is (body, public key of the node, signature), hex both; of a stranger's paper they may be
    anything that JSON holds. A run may have begun before the session did: what comes before its
    first record here is not asked for.
    """
    faults: list[str] = []
    ends: dict[str, tuple[str, int, str]] = {}
    for place, (body, key, signature) in enumerate(records, start=1):
        name = f"minute record {place}"
        if not _is_record(body, key, signature):
            faults.append(f"{name} is not one")
            continue
        run = body["run"]
        prev, n, known = ends.get(run, (body["prev"], body["n"] - 1, key))
        if (body["prev"], body["n"]) != (prev, n + 1):
            faults.append(f"{name} does not follow the one before")
        if key != known:
            faults.append(f"{name} is signed by another node")
        if not _signed(body, key, signature):
            faults.append(f"{name} has no good signature")
        if not 0 <= body["mutual_s"] <= body["seconds"] <= body["to"] - body["from"]:
            faults.append(f"{name} counts more seconds than it has")
        ends[run] = (record_hash(body), body["n"], key)
    return faults


def _is_record(body: Any, key: Any, signature: Any) -> bool:
    """Whether all that a check looks at is there, and of its type; true and false are no count."""
    if not (isinstance(body, dict) and isinstance(key, str) and isinstance(signature, str)):
        return False
    texts = all(isinstance(body.get(name), str) for name in ("session", "run", "prev"))
    return texts and all(type(body.get(name)) is int for name in CHECKED)


def _signed(body: Body, key: str, signature: str) -> bool:
    try:
        node = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        node.verify(bytes.fromhex(signature), bytes.fromhex(record_hash(body)))
    except (InvalidSignature, ValueError):
        return False
    return True


def lost_spans(records: Sequence[Body], since: int | None = None) -> list[tuple[int, int]]:
    """Unix seconds [from, to) between two records, and from `since` to the first one, that no
    record tells of: there the witness itself was missing."""
    spans = [(body["from"], body["to"]) for body in records]
    if spans and since is not None:
        spans.insert(0, (since, since))
    return [(one[1], other[0]) for one, other in pairwise(spans) if other[0] > one[1]]
