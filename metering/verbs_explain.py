"""Why was this minute billed? Read from what is stored, for whoever may see the session."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import AccountKind, JournalView, journals_of
from metering import store, store_allowances
from metering.allowances import Drawn
from metering.credit import SCOPE
from metering.explain import Reason, due, evidence
from metering.runs import joined


async def explain(db: AsyncConnection, session: str) -> list[Reason]:
    """Every charged increment with its evidence, its rule and what paid it, in order.

    Raises: UnknownMeter.
    """
    meter = await store.load_meter(db, session)
    runs = joined(await store.segment_rows(db, session))
    uses = (await store_allowances.uses_of(db, [session])).get(session, {})
    promo = _promo(session, await journals_of(db, session))
    wanted = due(meter.tariff, runs, {n: _covered_s(drawn) for n, drawn in uses.items()})
    rules = {one.unit.n: one.segment for one in wanted}
    first = next(iter(rules.values()), None)
    found = []
    for row in await store.charge_rows(db, session):
        segment = rules.get(row.n, first)
        if segment is None:
            continue
        credit = promo.get(row.n, 0)
        found.append(
            Reason(
                n=row.n,
                from_s=row.from_s,
                to_s=row.to_s,
                second=row.second,
                state=row.state,
                cause=row.cause,
                amount_minor=row.amount_minor,
                currency=row.currency,
                evidence=evidence(runs, row.from_s, row.to_s),
                segment=segment,
                drawn=tuple(uses.get(row.n, ())),
                promo_minor=credit,
                money_minor=row.amount_minor - credit,
                receipt_hash=row.hash or "",
            )
        )
    return found


def _covered_s(drawn: Iterable[Drawn]) -> int:
    return sum(one.covered_s for one in drawn)


def _promo(session: str, journals: Iterable[JournalView]) -> dict[int, int]:
    """What promo credit paid, by increment."""
    prefix = f"{SCOPE}:{session}:"
    return {
        int(journal.id.removeprefix(prefix)): -sum(
            entry.amount.minor
            for entry in journal.entries
            if entry.account.kind is AccountKind.PROMO
        )
        for journal in journals
        if journal.id.startswith(prefix)
    }
