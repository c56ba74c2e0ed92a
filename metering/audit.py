"""Does every meter agree with its seconds, its charges, its receipts and the ledger?

Recomputed from the witnessed seconds and the tariff, as anyone with the documents could do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import AccountKind, JournalView, journals_of_each
from metering import store, store_allowances
from metering.allowances import Drawn, sum_s
from metering.credit import SCOPE
from metering.explain import due, first_difference
from metering.meter import Meter
from metering.receipts import FIRST_PREV, receipt_faults
from metering.runs import joined

BLOCK = 100  # meters in memory at once, with all that is known of them


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong (`kind`), with which session (`where`), and in words."""

    kind: str
    where: str
    text: str


async def check(db: AsyncConnection) -> list[Fault]:
    """Every fault in every meter; an empty list is a clean audit. A block of meters is read at a
    time."""
    faults: list[Fault] = []
    after = ""
    while page := await store.all_sessions(db, after):
        for place in range(0, len(page), BLOCK):
            faults += await _of_block(db, page[place : place + BLOCK])
        after = page[-1]
    return faults


async def _of_block(db: AsyncConnection, sessions: Sequence[str]) -> list[Fault]:
    charges = await store.charge_rows_of(db, sessions)
    segments = await store.segment_rows_of(db, sessions)
    journals = await journals_of_each(db, sessions)
    uses = await store_allowances.uses_of(db, sessions)
    faults: list[Fault] = []
    for meter in await store.load_meters(db, sessions):
        name = meter.session
        rows = charges.get(name, [])
        amounts = {row.n: row.amount_minor for row in rows}
        found = _of(meter, rows, segments.get(name, []))
        found += _recomputed(meter, rows, segments.get(name, []), uses.get(name, {}))
        found += _against_ledger(meter, amounts, journals.get(name, []))
        faults += [Fault(kind, name, text) for kind, text in found]
    return faults


def _of(
    meter: Meter, rows: Sequence[Row[Any]], spans: Sequence[tuple[int, int]]
) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    chain = store.receipts_of(rows)
    witnessed_s = sum(end - begin for begin, end in spans)
    charged = sum(row.amount_minor for row in rows)
    if witnessed_s != meter.clock_s:
        faults.append(("clock", f"{witnessed_s} s witnessed, {meter.clock_s} s on the clock"))
    if any(later < end for (_, end), (later, _) in pairwise(spans)):
        faults.append(("segments", "witnessed runs overlap"))
    if len(rows) != meter.ticks or charged != meter.charged_minor:
        faults.append(("charges", f"{charged} charged, {meter.charged_minor} on the meter"))
    if rows and rows[-1].to_s != meter.paid_s:
        faults.append(("paid", f"paid through {rows[-1].to_s} s, not {meter.paid_s} s"))
    if meter.clock_s > max(meter.paid_s, meter.tariff.grace_seconds):
        faults.append(("unpaid", f"{meter.clock_s} s on the clock, {meter.paid_s} s paid"))
    if len(chain) != len(rows) or any(
        row.hash != receipt.hash for row, receipt in zip(rows, chain, strict=False)
    ):
        faults.append(("receipts", "a receipt does not belong to its charge"))
    if chain and chain[-1].hash != (meter.receipt_hash or FIRST_PREV):
        faults.append(("receipts", "the chain does not end where the meter says"))
    faults += [("receipts", text) for text in receipt_faults(chain)]
    return faults


def _recomputed(
    meter: Meter,
    rows: Sequence[Row[Any]],
    spans: Sequence[tuple[int, int]],
    uses: Mapping[int, Sequence[Drawn]],
) -> list[tuple[str, str]]:
    """What the witnessed seconds and the frozen tariff make due is what was charged."""
    wanted = due(meter.tariff, joined(spans), {n: sum_s(drawn) for n, drawn in uses.items()})
    charged = [(row.n, row.from_s, row.to_s, row.amount_minor, row.second) for row in rows]
    text = first_difference(wanted, charged)
    return [("minute", text)] if text else []


async def check_allowances(db: AsyncConnection) -> list[Fault]:
    """Every grant has left what was given, less what sessions took and what meters hold."""
    faults, after = list[Fault](), ""
    holds: dict[str, int] = {}
    for held in await store_allowances.held_by_meters(db):
        holds[held.grant] = holds.get(held.grant, 0) + held.taken_s
    while page := await store_allowances.page(db, after, store.METERS_MAX):
        moved = await store_allowances.moved_of(db, [grant.id for grant in page])
        for grant in page:
            taken_s, held_s = moved.get(grant.id, 0), holds.get(grant.id, 0)
            if grant.left_s != grant.seconds - taken_s - held_s:
                text = f"{grant.left_s} s left of {grant.seconds}, {taken_s} taken, {held_s} held"
                faults.append(Fault("allowance", grant.id, text))
        after = page[-1].id
    return faults


def _against_ledger(
    meter: Meter, amounts: dict[int, int], journals: Sequence[JournalView]
) -> list[tuple[str, str]]:
    """Every charge with money is one journal, and every journal of a tick one charge, paid by the
    wallet and its promo credit."""
    prefix = f"{SCOPE}:{meter.session}:"
    moved = {
        int(journal.id.removeprefix(prefix)): -sum(
            e.amount.minor
            for e in journal.entries
            if e.account == meter.payer or e.account.kind is AccountKind.PROMO
        )
        for journal in journals
        if journal.id.startswith(prefix)
    }
    wanted = {n: amount for n, amount in amounts.items() if amount}
    if moved == wanted:
        return []
    odd = sorted(set(moved.items()) ^ set(wanted.items()))
    return [("ledger", f"charges and journals differ: {odd[:5]}")]
