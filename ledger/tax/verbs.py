"""Tax on an advance when it comes, on the service when it is delivered, set off one by the other.

Each verb locks the party's account of taxed advances first, so they happen one after the other.
Asked again under the same key, they change nothing.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import views
from ledger.accounts import Account
from ledger.errors import KeyConflict
from ledger.journals import Draft
from ledger.money import Money
from ledger.posting import post_all
from ledger.store import lock
from ledger.tax import store
from ledger.vat import (
    Advance,
    on_advances,
    payable,
    rate_on,
    take,
    vat_on_advance,
    vat_on_income,
    vat_set_off,
)


async def receive(
    db: AsyncConnection, party: str, key: str, gross: Money, at: datetime, country: str = "RU"
) -> None:
    """An advance came into a wallet; `key` is that of its journal, the rate that of the day.

    Raises: NoVatRate; KeyConflict when the key was used for another sum.
    """
    bp = rate_on(at.date(), country).bp
    await _lock(db, party, gross.currency)
    if not await store.add(db, key, party, gross, bp, at.date()):
        known = await store.by_key(db, key)
        if known is None or known.gross_minor != gross.minor:
            raise KeyConflict(f"vat_advance:{key}")
        return
    await post_all(db, [vat_on_advance(key, party, gross, bp, ref=key)], at)


async def deliver(
    db: AsyncConnection,
    party: str,
    key: str,
    price: Money,
    income: Account,
    at: datetime,
    country: str = "RU",
) -> None:
    """A service was delivered for `price`, VAT included: the tax leaves `income`, the tax paid on
    the advances that paid for it comes back. `key` is the settlement's or the act's.

    Raises: NoVatRate; KeyConflict when the key was used for another price.
    """
    bp = rate_on(at.date(), country).bp
    await _lock(db, party, price.currency, income)
    draft = vat_on_income(key, income, price, bp, ref=f"vat:{key}")
    if await views.journal_by_id(db, f"vat:{key}") is not None:
        await post_all(db, [draft], at)
        return
    await post_all(db, [draft, await _set_off(db, party, key, price)], at)


async def pay_back(db: AsyncConnection, party: str, key: str, amount: Money, at: datetime) -> None:
    """Money of the wallet was paid back unspent: its tax is set off. `key` is the refund's."""
    await _lock(db, party, amount.currency)
    if await views.journal_by_id(db, f"vat_set_off:{key}") is None:
        await post_all(db, [await _set_off(db, party, key, amount)], at)


async def advances_of(db: AsyncConnection, party: str, currency: str = "RUB") -> list[Advance]:
    """A party's taxed advances that are not used up, the oldest first."""
    return await store.open_of(db, party, currency)


async def _set_off(db: AsyncConnection, party: str, key: str, amount: Money) -> Draft | None:
    """What is too small to carry a kopeck of tax leaves the advances as they are."""
    changed, tax = take(await store.open_of(db, party, amount.currency), amount.minor)
    if tax:
        await store.save(db, changed)
    return vat_set_off(key, party, Money(tax, amount.currency), ref=f"vat:{key}")


async def _lock(db: AsyncConnection, party: str, currency: str, *others: Account) -> None:
    await lock(db, {on_advances(party, currency), payable(currency), *others})
