"""The judge: drafts and the balances just read → results and the lines to write. Pure.

Drafts are judged one by one, in order, each on what the ones before it left. A refused draft
changes nothing, and the next one sees the money it did not take.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ledger.accounts import Account
from ledger.journals import Draft, Leg, Result, Status, fault_in, fingerprint


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as it stands; minor units. `id` is its row."""

    id: int
    balance: int
    held: int
    version: int
    floor: int | None
    ceiling: int | None = None
    status: str = "open"

    def entered(self, balance: int, version: int) -> "Standing":
        """The account one entry later."""
        return Standing(self.id, balance, self.held, version, self.floor, self.ceiling, self.status)

    @property
    def available(self) -> int:
        """What may be debited; without a floor that is only a figure, not a limit."""
        return self.balance - self.held - (self.floor or 0)


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A hold as stored; `ended` is None, "post", "void" or "expire"."""

    account: Account
    amount: int
    ended: str | None


@dataclass(frozen=True, slots=True)
class ReversalFacts:
    """A journal that a draft wants to undo; `spent` when it was undone or is itself an undoing."""

    id: int
    legs: tuple[Leg, ...]
    spent: bool


@dataclass(frozen=True, slots=True)
class Books:
    """Everything the judge may know, read under the locks of the accounts.

    `posted` maps journal ids ("scope:key") to fingerprints; `closed` are first and last days.
    """

    standings: dict[Account, Standing]
    posted: dict[str, str] = field(default_factory=dict)
    holds: dict[str, HoldFacts] = field(default_factory=dict)
    reversals: dict[str, ReversalFacts] = field(default_factory=dict)
    closed: Sequence[tuple[date, date]] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """An entry to write."""

    account: Account
    version: int
    minor: int
    balance_after: int


@dataclass(frozen=True, slots=True)
class Posting:
    """A journal to write."""

    draft: Draft
    req_hash: str
    effective_on: date
    reverses: int | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`standings` are those of touched accounts after all postings."""

    results: list[Result]
    postings: list[Posting]
    standings: dict[Account, Standing]


def judge(drafts: Sequence[Draft], books: Books, today: date) -> Verdict:
    """Decide about each draft; `today` is the effective day of drafts that name none."""
    bench = _Bench(books, today)
    results = [bench.decide(draft) for draft in drafts]
    touched = {line.account for posting in bench.postings for line in posting.lines}
    standings = {account: bench.standings[account] for account in touched}
    return Verdict(results, bench.postings, standings)


class _Bench:
    """What has been decided so far; lives for one call."""

    def __init__(self, books: Books, today: date) -> None:
        self.books, self.today = books, today
        self.standings = dict(books.standings)
        self.posted = dict(books.posted)
        self.holds = dict(books.holds)
        self.reversed = {id for id, facts in books.reversals.items() if facts.spent}
        self.postings: list[Posting] = []

    def decide(self, draft: Draft) -> Result:
        req_hash = fingerprint(draft)
        known = self.posted.get(draft.journal_id)
        if known is not None:
            status = Status.DUPLICATE if known == req_hash else Status.CONFLICT
            return Result(status, draft.journal_id)
        effective_on = draft.effective_on or self.today
        fault = (
            fault_in(draft)
            or self._fault_in_time(effective_on)
            or self._fault_in_hold(draft)
            or self._fault_in_reversal(draft)
        )
        if fault:
            return Result(fault)
        moved = self._move(draft)
        if isinstance(moved, Result):
            return moved
        after, lines = moved
        self._accept(draft, after)
        self.posted[draft.journal_id] = req_hash
        reverses = self.books.reversals[draft.reverses].id if draft.reverses else None
        self.postings.append(Posting(draft, req_hash, effective_on, reverses, lines))
        return Result(Status.POSTED, draft.journal_id)

    def _fault_in_time(self, day: date) -> Status | None:
        closed = any(first <= day <= last for first, last in self.books.closed)
        return Status.PERIOD_CLOSED if closed else None

    def _fault_in_hold(self, draft: Draft) -> Status | None:
        if draft.posts_hold is None:
            return None
        facts = self.holds.get(draft.posts_hold)
        if facts is None:
            return Status.HOLD_UNKNOWN
        if facts.ended:
            return Status.HOLD_ENDED
        debited = -sum(leg.minor for leg in draft.legs if leg.account == facts.account)
        return None if 0 < debited <= facts.amount else Status.HOLD_MISMATCH

    def _fault_in_reversal(self, draft: Draft) -> Status | None:
        if draft.reverses is None:
            return None
        facts = self.books.reversals.get(draft.reverses)
        if facts is None or _net(facts.legs) != _net(draft.legs, -1):
            return Status.REVERSAL_UNKNOWN
        return Status.REVERSED_ALREADY if draft.reverses in self.reversed else None

    def _move(self, draft: Draft) -> Result | tuple[dict[Account, Standing], tuple[Line, ...]]:
        """The standings and lines after the draft, or what stands in its way."""
        after: dict[Account, Standing] = {}
        lines = []
        if draft.posts_hold is not None:
            facts = self.holds[draft.posts_hold]
            before = self.standings[facts.account]
            after[facts.account] = replace(before, held=before.held - facts.amount)
        for leg in draft.legs:
            before = after.get(leg.account) or self.standings[leg.account]
            refused = refusal(leg, before)
            if refused:
                return refused
            balance, version = before.balance + leg.minor, before.version + 1
            after[leg.account] = before.entered(balance, version)
            lines.append(Line(leg.account, version, leg.minor, balance))
        return after, tuple(lines)

    def _accept(self, draft: Draft, after: dict[Account, Standing]) -> None:
        self.standings.update(after)
        if draft.posts_hold is not None:
            self.holds[draft.posts_hold] = replace(self.holds[draft.posts_hold], ended="post")
        if draft.reverses is not None:
            self.reversed.add(draft.reverses)


def refusal(leg: Leg, before: Standing) -> Result | None:
    """Why this leg cannot be entered on the account as it stands; None if it can."""
    if before.status == "closed":
        return Result(Status.CLOSED_ACCOUNT, account=leg.account)
    if leg.minor < 0 and before.status == "frozen":
        return Result(Status.FROZEN, account=leg.account)
    available = before.available
    if leg.minor < 0 and before.floor is not None and available + leg.minor < 0:
        return Result(Status.INSUFFICIENT, None, leg.account, -leg.minor, available)
    if leg.minor > 0 and before.ceiling is not None:
        room = before.ceiling - before.balance
        if leg.minor > room:
            return Result(Status.CEILING, None, leg.account, leg.minor, room)
    return None


def _net(legs: Sequence[Leg], sign: int = 1) -> dict[Account, int]:
    net: dict[Account, int] = {}
    for leg in legs:
        net[leg.account] = net.get(leg.account, 0) + sign * leg.minor
    return net
