"""Issued acts as files of exchange between accounting programs.

The source is the data inside the sealed file, not the database of today: what the paper says is
what the file says, for ever.
"""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import upd
from reports.cii_xml import cii
from reports.documents import Act
from reports.einvoice import EuParty, buyer_of, invoice_of, taken_back
from reports.errors import EInvoiceIncomplete, UpdIncomplete
from reports.period import PeriodAct
from reports.reading import read_paper
from reports.register import Issued, PeriodIssued
from reports.ubl_xml import ubl
from reports.upd import UpdParty, upd_of
from reports.upd_xml import written
from reports.verbs import document

ACTS = ("act", "period-act")
#: Syntaxes of EN 16931.
SYNTAXES = {"cii": cii, "ubl": ubl}


@dataclass(frozen=True, slots=True)
class ExchangeFile:
    """`name` is part of the format: a receiver refuses the file under another."""

    name: str
    data: bytes


async def upd_buyer(db: AsyncConnection, name: str) -> tuple[Issued | PeriodIssued, UpdParty]:
    """An issued act and whom it is made out to, as far as it says.

    Raises: DocumentUnknown; UpdIncomplete("kind") for what is no act, ("seller",) for what a
    European issuer made.
    """
    paper = await document(db, name)
    if paper.issued.kind not in ACTS:
        raise UpdIncomplete(("kind",))
    act = await asyncio.to_thread(act_in, paper.pdf)
    if act.issuer.vat_id:
        raise UpdIncomplete(("seller",))
    return paper.issued, upd.buyer_of(act)


async def upd_file(
    db: AsyncConnection, name: str, buyer: UpdParty, seller_id: str = ""
) -> ExchangeFile:
    """The universal transfer document of an issued act.

    Raises: DocumentUnknown; UpdIncomplete with the fields that are missing or wrong.
    """
    paper = await document(db, name)
    if paper.issued.kind not in ACTS:
        raise UpdIncomplete(("kind",))
    first = paper.issued
    if first.revision > 1:
        first = (await document(db, f"{first.number}-r1")).issued
    return await asyncio.to_thread(_upd, paper.pdf, buyer, first, seller_id)


async def einvoice_buyer(db: AsyncConnection, name: str) -> tuple[Issued | PeriodIssued, EuParty]:
    """An issued act and whom it is made out to, as far as it says.

    Raises: DocumentUnknown; EInvoiceIncomplete("kind") for what is no act, ("seller",) where the
    issuer had no European id of VAT.
    """
    paper = await document(db, name)
    if paper.issued.kind not in ACTS:
        raise EInvoiceIncomplete(("kind",))
    act = await asyncio.to_thread(act_in, paper.pdf)
    if not act.issuer.vat_id:
        raise EInvoiceIncomplete(("seller",))
    return paper.issued, buyer_of(act)


async def einvoice_file(
    db: AsyncConnection, name: str, buyer: EuParty, syntax: str, credit: bool = False
) -> ExchangeFile:
    """The invoice of an issued act in one of `SYNTAXES`; with `credit` the note that takes it back,
    of the day on which the next revision was issued.

    Raises: DocumentUnknown, for a credit note also without a next revision; EInvoiceIncomplete.
    """
    paper, day = await document(db, name), None
    if paper.issued.kind not in ACTS:
        raise EInvoiceIncomplete(("kind",))
    if credit:
        later = await document(db, f"{paper.issued.number}-r{paper.issued.revision + 1}")
        day = later.issued.issued_at
    return await asyncio.to_thread(_einvoice, paper.pdf, buyer, syntax, day)


def _einvoice(pdf: bytes, buyer: EuParty, syntax: str, credited: datetime | None) -> ExchangeFile:
    act = act_in(pdf)
    invoice = invoice_of(act, buyer)
    if credited:
        invoice = taken_back(invoice, credited.astimezone(act.issuer.zone).date())
    return ExchangeFile(f"{invoice.number}-{syntax}.xml", SYNTAXES[syntax](invoice))


def _upd(pdf: bytes, buyer: UpdParty, first: Issued | PeriodIssued, seller_id: str) -> ExchangeFile:
    act = act_in(pdf)
    day: date = first.issued_at.astimezone(act.issuer.zone).date()
    return ExchangeFile(*written(upd_of(act, buyer, day, seller_id)))


def act_in(pdf: bytes) -> Act | PeriodAct:
    """What a sealed file of an act says. Raises: NotASession; UpdIncomplete for what is no act."""
    made = read_paper(pdf)
    if not isinstance(made, (Act, PeriodAct)):
        raise UpdIncomplete(("kind",))
    return made
