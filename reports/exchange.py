"""Issued acts as files of exchange between accounting programs.

The source is the data inside the sealed file, not the database of today: what the paper says is
what the file says, for ever.
"""

import asyncio
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.documents import Act
from reports.errors import UpdIncomplete
from reports.period import PeriodAct
from reports.reading import read_paper
from reports.register import Issued, PeriodIssued
from reports.upd import UpdParty, upd_of
from reports.upd_xml import written
from reports.verbs import document

ACTS = ("act", "period-act")


@dataclass(frozen=True, slots=True)
class ExchangeFile:
    """`name` is part of the format: a receiver refuses the file under another."""

    name: str
    data: bytes


async def upd_buyer(db: AsyncConnection, name: str) -> tuple[Issued | PeriodIssued, UpdParty]:
    """An issued act and whom it is made out to, as far as it says.

    Raises: DocumentUnknown; UpdIncomplete("kind") for what is no act.
    """
    paper = await document(db, name)
    if paper.issued.kind not in ACTS:
        raise UpdIncomplete(("kind",))
    act = await asyncio.to_thread(_act, paper.pdf)
    if isinstance(act, Act):
        return paper.issued, UpdParty(act.buyer)
    told = act.customer
    return paper.issued, UpdParty(told.name, told.inn, told.kpp, told.address)


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


def _upd(pdf: bytes, buyer: UpdParty, first: Issued | PeriodIssued, seller_id: str) -> ExchangeFile:
    act = _act(pdf)
    day: date = first.issued_at.astimezone(act.issuer.zone).date()
    return ExchangeFile(*written(upd_of(act, buyer, day, seller_id)))


def _act(pdf: bytes) -> Act | PeriodAct:
    made = read_paper(pdf)
    if not isinstance(made, (Act, PeriodAct)):
        raise UpdIncomplete(("kind",))
    return made
