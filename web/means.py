"""What a party can pay a session with: promo credit, which goes first, and the wallet's money."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from ledger import Account, AccountKind, Balance, Money, promo


@dataclass(frozen=True, slots=True)
class Means:
    """Credit is never paid out: a refund is of money only."""

    money: Balance
    credit: Balance

    @property
    def posted(self) -> Money:
        return self.money.posted + self.credit.posted

    @property
    def available(self) -> Money:
        return self.money.available + self.credit.available


async def means_of(db: AsyncConnection, party: str, at: datetime, currency: str = "RUB") -> Means:
    money = await ledger.balance(db, Account(AccountKind.PREPAID, party, currency))
    return Means(money, await promo.credit_of(db, party, currency, at))
