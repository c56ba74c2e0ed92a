"""Invoices: asked for by a client, paid by the bank's statement, cancelled or lapsed."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.bank import store
from ledger.bank import store_invoices as rows
from ledger.bank.errors import InvoiceUnknown, PayerFaulty
from ledger.bank.invoices import (
    LEAST,
    MOST,
    SERIES,
    Invoice,
    Payee,
    bank_day,
    cancelled,
    drawn,
    lapsed,
    number_of,
)
from ledger.control import Actor, Rail, Switch, record, require_open, require_rail
from ledger.money import Money
from ledger.requisites import Payer

LISTED_MAX = 200
LAPSED_AT_ONCE = 500


async def issue_invoice(
    db: AsyncConnection,
    payee: Payee,
    party: str,
    payer: Payer,
    amount: Money,
    actor: Actor,
    at: datetime,
    key: str,
) -> Invoice:
    """An invoice under the next number of its year; the same `key` again answers the same one.

    Raises: PayerFaulty, WrongRail, SwitchedOff; ValueError for a sum out of LEAST and MOST.
    """
    clean = Payer(" ".join(payer.name.split()), payer.inn.strip(), payer.kpp.strip().upper())
    if clean.faults():
        raise PayerFaulty(clean.faults())
    if amount.currency != LEAST.currency or not LEAST <= amount <= MOST:
        raise ValueError(f"an invoice for {amount}")
    await require_open(db, Switch.TOP_UPS)
    await require_rail(db, party, Rail.BANK)
    known = await rows.invoice_by_key(db, party, key)
    if known is not None:
        return known
    await store.keep_account(db, payee.requisites, at)
    day = bank_day(at)
    number = number_of(day.year, await rows.next_number(db, SERIES, day.year))
    made = drawn(number, party, clean, payee.requisites, amount, payee.vat_line, day, at)
    await rows.add_invoice(db, made, key)
    facts: dict[str, str | int] = {
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "payer_inn": clean.inn,
    }
    await record(db, actor, "invoice.issued", f"invoice:{number}", "", at, **facts)
    return made


async def invoice(db: AsyncConnection, number: str, at: datetime) -> Invoice:
    """As it stands at a moment: one whose due day has passed is expired, noted or not.

    Raises: InvoiceUnknown.
    """
    found = await rows.invoice_by_number(db, number)
    if found is None:
        raise InvoiceUnknown(number)
    return _as_of(found, at)


async def invoices_of(db: AsyncConnection, party: str, at: datetime) -> list[Invoice]:
    """Newest first, at most LISTED_MAX, as they stand at a moment."""
    return [_as_of(one, at) for one in await rows.invoices_of_party(db, party, LISTED_MAX)]


async def cancel_invoice(db: AsyncConnection, number: str, actor: Actor, at: datetime) -> Invoice:
    """Nobody will pay it. Cancelled again it stays so. Raises: InvoiceUnknown, InvoiceEnded."""
    found = await rows.invoice_by_number(db, number, lock=True)
    if found is None:
        raise InvoiceUnknown(number)
    if found.cancelled_on is not None and not found.paid.minor:
        return found
    ended = cancelled(found, bank_day(at))
    await rows.save_invoice(db, ended)
    await record(db, actor, "invoice.cancelled", f"invoice:{number}", "", at)
    return ended


async def lapse_invoices(db: AsyncConnection, at: datetime) -> int:
    """Note what has expired; answers how many. Run now and then; nothing depends on when."""
    today = bank_day(at)
    ended = lapsed(await rows.overdue_invoices(db, today, LAPSED_AT_ONCE), today)
    for one in ended:
        await rows.save_invoice(db, one)
    return len(ended)


def _as_of(found: Invoice, at: datetime) -> Invoice:
    ended = lapsed([found], bank_day(at))
    return replace(found, state=ended[0].state) if ended else found
