"""`minuta reconcile`: the acquirer's account of our money beside our books, as a table.

Exit 0: no difference; 1: differences, listed; 2: the acquirer cannot be asked. With `--last` the
newest run is shown and nobody is asked.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from ledger import LedgerError, cards
from ledger.cards import Difference, Reconciliation
from metering import utc_now
from web.adapters import gateway_of
from web.db import Database
from web.faces import plain
from web.settings import Settings
from web.words import money_text

HEADS = ("what", "about", "theirs", "ours", "note")


def run(given: argparse.Namespace, settings: Settings) -> int:
    try:
        found = asyncio.run(_reconcile(settings, given.last))
    except LedgerError as error:
        print(f"minuta reconcile: {error}", file=sys.stderr)
        return 2
    if found is None:
        print("there was no run yet")
        return 0
    if given.json:
        print(json.dumps(plain(found), ensure_ascii=False, indent=2))
    else:
        _print(found)
    return 1 if found.differences else 0


async def _reconcile(settings: Settings, last: bool) -> Reconciliation | None:
    database, gateway = Database(settings.database_url), gateway_of(settings)
    try:
        if last:
            async with database.reading() as db:
                return await cards.last_reconciliation(db, gateway.name)
        return await cards.reconcile(database.transaction, gateway, utc_now)
    finally:
        await database.close()
        await gateway.close()


def _print(run: Reconciliation) -> None:
    made, since = (m.isoformat(timespec="minutes") for m in (run.made_at, run.since))
    print(f"{run.gateway}, {made}, since {since}: {run.notices} events, {run.missed} missed,")
    print(f"{run.lines} lines, {len(run.differences)} differences")
    if run.differences:
        _columns([HEADS, *(_row(one) for one in run.differences)])


def _row(one: Difference) -> tuple[str, ...]:
    theirs, ours = money_text(one.theirs, "en"), money_text(one.ours, "en")
    return (one.kind, one.ref, theirs, ours, one.note)


def _columns(rows: Sequence[Sequence[str]]) -> None:
    """Sums to the right, words to the left."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADS))]
    for row in rows:
        cells = [
            cell.rjust(w) if n in (2, 3) else cell.ljust(w)
            for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
