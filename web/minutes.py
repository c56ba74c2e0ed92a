"""The minute strip: one cell a charged minute, and cells for the breaks between them. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from ledger import Money
from metering import ChargeLine, Reason
from relay import lost_spans
from web.shapes_minutes import MinuteView, ReasonView, UnprovenView

BREAK_S = 5  # a shorter silence is not a break
CELLS_MAX = 720
UNPROVEN = ("witness_lost", "unsigned")
SHAPES = {
    "asked": "paused",
    "unsigned": "paused",
    "no_media": "reconnecting",
    "witness_lost": "reconnecting",
    "absent": "absent",
    "host": "absent",
}


def minutes_of(
    charges: Sequence[ChargeLine],
    runs: Sequence[tuple[int, int]],
    facts: Sequence[Any],
    ended_at: datetime | None,
    signed: Mapping[int, tuple[str, ...]] = MappingProxyType({}),
    currency: str = "RUB",
) -> tuple[MinuteView, ...]:
    """Cells in the order of time.

    runs: witnessed and counted time, half-open in unix seconds; facts: the session's journal,
    which says why the meter stood; ended_at closes a break that lasted until the end; signed: who
    signed each increment; currency: of the session, in which a break costs nothing.
    """
    timed: list[tuple[int, ChargeLine | tuple[int, int]]] = []
    timed += [(charge.second, charge) for charge in charges]
    timed += [(start, (start, end)) for start, end in _breaks(runs, ended_at)]
    records = [fact.body["record"] for fact in facts if fact.kind == "minute_witnessed"]
    lost = lost_spans(records, runs[0][0] if runs else None)
    cells: list[MinuteView] = []
    for second, what in sorted(timed, key=lambda pair: pair[0]):
        if isinstance(what, ChargeLine):
            cells.append(_charged(len(cells) + 1, what, signed.get(what.n, ())))
        else:
            cause = _cause(facts, *what, lost)
            cells += _unpaid(len(cells) + 1, second, what[1], cause, Money(0, currency))
        if len(cells) >= CELLS_MAX:
            break
    return tuple(cells[:CELLS_MAX])


def reasons_of(reasons: Sequence[Reason]) -> tuple[ReasonView, ...]:
    """Why each increment was billed, as many as a page takes."""
    return tuple(_reason(one) for one in reasons[:CELLS_MAX])


def with_unproven(
    reasons: Sequence[ReasonView], minutes: Sequence[MinuteView]
) -> tuple[ReasonView | UnprovenView, ...]:
    """The same and, in the order of time, minutes that cost nothing for want of proof: the
    witness was missing, or nobody signed."""
    rows: list[ReasonView | UnprovenView] = [*reasons]
    for one in minutes:
        if one.state == "unpaid" and one.cause in UNPROVEN and one.from_at and one.price:
            rows.append(UnprovenView(one.from_at, one.cause, one.price))
    return tuple(sorted(rows, key=lambda row: row.from_at)[:CELLS_MAX])


def _reason(one: Reason) -> ReasonView:
    def money(minor: int) -> Money:
        return Money(minor, one.currency)

    return ReasonView(
        n=one.n,
        from_s=one.from_s,
        to_s=one.to_s,
        from_at=datetime.fromtimestamp(one.second, UTC),
        state=one.state,
        cause=one.cause,
        evidence=tuple(
            (datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC))
            for begin, end in one.evidence
        ),
        evidence_s=one.evidence_s,
        rule=money(one.segment.rate),
        per_s=one.segment.per_seconds,
        step_s=one.segment.increment_seconds,
        price=money(one.amount_minor),
        covered_s=one.covered_s,
        promo=money(one.promo_minor),
        money=money(one.money_minor),
        receipt=one.receipt_hash,
    )


def _charged(n: int, charge: ChargeLine, signed: tuple[str, ...]) -> MinuteView:
    free = not charge.amount.minor
    return MinuteView(
        n=n,
        state="free" if free else "charged",
        cause=charge.cause,
        shape=" ".join(["free"] * free + ["signed"] * (len(signed) > 1)),
        price=charge.amount,
        from_at=datetime.fromtimestamp(charge.second, UTC),
        signed=signed,
    )


def _unpaid(n: int, start: int, end: int, cause: str, price: Money) -> list[MinuteView]:
    shape = SHAPES.get(cause, "absent")
    seconds = range(start, end, 60)
    return [
        MinuteView(n + i, "unpaid", cause, shape, price, datetime.fromtimestamp(second, UTC))
        for i, second in enumerate(seconds)
    ]


def _breaks(runs: Sequence[tuple[int, int]], ended_at: datetime | None) -> list[tuple[int, int]]:
    """Half-open spans of unix seconds between runs, and after the last one."""
    edges = [(before[1], after[0]) for before, after in pairwise(runs)]
    if runs and ended_at is not None:
        edges.append((runs[-1][1], int(ended_at.timestamp())))
    return [(start, end) for start, end in edges if end - start >= BREAK_S]


def _cause(facts: Sequence[Any], start: int, end: int, lost: Sequence[tuple[int, int]]) -> str:
    """What the journal says about a break: the cause of the pause that began in it; `lost` are the
    seconds that our own witness tells nothing of."""
    cause = "no_media"
    for fact in facts:
        if fact.kind == "paused":
            since = fact.body.get("since") or int(fact.at.timestamp())
            if start - BREAK_S <= since <= end:
                cause = str(fact.body.get("cause") or "")
                break
    missing = sum(max(0, min(end, b) - max(start, a)) for a, b in lost)
    return "witness_lost" if cause == "no_media" and 2 * missing >= end - start else cause
