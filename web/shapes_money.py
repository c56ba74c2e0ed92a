"""Page values of earnings and of automatic top-ups; as web/shapes.py, and described with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ledger import Money
from web.shapes import Errors


@dataclass(frozen=True, slots=True)
class PayeeView:
    """Where payouts go. rail: "bank", "card" or "demo"; hint: the last digits; since: when it comes
    into force, None when it is; bank, name, inn: of a bank account."""

    rail: str
    hint: str
    since: datetime | None = None
    bank: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class AccountView:
    """The payee's account at the card processor. state: "planned", "open", "active", "restricted"
    or "closed"; due: how many questions are open."""

    state: str
    due: int = 0


@dataclass(frozen=True, slots=True)
class PayOutRow:
    """state: as in docs/states.md; why: the code of what stopped it."""

    id: str
    at: datetime
    amount: Money
    state: str
    why: str = ""
    may_call_off: bool = False


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """Money between the payee's account at the processor and the bank. state: "on_the_way",
    "arrived" or "failed"."""

    at: datetime
    amount: Money
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Pot:
    """Earnings in one currency. least: the smallest payout."""

    pending: Money
    cleared: Money
    reserved: Money
    on_the_way: Money
    blocked: Money
    least: Money


@dataclass(frozen=True, slots=True)
class Earnings:
    """pots: by currency, that of the platform first; clearing_days: how long earnings ripen;
    reserve_bp: kept back, in basis points, for reserve_days; ways: the rails by which this party
    may be paid here; closed: "" or why no payout can be asked for: "switched_off", "no_payee",
    "cooling_off"."""

    pots: tuple[Pot, ...]
    clearing_days: int
    reserve_bp: int
    reserve_days: int
    weekly: bool
    key: str
    ways: tuple[str, ...]
    closed: str = ""
    payee: PayeeView | None = None
    account: AccountView | None = None
    pay_outs: tuple[PayOutRow, ...] = ()
    arrivals: tuple[ArrivalRow, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CardView:
    """expires: month and year, "12/30", or empty."""

    brand: str
    last4: str
    expires: str = ""


@dataclass(frozen=True, slots=True)
class AutoRunRow:
    """An automatic top-up. state: "planned", "in_doubt", "owner_needed", "waiting", "paid" or
    "refused"; due: when it is tried again; why: the code of what stopped it."""

    id: str
    at: datetime
    amount: Money
    state: str
    due: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class AutoTopUp:
    """state: "on", "off" or "no_card" (agreed to, waiting for a card); why_off: the code of what
    turned it off; closed: "", "switched_off", "no_residence" or "wrong_rail"."""

    state: str
    balance: Money
    threshold: str
    amount: str
    day_count: str
    day_amount: str
    card: CardView | None
    key: str
    why_off: str = ""
    closed: str = ""
    most: Money | None = None
    runs: tuple[AutoRunRow, ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoCards:
    """The demo bank's page for giving a card. cards: their kinds, in order."""

    id: str
    shop: str
    cards: tuple[str, ...]
