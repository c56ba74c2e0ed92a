"""The tax inside what a session brought us: booked once, corrected when the session is ruled anew.

The first journal is "vat:<session>", corrections are "vat:<session>:2" and so on: each moves the
difference to what the whole tax should be, so that it is rounded once on the whole. Their
reference is "vat:<session>" and not the session: whoever adds up a session's charges and parts
must not meet its tax.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import views
from ledger.accounts import Account, AccountKind
from ledger.journals import JournalView
from ledger.money import Money
from ledger.posting import post_all
from ledger.settlement import commission
from ledger.store import lock
from ledger.vat import VatMode, VatRate, payable, vat_on_income, vat_within

_PAID = (AccountKind.PREPAID, AccountKind.PROMO)


def taxed(journals: Sequence[JournalView], mode: VatMode, currency: str) -> Money:
    """What of a session's journals is ours to tax: an agent's commission, or a principal's whole
    price but for what was passed on at cost.

    Promo credit is part of the price: the platform pays it for the client.
    """
    sums: dict[AccountKind, int] = {}
    for entry in (entry for journal in journals for entry in journal.entries):
        if entry.account.currency == currency:
            kind = entry.account.kind
            sums[kind] = sums.get(kind, 0) + entry.amount.minor
    if mode is VatMode.AGENT:
        return Money(sums.get(AccountKind.COMMISSION, 0), currency)
    paid = -sum(sums.get(kind, 0) for kind in _PAID)
    return Money(paid - sums.get(AccountKind.SUPPLIER, 0), currency)


async def book_session(
    db: AsyncConnection,
    session: str,
    mode: VatMode,
    rate: VatRate,
    at: datetime,
    currency: str = "RUB",
) -> Money:
    """Bring the tax of a settled session to what it should be by now; answers that tax.

    `rate` is that of the day of service, whenever this is asked. Asked again, nothing changes.
    """
    income, due = commission(currency), payable(currency)
    await lock(db, {income, due})
    known = await views.journals_of(db, ref_of(session))
    booked = sum(_on(journal, due) for journal in known)
    gross = taxed(await views.journals_of(db, session), mode, currency)
    key = f"{session}:{len(known) + 1}" if known else session
    await post_all(db, [vat_on_income(key, income, gross, rate.bp, booked, ref_of(session))], at)
    return Money(vat_within(gross.minor, rate.bp), currency)


def ref_of(session: str) -> str:
    """What the journals of a session's tax are about."""
    return f"vat:{session}"


def _on(journal: JournalView, account: Account) -> int:
    return sum(entry.amount.minor for entry in journal.entries if entry.account == account)
