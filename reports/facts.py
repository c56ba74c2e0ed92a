"""What is known about one session when paper is written: plain values that travel inside the file.

`SessionFacts` and `session.json` say the same; documents, layouts and the verifier work from these
alone, so a file can be judged and drawn again without the database. Times are aware UTC datetimes
(ISO 8601 with microseconds in JSON), seconds of evidence are unix seconds, money is minor units.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from reports.canonical import Json


@dataclass(frozen=True, slots=True)
class PartyFacts:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ChargeFact:
    """One increment: seconds [from_s, to_s) of the billing clock; hash of the receipt;
    `allowance_s` of it were paid with seconds bought in advance."""

    n: int
    from_s: int
    to_s: int
    minor: int
    second: int
    receipt: str = ""
    allowance_s: int = 0


@dataclass(frozen=True, slots=True)
class EntryFact:
    """One line of a journal; `account` is a kind such as PREPAID, credits are positive."""

    account: str
    owner: str
    minor: int


@dataclass(frozen=True, slots=True)
class JournalFact:
    id: str
    kind: str
    at: datetime
    entries: tuple[EntryFact, ...]


@dataclass(frozen=True, slots=True)
class PauseFact:
    """The meter stood still on somebody's word; half-open unix seconds."""

    from_second: int
    to_second: int
    side: str
    cause: str


@dataclass(frozen=True, slots=True)
class ReviewFact:
    """What one side thought of the other: scores 1 to 5 and a comment as given."""

    side: str
    quality: int
    punctuality: int
    courtesy: int
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """Everything; `record` and `receipts` keep the exact bodies that were hashed; `cosigning` is
    {signers, signatures} of those who signed receipts, empty where nobody was asked to."""

    number: str
    topic: str
    plan: str
    state: str
    host: PartyFacts
    client: PartyFacts
    tariff: Json
    currency: str = "RUB"
    rate_minor: int | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cause: str = ""
    result: str = ""
    outcome: str = ""
    outcome_comment: str = ""
    outcome_due_at: datetime | None = None
    segments: tuple[tuple[int, int], ...] = ()
    pauses: tuple[PauseFact, ...] = ()
    charges: tuple[ChargeFact, ...] = ()
    receipts: tuple[Json, ...] = ()
    record: tuple[Json, ...] = ()
    journals: tuple[JournalFact, ...] = ()
    reviews: tuple[ReviewFact, ...] = field(default=())
    cosigning: Json = field(default_factory=dict)

    @property
    def witnessed_s(self) -> int:
        """Seconds both sides were seen by the relay: the billing clock."""
        return sum(end - begin for begin, end in self.segments)

    @property
    def head(self) -> str:
        """Head of the event chain, 64 hex digits; zeros when nothing was recorded."""
        return str(self.record[-1]["hash"]) if self.record else "0" * 64


_MOMENTS = ("created_at", "started_at", "ended_at", "outcome_due_at")
_WORDS = (
    "number",
    "topic",
    "plan",
    "state",
    "currency",
    "rate_minor",
    "cause",
    "result",
    "outcome",
)


def to_json(facts: SessionFacts) -> Json:
    """The body of session.json: session, parties, tariff, evidence, money."""
    session: Json = {name: getattr(facts, name) for name in (*_WORDS, "outcome_comment")}
    session |= {name: _iso(getattr(facts, name)) for name in _MOMENTS}
    return {
        "session": session,
        "parties": {
            side: {"id": party.id, "name": party.name}
            for side, party in (("host", facts.host), ("client", facts.client))
        },
        "tariff": facts.tariff,
        "segments": [list(one) for one in facts.segments],
        "pauses": [[p.from_second, p.to_second, p.side, p.cause] for p in facts.pauses],
        "charges": [
            {
                "n": c.n,
                "from_s": c.from_s,
                "to_s": c.to_s,
                "minor": c.minor,
                "second": c.second,
                "receipt": c.receipt,
                **({"allowance_s": c.allowance_s} if c.allowance_s else {}),
            }
            for c in facts.charges
        ],
        "receipts": list(facts.receipts),
        "facts": list(facts.record),
        "journals": [
            {
                "id": j.id,
                "kind": j.kind,
                "at": _iso(j.at),
                "entries": [[e.account, e.owner, e.minor] for e in j.entries],
            }
            for j in facts.journals
        ],
        "reviews": [
            {
                "side": r.side,
                "quality": r.quality,
                "punctuality": r.punctuality,
                "courtesy": r.courtesy,
                "comment": r.comment,
                "at": _iso(r.at),
            }
            for r in facts.reviews
        ],
        **({"cosigning": facts.cosigning} if facts.cosigning else {}),
    }


def from_json(body: Json) -> SessionFacts:
    """The facts back from session.json. Raises KeyError, TypeError or ValueError when damaged."""
    session: Json = dict(body["session"])
    session |= {name: _moment(session[name]) for name in _MOMENTS}
    return SessionFacts(
        **session,
        host=PartyFacts(**body["parties"]["host"]),
        client=PartyFacts(**body["parties"]["client"]),
        tariff=body["tariff"],
        segments=tuple((int(a), int(b)) for a, b in body["segments"]),
        pauses=tuple(PauseFact(*one) for one in body["pauses"]),
        charges=tuple(ChargeFact(**one) for one in body["charges"]),
        receipts=tuple(body["receipts"]),
        record=tuple(body["facts"]),
        journals=tuple(_journal(one) for one in body["journals"]),
        reviews=tuple(ReviewFact(**(one | {"at": _moment(one["at"])})) for one in body["reviews"]),
        cosigning=body.get("cosigning", {}),
    )


def _journal(one: Json) -> JournalFact:
    at = _moment(one["at"])
    if at is None:
        raise ValueError("a journal without a moment")
    entries = tuple(EntryFact(*entry) for entry in one["entries"])
    return JournalFact(one["id"], one["kind"], at, entries)


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
