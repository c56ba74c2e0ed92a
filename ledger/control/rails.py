"""Rails and residence: which ways of payment a party may use. Two rails that never mix.

A party in Russia pays and is paid through banks; card acquirers serve everybody else. Who has not
declared a residence moves no real money. The demo rail moves none and is open to all, until a
production server has closed it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ledger.control.countries import COUNTRIES
from ledger.control.errors import CountryUnknown, WrongRail

RUSSIA = "RU"
DEMO_RAIL = "demo_rail"  # its row among the switches: closed for ever once the money is real


class Rail(Enum):
    CARD = "card"
    BANK = "bank"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Residence:
    """`country` is ISO 3166-1 alpha-2."""

    party: str
    country: str
    declared_by: str
    declared_at: datetime


def clean_country(country: str) -> str:
    """The code in capitals. Raises: CountryUnknown.

    >>> clean_country(" ru ")
    'RU'
    """
    found = country.strip().upper()
    if found not in COUNTRIES:
        raise CountryUnknown(country)
    return found


def rails_for(country: str) -> frozenset[Rail]:
    """The rails of a residence ("" = undeclared) that move real money.

    >>> sorted(rail.value for rail in rails_for("RU") | rails_for(""))
    ['bank']
    """
    if not country:
        return frozenset()
    return frozenset({Rail.BANK if country == RUSSIA else Rail.CARD})


def gate(party: str, country: str, rail: Rail, demo: bool = False) -> None:
    """`demo`: whether the demo rail is open. Raises: WrongRail."""
    allowed = demo if rail is Rail.DEMO else rail in rails_for(country)
    if not allowed:
        raise WrongRail(party, rail.value, country)


def rail_of(gateway: str) -> Rail | None:
    """The rail on which an acquirer works; None for one that we do not know.

    >>> rail_of("stripe"), rail_of("nobody")
    (<Rail.CARD: 'card'>, None)
    """
    return RAIL_OF_GATEWAY.get(gateway)


RAIL_OF_GATEWAY = {"stripe": Rail.CARD, "bank": Rail.BANK, "demo": Rail.DEMO}
