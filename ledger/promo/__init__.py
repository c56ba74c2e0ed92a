"""Promo credit given by campaigns: who has how much of it, and until when.

The rules of spending are the core's (`ledger.credit`): credit goes before money, is never paid
out, and becomes the platform's cost when a session used it. This room keeps the grants. A campaign
grants to a party once; amounts are minor units; a purse is offered until its day and drained by
`expire` afterwards.

    purses = await promo.purses(db, party, "RUB", at)  # or `purses_of` many wallets
    legs = charge_legs(price, wallet, escrow, purses)
"""

from ledger.credit import (
    Drawn,
    Purse,
    charge_legs,
    drawn_from,
    issuer_of,
    legs_of,
    promo_cost,
    purse_of,
)
from ledger.promo.errors import GrantConflict
from ledger.promo.grants import Grant
from ledger.promo.verbs import credit_of, expire, grant, granted_to, purses, purses_of

__all__ = [
    "Drawn",
    "Grant",
    "GrantConflict",
    "Purse",
    "charge_legs",
    "credit_of",
    "drawn_from",
    "expire",
    "grant",
    "granted_to",
    "issuer_of",
    "legs_of",
    "promo_cost",
    "purse_of",
    "purses",
    "purses_of",
]
