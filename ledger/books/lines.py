"""The journal as lines for a file: one line an entry, page by page, so that memory stays flat."""

from bisect import bisect_left
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import Date, TextualSelect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, account_of
from ledger.books.periods import Axis, Period
from ledger.books.reading import bounds
from ledger.books.store import dated
from ledger.money import CURRENCIES
from ledger.store import at_of


@dataclass(frozen=True, slots=True)
class JournalLine:
    """An entry with its journal. `journal` is the number in the order of recording, `key` the
    natural key; `batch` is None while the journal is not sealed; `minor` > 0 is a credit."""

    batch: int | None
    journal: int
    recorded_at: datetime
    effective_on: date
    kind: str
    ref: str
    key: str
    line: int
    account: Account
    minor: int
    balance_after: int
    memo: str
    reverses: str

    @property
    def debit(self) -> int:
        return max(-self.minor, 0)

    @property
    def credit(self) -> int:
        return max(self.minor, 0)


@cache
def _page(within: str) -> TextualSelect:
    return dated(
        "SELECT j.id, j.scope, j.key, j.kind, j.ref, j.memo, j.recorded_us, j.effective_on,"
        " r.scope AS r_scope, r.key AS r_key, e.line, a.kind AS account_kind, a.owner, e.currency,"
        f" e.amount, e.balance_after FROM (SELECT * FROM ledger_journal j WHERE j.id > :after"
        f"  AND {within} ORDER BY j.id LIMIT :most) j"
        " JOIN ledger_entry e ON e.journal_id = j.id JOIN ledger_account a ON a.id = e.account_id"
        " LEFT JOIN ledger_journal r ON r.id = j.reverses ORDER BY j.id, e.line"
    ).columns(effective_on=Date)


_BATCHES = text("SELECT last_journal, id FROM ledger_batch ORDER BY id")


async def pages(
    db: AsyncConnection, period: Period, journals: int
) -> AsyncIterator[list[JournalLine]]:
    """Lines of the journals that are effective in a period, in the order of recording; so many
    journals a page."""
    sealed = (await db.execute(_BATCHES)).all()
    last_of_batch, query, after = [row[0] for row in sealed], _page(bounds(db, Axis.EFFECTIVE)), 0
    facts = {"first": period.first, "last": period.last, "most": journals}
    while rows := (await db.execute(query, {**facts, "after": after})).all():
        page = []
        for row in rows:
            batch = bisect_left(last_of_batch, row.id)
            page.append(
                JournalLine(
                    batch=sealed[batch][1] if batch < len(sealed) else None,
                    journal=row.id,
                    recorded_at=at_of(row.recorded_us),
                    effective_on=row.effective_on,
                    kind=row.kind,
                    ref=row.ref,
                    key=f"{row.scope}:{row.key}",
                    line=row.line,
                    account=account_of(row.account_kind, row.owner, row.currency),
                    minor=row.amount,
                    balance_after=row.balance_after,
                    memo=row.memo,
                    reverses=f"{row.r_scope}:{row.r_key}" if row.r_scope else "",
                )
            )
        yield page
        after = rows[-1].id


def units(minor: int, currency: str, point: str = ".") -> str:
    """Minor units as a decimal number of whole units.

    >>> units(-123456, "RUB"), units(5, "RUB", ","), units(7, "JPY")
    ('-1234.56', '0,05', '7')
    """
    digits = CURRENCIES[currency]
    whole, part = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}{point}{part:0{digits}d}" if digits else f"{sign}{whole}"
