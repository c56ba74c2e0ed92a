"""VAT: rates as dated data, the tax inside a price, and its journals in two modes.

As an agent we owe tax on our commission only; as a principal on the whole price, and already on the
advance that the client pays into the wallet, which is set off when the service is delivered. The
tax is rounded once per journal, half a kopeck up. Which mode a legal entity works in is a setting
that an accountant makes.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from ledger.accounts import Account, AccountKind
from ledger.errors import NoVatRate
from ledger.journals import Draft, Leg
from ledger.money import WHOLE_BP, Money, divide_half_up


class VatMode(Enum):
    AGENT = "agent"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class VatRate:
    """In force from `first_day` until the next row of the same country and name."""

    country: str
    name: str
    first_day: date
    bp: int
    law: str


RATES = (
    VatRate("RU", "basic", date(2004, 1, 1), 1800, "117-FZ of 07.07.2003"),
    VatRate("RU", "basic", date(2019, 1, 1), 2000, "303-FZ of 03.08.2018"),
    VatRate("RU", "basic", date(2026, 1, 1), 2200, "425-FZ of 28.11.2025"),
    VatRate("RU", "reduced", date(2004, 1, 1), 1000, "tax code, article 164 p. 2"),
    VatRate("RU", "simplified-5", date(2025, 1, 1), 500, "tax code, article 164 p. 8"),
    VatRate("RU", "simplified-7", date(2025, 1, 1), 700, "tax code, article 164 p. 8"),
)


def rate_on(day: date, country: str = "RU", name: str = "basic") -> VatRate:
    """The rate of the day of delivery (or of the advance).

    >>> rate_on(date(2025, 12, 31)).bp, rate_on(date(2026, 1, 1)).bp
    (2000, 2200)

    Raises: NoVatRate.
    """
    rows = [r for r in RATES if (r.country, r.name) == (country, name) and r.first_day <= day]
    if not rows:
        raise NoVatRate(country, name, day)
    return max(rows, key=lambda row: row.first_day)


@dataclass(frozen=True, slots=True)
class VatRegime:
    """How a legal entity owes VAT: from `since` on, by the rates of this name; "" is no VAT at all.

    A day before `since` stays without VAT for ever, whenever its papers are made.
    """

    mode: VatMode = VatMode.AGENT
    rate: str = ""
    since: date = date.max
    country: str = "RU"

    def on(self, day: date) -> VatRate | None:
        """The rate of services of this day; None when they are free of VAT. Raises: NoVatRate."""
        if not self.rate or day < self.since:
            return None
        return rate_on(day, self.country, self.rate)

    def rates(self) -> list[tuple[date, VatRate]]:
        """Every rate of this regime from its first day on, in order."""
        own = [r for r in RATES if self.rate and (r.country, r.name) == (self.country, self.rate)]
        days = {max(row.first_day, self.since) for row in own}
        return [(day, row) for day in sorted(days) if (row := self.on(day))]


def vat_within(gross_minor: int, bp: int) -> int:
    """The tax inside a gross sum, minor units, half up.

    >>> vat_within(1000, 2200), vat_within(100000, 2200), vat_within(100000, 2000)
    (180, 18033, 16667)
    """
    return divide_half_up(gross_minor * bp, WHOLE_BP + bp)


def payable(currency: str) -> Account:
    return Account(AccountKind.VAT, "", currency)


def on_advances(party: str, currency: str) -> Account:
    """Tax paid on a party's advances, not yet set off."""
    return Account(AccountKind.VAT_ADVANCES, party, currency)


def vat_on_income(
    key: str, income: Account, gross: Money, bp: int, booked_minor: int = 0, ref: str = ""
) -> Draft | None:
    """The tax inside `gross` leaves our income: a commission in agent mode, a price in principal.

    `key` is the settlement or act for which it is rounded once; `booked_minor` is the tax that
    earlier journals booked for it (after a ruling `gross` is another); None when nothing changes.
    """
    minor = vat_within(gross.minor, bp) - booked_minor
    if not minor:
        return None
    legs = (Leg(income, -minor), Leg(payable(gross.currency), minor))
    return Draft("vat", key, "vat", legs, ref, f"{bp}")


def vat_on_advance(key: str, party: str, gross: Money, bp: int, ref: str = "") -> Draft | None:
    """Principal: tax is due on money received in advance; None when it rounds to nothing."""
    minor = vat_within(gross.minor, bp)
    if not minor:
        return None
    legs = (Leg(on_advances(party, gross.currency), -minor), Leg(payable(gross.currency), minor))
    return Draft("vat_advance", key, "vat_advance", legs, ref, f"{bp}")


def vat_set_off(key: str, party: str, vat: Money, ref: str = "") -> Draft | None:
    """Principal: the tax paid on an advance is deducted, at delivery or when it is paid back."""
    if not vat.minor:
        return None
    legs = (
        Leg(payable(vat.currency), -vat.minor),
        Leg(on_advances(party, vat.currency), vat.minor),
    )
    return Draft("vat_set_off", key, "vat_set_off", legs, ref)


@dataclass(frozen=True, slots=True)
class Advance:
    """Money received in advance: `taken_minor` of `gross_minor` is delivered or paid back."""

    key: str
    gross_minor: int
    bp: int
    taken_minor: int = 0


def take(advances: list[Advance], minor: int) -> tuple[list[Advance], int]:
    """Use up advances, the oldest first; which of them changed, and the tax to set off.

    Each advance's tax follows its own running total at its own rate, so that an advance used up in
    any pieces sets off exactly what it was taxed with. What exceeds the advances has no tax to
    set off (promo credit, for one, was never an advance).
    """
    changed, tax = [], 0
    for one in advances:
        part = min(minor, one.gross_minor - one.taken_minor)
        if part:
            taken = one.taken_minor + part
            tax += vat_within(taken, one.bp) - vat_within(one.taken_minor, one.bp)
            changed.append(Advance(one.key, one.gross_minor, one.bp, taken))
            minor -= part
    return changed, tax
