"""The judge: drafts and the balances just read → results and the lines to write. Pure.

Drafts are judged one by one, in order, each on what the ones before it left. A refused draft
changes nothing, and the next one sees the money it did not take.

This is the innermost loop of the write path: it uses up the standings that it is given, works in
columns instead of rows, and builds nothing that is not written or answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ledger.accounts import Account
from ledger.journals import Ask, Draft, HoldDraft, Leg, Result, Status, fault_in, fingerprint


@dataclass(slots=True)
class Standing:
    """An account as it stands; minor units. `id` is its row."""

    id: int
    balance: int
    held: int
    version: int
    floor: int | None
    ceiling: int | None = None
    status: str = "open"

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

    Judging uses `standings` up: they become those after it. `posted` maps journal ids ("scope:key")
    to fingerprints; `closed` are first and last days.
    """

    standings: dict[Account, Standing]
    posted: dict[str, str] = field(default_factory=dict)
    holds: dict[str, HoldFacts] = field(default_factory=dict)
    reversals: dict[str, ReversalFacts] = field(default_factory=dict)
    closed: Sequence[tuple[date, date]] = ()


@dataclass(slots=True)
class Posting:
    """A journal to write."""

    draft: Draft
    req_hash: str
    effective_on: date
    reverses: int | None


@dataclass(slots=True)
class Lines:
    """The entries to write, column by column; `postings` are places in the list of postings."""

    accounts: list[int] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    postings: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    currencies: list[str] = field(default_factory=list)
    minors: list[int] = field(default_factory=list)
    balances: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.accounts)

    def cut(self, length: int) -> None:
        """Forget the lines from `length` on."""
        columns = (self.accounts, self.versions, self.postings, self.numbers)
        for column in (*columns, self.currencies, self.minors, self.balances):
            del column[length:]


@dataclass(slots=True)
class Verdict:
    """`standings` are those of changed accounts after all postings and holds."""

    results: list[Result]
    postings: list[Posting]
    lines: Lines
    holds: list[HoldDraft]
    standings: dict[Account, Standing]


def judge(
    asks: Sequence[Ask],
    books: Books,
    today: date,
    faults: Sequence[Status | None] | None = None,
) -> Verdict:
    """Decide about each draft; `today` is the effective day of drafts that name none.

    `faults` are what `fault_in` says of the drafts, for callers that have asked it already.
    """
    bench = _Bench(books, today)
    found = faults if faults is not None else [fault_in(ask) for ask in asks]
    results = [
        bench.hold(ask, fault) if isinstance(ask, HoldDraft) else bench.decide(ask, fault)
        for ask, fault in zip(asks, found, strict=True)
    ]
    return Verdict(results, bench.postings, bench.lines, bench.held, bench.changed())


