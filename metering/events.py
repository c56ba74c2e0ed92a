"""What metering tells the house, in the past tense. Times are unix seconds, amounts Money."""

from dataclasses import dataclass

from ledger import Money


@dataclass(frozen=True, slots=True)
class MeterStarted:
    """The payer's first increment is held; the first witnessed second will charge it."""

    session: str
    from_second: int


@dataclass(frozen=True, slots=True)
class MinuteCharged:
    """Increment `n`, [from_s, to_s) of the billing clock, began at unix `second` and is paid.

    `amount` may be zero where the tariff gives time away; `total` is the session's cost so far.
    """

    session: str
    n: int
    from_s: int
    to_s: int
    amount: Money
    total: Money
    second: int
    receipt_hash: str


@dataclass(frozen=True, slots=True)
class FundsLow:
    """The payer's money lasts for at most `minutes_left` more minutes. Once a crossing."""

    session: str
    minutes_left: int


@dataclass(frozen=True, slots=True)
class FundsExhausted:
    """The next increment cannot be paid: the session ends in `ends_in_s` billable seconds.

    `cause` is `funds`, or `max_charge` where the tariff's ceiling ends the session.
    """

    session: str
    ends_in_s: int
    cause: str = "funds"


@dataclass(frozen=True, slots=True)
class FundsBack:
    """A top-up came in time: the session goes on."""

    session: str


@dataclass(frozen=True, slots=True)
class MeterPaused:
    """The clock stands still from `since_second` on; `cause` is `no_media` or the caller's."""

    session: str
    cause: str
    since_second: int


@dataclass(frozen=True, slots=True)
class MeterResumed:
    session: str
    second: int


@dataclass(frozen=True, slots=True)
class MeterStopped:
    """For good: `clock_s` witnessed seconds, the last of them ended at unix `second`.

    `cause` is the caller's, or `funds`, `max_charge`, `absence`, `pause_limit`.
    """

    session: str
    cause: str
    clock_s: int
    second: int


Event = (
    MeterStarted
    | MinuteCharged
    | FundsLow
    | FundsExhausted
    | FundsBack
    | MeterPaused
    | MeterResumed
    | MeterStopped
)
