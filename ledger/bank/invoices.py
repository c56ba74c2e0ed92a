"""An invoice for a top-up by bank transfer: its number, its states, what payments do. Pure.

Numbers have no gaps in a year: B-2026-000001. The payer's bank carries the number in the purpose
of the payment, where people write it as they like; `numbers_in` finds it there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from ledger.bank.errors import InvoiceEnded
from ledger.bank.look_alikes import folded
from ledger.money import Money
from ledger.requisites import Payer, Requisites

SERIES = "B"
MOSCOW = timezone(timedelta(hours=3))
DUE_DAYS = 10
LEAST = Money(10_000)
MOST = Money(10_000_000_00)
PURPOSE_CHARS_MAX = 210
_NUMBER = re.compile(r"(?<!\w)B ?-? ?([0-9O]{4}) ?-? ?([0-9O]{6})(?![0-9O])")
_SHORT = re.compile(r"(?<!\w)B ?- ?([0-9O]{4}) ?- ?([0-9O]{1,5})(?![0-9O])")


class InvoiceState(StrEnum):
    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Trigger(StrEnum):
    """What can happen to an invoice."""

    PART = "part of the sum came"
    WHOLE = "the whole sum came, or more"
    CANCEL = "its owner cancels it"
    LAPSE = "its due day has passed"
    RETURN = "the bank took the payment back"


# Money that comes late or for a cancelled invoice is the payer's all the same: it is credited,
# and the invoice says so.
TRANSITIONS: dict[tuple[InvoiceState, Trigger], InvoiceState] = {
    (InvoiceState.OPEN, Trigger.PART): InvoiceState.PARTLY_PAID,
    (InvoiceState.OPEN, Trigger.WHOLE): InvoiceState.PAID,
    (InvoiceState.OPEN, Trigger.CANCEL): InvoiceState.CANCELLED,
    (InvoiceState.OPEN, Trigger.LAPSE): InvoiceState.EXPIRED,
    (InvoiceState.PARTLY_PAID, Trigger.PART): InvoiceState.PARTLY_PAID,
    (InvoiceState.PARTLY_PAID, Trigger.WHOLE): InvoiceState.PAID,
    (InvoiceState.PARTLY_PAID, Trigger.RETURN): InvoiceState.OPEN,
    (InvoiceState.PAID, Trigger.WHOLE): InvoiceState.PAID,
    (InvoiceState.PAID, Trigger.RETURN): InvoiceState.OPEN,
    (InvoiceState.CANCELLED, Trigger.PART): InvoiceState.PARTLY_PAID,
    (InvoiceState.CANCELLED, Trigger.WHOLE): InvoiceState.PAID,
    (InvoiceState.EXPIRED, Trigger.PART): InvoiceState.PARTLY_PAID,
    (InvoiceState.EXPIRED, Trigger.WHOLE): InvoiceState.PAID,
    (InvoiceState.EXPIRED, Trigger.CANCEL): InvoiceState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, and what invoices say about VAT: settings of the platform."""

    requisites: Requisites
    vat_line: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """`paid` is what has come so far; `due_on` the last day on which it is expected.

    `cancelled_on` is the day of cancellation, also when a payment came in spite of it.
    """

    number: str
    party: str
    payer: Payer
    payee: Requisites
    amount: Money
    paid: Money
    vat_line: str
    purpose: str
    issued_on: date
    due_on: date
    state: InvoiceState
    issued_at: datetime
    cancelled_on: date | None = None

    @property
    def missing(self) -> Money:
        """What is still to come; never less than zero."""
        return Money(max(0, self.amount.minor - self.paid.minor), self.amount.currency)


def bank_day(at: datetime) -> date:
    """The day of a moment where the banks of Russia are."""
    return at.astimezone(MOSCOW).date()


def number_of(year: int, n: int) -> str:
    """
    >>> number_of(2026, 42)
    'B-2026-000042'
    """
    return f"{SERIES}-{year}-{n:06d}"


def numbers_in(purpose: str) -> frozenset[str]:
    """Every number of an invoice that the text names, in the form of `number_of`.

    >>> sorted(numbers_in("Оплата по сч. № в-2026-42 от 01.11.2026, НДС нет"))
    ['B-2026-000042']
    """
    text = re.sub(r"\s+", " ", folded(purpose))
    found = [*_NUMBER.findall(text), *_SHORT.findall(text)]
    pairs = [(year.replace("O", "0"), n.replace("O", "0")) for year, n in found]
    return frozenset(number_of(int(year), int(n)) for year, n in pairs if int(n))


def purpose_of(number: str, day: date, vat_line: str) -> str:
    """What the payer is asked to write; the number comes first, so that no bank cuts it off."""
    text = f"Оплата по счёту № {number} от {day:%d.%m.%Y}, пополнение баланса. {vat_line}"
    return text[:PURPOSE_CHARS_MAX].strip()


def drawn(
    number: str,
    party: str,
    payer: Payer,
    payee: Requisites,
    amount: Money,
    vat_line: str,
    day: date,
    at: datetime,
) -> Invoice:
    """A new invoice, dated `day` where the payee lives."""
    return Invoice(
        number=number,
        party=party,
        payer=payer,
        payee=payee,
        amount=amount,
        paid=Money(0, amount.currency),
        vat_line=vat_line,
        purpose=purpose_of(number, day, vat_line),
        issued_on=day,
        due_on=day + timedelta(days=DUE_DAYS),
        state=InvoiceState.OPEN,
        issued_at=at,
    )


def _moved(invoice: Invoice, trigger: Trigger) -> InvoiceState:
    state = TRANSITIONS.get((invoice.state, trigger))
    if state is None:
        raise InvoiceEnded(invoice.number, invoice.state.value)
    return state


def received(invoice: Invoice, amount: Money) -> Invoice:
    """The invoice after a payment of `amount` (more than zero)."""
    paid = invoice.paid + amount
    whole = paid >= invoice.amount
    state = _moved(invoice, Trigger.WHOLE if whole else Trigger.PART)
    return replace(invoice, paid=paid, state=state)


def returned(invoice: Invoice, amount: Money) -> Invoice:
    """The invoice after the bank took `amount` back; what is left decides where it stands."""
    paid = invoice.paid - amount
    opened = replace(invoice, paid=Money(0, amount.currency), state=_moved(invoice, Trigger.RETURN))
    return received(opened, paid) if paid.minor > 0 else opened


def cancelled(invoice: Invoice, day: date) -> Invoice:
    """Raises: InvoiceEnded when money has come already."""
    return replace(invoice, state=_moved(invoice, Trigger.CANCEL), cancelled_on=day)


def lapsed(invoices: Iterable[Invoice], today: date) -> list[Invoice]:
    """Those whose due day has passed without any money, as expired."""
    return [
        replace(one, state=_moved(one, Trigger.LAPSE))
        for one in invoices
        if one.state is InvoiceState.OPEN and one.due_on < today
    ]