class _Bench:
    """What has been decided so far; lives for one call."""

    def __init__(self, books: Books, today: date) -> None:
        self.books, self.today = books, today
        self.posted = dict(books.posted)
        self.holds = dict(books.holds)
        self.reversed = {id for id, facts in books.reversals.items() if facts.spent}
        self.standings = books.standings
        self.postings: list[Posting] = []
        self.lines = Lines()
        self.held: list[HoldDraft] = []

    def decide(self, draft: Draft, fault: Status | None) -> Result:
        journal_id, req_hash = draft.journal_id, fingerprint(draft)
        known = self.posted.get(journal_id)
        if known is not None:
            return Result(Status.DUPLICATE if known == req_hash else Status.CONFLICT, journal_id)
        effective_on = draft.effective_on or self.today
        fault = (
            fault
            or (self._fault_in_time(effective_on) if self.books.closed else None)
            or (self._fault_in_hold(draft) if draft.posts_hold is not None else None)
            or (self._fault_in_reversal(draft) if draft.reverses is not None else None)
        )
        if fault:
            return Result(fault)
        refused = self._enter(draft) if draft.posts_hold is None else self._pay(draft)
        if refused:
            return refused
        reverses = None
        if draft.reverses is not None:
            self.reversed.add(draft.reverses)
            reverses = self.books.reversals[draft.reverses].id
        self.posted[journal_id] = req_hash
        self.postings.append(Posting(draft, req_hash, effective_on, reverses))
        return Result(Status.POSTED, journal_id)

    def hold(self, ask: HoldDraft, fault: Status | None) -> Result:
        facts = self.holds.get(ask.key)
        if facts is not None:
            if (facts.account, facts.amount) != (ask.payer, ask.minor):
                return Result(Status.CONFLICT, account=ask.payer)
            gone = facts.ended in ("void", "expire")
            return Result(Status.HOLD_ENDED if gone else Status.DUPLICATE, account=ask.payer)
        if fault:
            return Result(fault)
        standing = self.standings[ask.payer]
        refused = refusal(ask.payer, -ask.minor, standing)
        if refused:
            return refused
        standing.held += ask.minor
        self.holds[ask.key] = HoldFacts(ask.payer, ask.minor, None)
        self.held.append(ask)
        return Result(Status.HELD, account=ask.payer)

    def changed(self) -> dict[Account, Standing]:
        """The accounts that something was entered on or held."""
        entered, payers = set(self.lines.accounts), {ask.payer for ask in self.held}
        return {
            account: standing
            for account, standing in self.standings.items()
            if standing.id in entered or account in payers
        }

    def _fault_in_time(self, day: date) -> Status | None:
        closed = any(first <= day <= last for first, last in self.books.closed)
        return Status.PERIOD_CLOSED if closed else None

    def _fault_in_hold(self, draft: Draft) -> Status | None:
        facts = self.holds.get(draft.posts_hold or "")
        if facts is None:
            return Status.HOLD_UNKNOWN
        if facts.ended:
            return Status.HOLD_ENDED
        debited = -sum(leg.minor for leg in draft.legs if leg.account == facts.account)
        return None if 0 < debited <= facts.amount else Status.HOLD_MISMATCH

    def _fault_in_reversal(self, draft: Draft) -> Status | None:
        facts = self.books.reversals.get(draft.reverses or "")
        if facts is None or _net(facts.legs) != _net(draft.legs, -1):
            return Status.REVERSAL_UNKNOWN
        return Status.REVERSED_ALREADY if draft.reverses in self.reversed else None

    def _pay(self, draft: Draft) -> Result | None:
        """Enter a draft that ends a hold; if anything stands in the way, the hold goes on."""
        key = draft.posts_hold or ""
        facts = self.holds[key]
        standing = self.standings[facts.account]
        standing.held -= facts.amount
        refused = self._enter(draft)
        if refused:
            standing.held += facts.amount
        else:
            self.holds[key] = HoldFacts(facts.account, facts.amount, "post")
        return refused

    def _enter(self, draft: Draft) -> Result | None:
        """Enter every leg, each on what the one before left; what stood in the way, if anything
        did: then all is as it was before.
        """
        lines, place, standings = self.lines, len(self.postings), self.standings
        for number, leg in enumerate(draft.legs, 1):
            account, minor = leg.account, leg.minor
            standing = standings[account]
            if _limited(standing, minor):
                refused = refusal(account, minor, standing)
                if refused:
                    self._take_back(draft.legs[: number - 1])
                    return refused
            standing.balance += minor
            standing.version += 1
            lines.accounts.append(standing.id)
            lines.versions.append(standing.version)
            lines.postings.append(place)
            lines.numbers.append(number)
            lines.currencies.append(account.currency)
            lines.minors.append(minor)
            lines.balances.append(standing.balance)
        return None

    def _take_back(self, legs: Sequence[Leg]) -> None:
        for leg in legs:
            standing = self.standings[leg.account]
            standing.balance -= leg.minor
            standing.version -= 1
        self.lines.cut(len(self.lines) - len(legs))


def _limited(standing: Standing, minor: int) -> bool:
    """Whether anything may stand in the way, asked cheaply."""
    if standing.status != "open" or standing.ceiling is not None:
        return True
    floor = standing.floor
    return minor < 0 and floor is not None and standing.balance - standing.held + minor < floor


def refusal(account: Account, minor: int, before: Standing) -> Result | None:
    """Why `minor` cannot be entered on the account as it stands; None if it can."""
    if before.status == "closed":
        return Result(Status.CLOSED_ACCOUNT, account=account)
    if minor < 0 and before.status == "frozen":
        return Result(Status.FROZEN, account=account)
    available = before.available
    if minor < 0 and before.floor is not None and available + minor < 0:
        return Result(Status.INSUFFICIENT, None, account, -minor, available)
    if minor > 0 and before.ceiling is not None:
        room = before.ceiling - before.balance
        if minor > room:
            return Result(Status.CEILING, None, account, minor, room)
    return None


def _net(legs: Sequence[Leg], sign: int = 1) -> dict[Account, int]:
    net: dict[Account, int] = {}
    for leg in legs:
        net[leg.account] = net.get(leg.account, 0) + sign * leg.minor
    return net
