"""Journals: what is asked (`Draft`), what came of it (`Result`), and what is on the books.

A journal is two or more entries that sum to zero in each currency. It carries a natural key
(scope and key), unique for ever, so that asking twice moves money once. Nothing on the books is
ever changed or removed: a correction is another journal that names the first in `reverses`.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from json.encoder import encode_basestring
from typing import NamedTuple

from ledger.accounts import Account
from ledger.errors import AccountFrozen, DraftRefused, InsufficientFunds, KeyConflict
from ledger.money import CURRENCIES, Money

LEGS_MAX = 100
KEY_CHARS_MAX = 200
_SCOPE = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class Leg:
    """One line: + credits the account, - debits it (minor units of the account's currency)."""

    account: Account
    minor: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A journal asked for. `scope` and `key` name it for ever: ("tick", "S-2026-000001:3").

    `ref` is what it is about (a session's number), `reverses` the id of the journal that it undoes,
    `posts_hold` the key of a hold on a debited account; the hold ends with this journal, whole,
    even when less is debited. `effective_on` defaults to the day of recording (UTC).
    """

    scope: str
    key: str
    kind: str
    legs: tuple[Leg, ...]
    ref: str = ""
    memo: str = ""
    effective_on: date | None = None
    reverses: str | None = None
    posts_hold: str | None = None

    @property
    def journal_id(self) -> str:
        return f"{self.scope}:{self.key}"


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """A hold asked for: `minor` (more than zero) set aside on `payer` under a key of its own."""

    key: str
    payer: Account
    minor: int
    expires_at: datetime | None = None


Ask = Draft | HoldDraft


class Status(Enum):
    """What became of a draft: of the first three, POSTED and DUPLICATE say that the money has moved
    (once), HELD that it is set aside; DUPLICATE answers a hold that was made before, too.
    """

    POSTED = "posted"
    DUPLICATE = "duplicate"
    HELD = "held"
    CONFLICT = "conflict"
    INSUFFICIENT = "insufficient"
    CEILING = "ceiling"
    FROZEN = "frozen"
    CLOSED_ACCOUNT = "closed_account"
    PERIOD_CLOSED = "period_closed"
    CURRENCY = "currency"
    UNBALANCED = "unbalanced"
    MALFORMED = "malformed"
    HOLD_UNKNOWN = "hold_unknown"
    HOLD_ENDED = "hold_ended"
    HOLD_MISMATCH = "hold_mismatch"
    REVERSAL_UNKNOWN = "reversal_unknown"
    REVERSED_ALREADY = "reversed_already"


class Result(NamedTuple):
    """`account`, `needed_minor` and `available_minor` tell why an account stood in the way."""

    status: Status
    journal_id: str | None = None
    account: Account | None = None
    needed_minor: int | None = None
    available_minor: int | None = None

    @property
    def moved(self) -> bool:
        """The money has moved, now or when the same draft came before."""
        return self.status in (Status.POSTED, Status.DUPLICATE)

    def raise_for_status(self) -> None:
        """Raises: InsufficientFunds, KeyConflict, DraftRefused; nothing if it was done."""
        if self.moved or self.status is Status.HELD:
            return
        if self.status is Status.CONFLICT:
            raise KeyConflict(self.journal_id or "")
        if self.status is Status.INSUFFICIENT and self.account is not None:
            currency = self.account.currency
            needed = Money(self.needed_minor or 0, currency)
            available = Money(self.available_minor or 0, currency)
            raise InsufficientFunds(self.account, needed, available)
        if self.status is Status.FROZEN and self.account is not None:
            raise AccountFrozen(self.account)
        raise DraftRefused(self.status.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line on the books. `version` counts the account's entries from 1 without gaps."""

    account: Account
    version: int
    amount: Money
    balance_after: Money


@dataclass(frozen=True, slots=True)
class JournalView:
    """A journal with its entries, in the order of its legs."""

    id: str
    kind: str
    ref: str
    memo: str
    at: datetime
    effective_on: date
    reverses: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """An account's entry as its owner reads it."""

    version: int
    journal_id: str
    kind: str
    ref: str
    memo: str
    at: datetime
    amount: Money
    balance_after: Money


@dataclass(frozen=True, slots=True)
class Balance:
    """`posted` by entries, of which `held`; `available` is what may still be spent."""

    posted: Money
    held: Money
    available: Money


def fault_in(ask: Ask) -> Status | None:
    """What is wrong with a draft regardless of any balance; None if nothing is."""
    if isinstance(ask, HoldDraft):
        return _fault_in_hold(ask)
    if not _SCOPE.fullmatch(ask.scope) or not 0 < len(ask.key) <= KEY_CHARS_MAX:
        return Status.MALFORMED
    if not 2 <= len(ask.legs) <= LEGS_MAX:
        return Status.MALFORMED
    sums: dict[str, int] = {}
    for leg in ask.legs:
        currency = leg.account.currency
        if leg.minor == 0:
            return Status.MALFORMED
        if currency not in CURRENCIES:
            return Status.CURRENCY
        sums[currency] = sums.get(currency, 0) + leg.minor
    return Status.UNBALANCED if any(sums.values()) else None


def _fault_in_hold(ask: HoldDraft) -> Status | None:
    if not 0 < len(ask.key) <= KEY_CHARS_MAX or ask.minor <= 0:
        return Status.MALFORMED
    return None if ask.payer.currency in CURRENCIES else Status.CURRENCY


def fingerprint(draft: Draft) -> str:
    """sha256 over the whole draft, hex: the same key with another fingerprint is a conflict."""
    return sha256(canonical(draft).encode()).hexdigest()


def canonical(draft: Draft) -> str:
    """The draft as one line of JSON, the same for ever: [scope, key, kind, legs, ref, memo, day,
    reverses, posts_hold] with legs of [code, owner, currency, minor]. Put together by hand: it is
    made for every draft, and a general encoder takes three times as long.
    """
    quote = encode_basestring
    legs = []
    for leg in draft.legs:
        account = leg.account
        names = f"{quote(account.owner)},{quote(account.currency)}"
        legs.append(f"[{account.kind.code},{names},{leg.minor}]")
    day = f'"{draft.effective_on.isoformat()}"' if draft.effective_on else "null"
    reverses = "null" if draft.reverses is None else quote(draft.reverses)
    hold = "null" if draft.posts_hold is None else quote(draft.posts_hold)
    return (
        f"[{quote(draft.scope)},{quote(draft.key)},{quote(draft.kind)},[{','.join(legs)}],"
        f"{quote(draft.ref)},{quote(draft.memo)},{day},{reverses},{hold}]"
    )


def reversal_of(journal: JournalView, key: str, memo: str) -> Draft:
    """The draft that undoes a journal on every account it touched."""
    legs = tuple(Leg(entry.account, -entry.amount.minor) for entry in journal.entries)
    draft = Draft("reverse", key, "reversal", legs, ref=journal.ref, memo=memo)
    return replace(draft, reverses=journal.id)
