"""Rows to dataclasses and back, without a database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import rfc8785

from broker.sessions.disputes import Dispute
from broker.sessions.files import File
from broker.sessions.invites import Invite
from broker.sessions.presence import Pair, Presence, Span
from broker.sessions.record import Fact
from broker.sessions.session import Claim, Session, State, Sums
from metering import Tariff

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_PLAIN = [
    "number",
    "topic",
    "plan",
    "rate_minor",
    "host",
    "cause",
    "client",
    "client_name",
    "client_guest",
    "host_pressed",
    "client_pressed",
    "host_online",
    "client_online",
    "paused_by",
    "ended_by",
    "clock_s",
    "result",
    "result_comment",
    "outcome",
    "outcome_comment",
    "spend_cap_minor",
]
_MOMENTS = [
    "created",
    "joined",
    "client_seen",
    "started",
    "paused",
    "ended",
    "outcome_due",
    "settled",
]


@lru_cache(maxsize=512)
def _tariff(text: str) -> Tariff:
    """Reading a tariff checks all of it; most sessions have the same few."""
    return Tariff.from_json(text)


def to_us(at: datetime) -> int:
    return (at - _EPOCH) // _US


def from_us(us: int) -> datetime:
    return _EPOCH + us * _US


def _moment_or_none(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)


def session_values(session: Session) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(session, name) for name in _PLAIN}
    for name in _MOMENTS:
        at = getattr(session, f"{name}_at")
        values[f"{name}_us"] = None if at is None else to_us(at)
    values["state"] = session.state.value
    values["tariff"] = session.tariff.to_json()
    values["host_claim"] = json.dumps(asdict(session.host_claim))
    values["client_claim"] = json.dumps(asdict(session.client_claim))
    sums = asdict(session.sums) if session.sums else {}
    for name in ("total_minor", "platform_minor", "provider_minor", "refunded_minor"):
        values[name] = sums.get(name)
    return values


def session_of(row: Mapping[str, Any]) -> Session:
    values: dict[str, Any] = {name: row[name] for name in _PLAIN}
    values |= {f"{name}_at": _moment_or_none(row[f"{name}_us"]) for name in _MOMENTS}
    sums = None
    if row["total_minor"] is not None:
        sums = Sums(
            row["total_minor"], row["platform_minor"], row["provider_minor"], row["refunded_minor"]
        )
    return Session(
        **values,
        state=State(row["state"]),
        tariff=_tariff(row["tariff"]),
        host_claim=Claim(**json.loads(row["host_claim"])),
        client_claim=Claim(**json.loads(row["client_claim"])),
        sums=sums,
    )


def invite_values(invite: Invite) -> dict[str, Any]:
    return {
        "id": invite.id,
        "session": invite.session,
        "token_hash": invite.token_hash,
        "created_us": to_us(invite.created_at),
        "expires_us": to_us(invite.expires_at),
        "uses_max": invite.uses_max,
        "uses": invite.uses,
        "revoked_us": None if invite.revoked_at is None else to_us(invite.revoked_at),
    }


def invite_of(row: Mapping[str, Any]) -> Invite:
    return Invite(
        id=row["id"],
        session=row["session"],
        token_hash=row["token_hash"],
        created_at=from_us(row["created_us"]),
        expires_at=from_us(row["expires_us"]),
        uses_max=row["uses_max"],
        uses=row["uses"],
        revoked_at=_moment_or_none(row["revoked_us"]),
    )


def fact_values(session: str, fact: Fact) -> dict[str, Any]:
    return {
        "session": session,
        "seq": fact.seq,
        "at_us": to_us(fact.at),
        "kind": fact.kind,
        "body": rfc8785.dumps(dict(fact.body)).decode(),
        "prev": fact.prev,
        "hash": fact.hash,
    }


def fact_of(row: Mapping[str, Any]) -> Fact:
    return Fact(
        seq=row["seq"],
        at=from_us(row["at_us"]),
        kind=row["kind"],
        body=json.loads(row["body"]),
        prev=row["prev"],
        hash=row["hash"],
    )


def presence_values(presence: Presence) -> dict[str, Any]:
    pairs = json.dumps(presence.pairs) if presence.pairs else None
    return {"mutual": json.dumps(presence.mutual), "horizon": presence.horizon, "pairs": pairs}


def presence_of(row: Mapping[str, Any]) -> Presence:
    pairs = json.loads(row["pairs"] or "[]")
    of_pairs = tuple((Pair(*pair), _spans(spans)) for pair, spans in pairs)
    return Presence(_spans(json.loads(row["mutual"])), row["horizon"], of_pairs)


def _spans(pairs: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(*pair) for pair in pairs)


def dispute_values(one: Dispute) -> dict[str, Any]:
    return {
        "session": one.session,
        "by_role": one.by,
        "claim": one.claim,
        "opened_us": to_us(one.opened_at),
        "answer_until_us": to_us(one.answer_until),
        "answer": one.answer,
        "answered_us": None if one.answered_at is None else to_us(one.answered_at),
        "ruled_us": None if one.ruled_at is None else to_us(one.ruled_at),
    }


def dispute_of(row: Mapping[str, Any]) -> Dispute:
    return Dispute(
        session=row["session"],
        by=row["by_role"],
        claim=row["claim"],
        opened_at=from_us(row["opened_us"]),
        answer_until=from_us(row["answer_until_us"]),
        answer=row["answer"],
        answered_at=_moment_or_none(row["answered_us"]),
        ruled_at=_moment_or_none(row["ruled_us"]),
    )


def file_values(one: File) -> dict[str, Any]:
    return {
        "session": one.session,
        "id": one.id,
        "by_role": one.by,
        "name": one.name,
        "size": one.size,
        "sha256": one.sha256,
        "kind": one.kind,
        "at_us": to_us(one.at),
        "state": one.state,
        "accepted": one.accepted,
    }


def file_of(row: Mapping[str, Any]) -> File:
    return File(
        session=row["session"],
        id=row["id"],
        by=row["by_role"],
        name=row["name"],
        size=row["size"],
        sha256=row["sha256"],
        kind=row["kind"],
        at=from_us(row["at_us"]),
        state=row["state"],
        accepted=row["accepted"],
    )
