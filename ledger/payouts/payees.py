"""Where a payee's money goes: details with versions, and the day from which a version counts.

Whoever takes an account over changes where the money goes. So new details cool off for a day, in
which no payout of the party leaves and the owner, told at once, can object.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.control import Rail
from ledger.payouts.errors import BadPayee
from ledger.requisites import NAME_CHARS_MAX, fault_in_account, fault_in_bik, fault_in_inn

COOLING_OFF = timedelta(hours=24)
REF_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class BankPlace:
    """An account at a Russian bank. `name` is its owner's, as the bank knows it."""

    bik: str
    account: str
    name: str
    inn: str

    def __str__(self) -> str:
        facts = {"account": self.account, "bik": self.bik, "inn": self.inn, "name": self.name}
        return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


Destination = str | BankPlace


@dataclass(frozen=True, slots=True)
class PayeeDetails:
    """One version of where a party is paid. `destination` is the acquirer's name of the account
    (CARD, DEMO) or a `BankPlace` (BANK)."""

    party: str
    version: int
    rail: Rail
    destination: Destination
    made_at: datetime
    effective_from: datetime
    made_by: str

    def cooling(self, at: datetime) -> bool:
        """Whether payouts have to wait for it."""
        return at < self.effective_from

    @property
    def hint(self) -> str:
        """Enough of it for its owner to know it again, too little for anybody else."""
        text = self.destination
        return f"…{(text.account if isinstance(text, BankPlace) else text)[-4:]}"


def effective_from(rail: Rail, known: PayeeDetails | None, at: datetime) -> datetime:
    """When details made now begin to count. The first ones of a demonstration count at once."""
    return at if rail is Rail.DEMO and known is None else at + COOLING_OFF


def clean_place(bik: str, account: str, name: str, inn: str) -> BankPlace:
    """A place whose digits agree with each other. Raises: BadPayee.

    >>> clean_place("044 525 225", "40702810938000000001", " ИП Кузнецов ", "500100732259").bik
    '044525225'
    """
    bik, account, inn = ("".join(text.split()) for text in (bik, account, inn))
    name = " ".join(name.split())
    faults = {
        "bik": fault_in_bik(bik),
        "account": fault_in_account(account, bik),
        "inn": fault_in_inn(inn),
    }
    for field, fault in faults.items():
        if fault:
            raise BadPayee(field, "check_digit" if fault == "check" else "shape")
    if not name:
        raise BadPayee("name", "empty")
    if len(name) > NAME_CHARS_MAX or not name.isprintable():
        raise BadPayee("name", "long" if name.isprintable() else "shape")
    return BankPlace(bik, account, name, inn)


def clean_destination(rail: Rail, destination: Destination) -> Destination:
    """The destination if it suits the rail. Raises: BadPayee."""
    if rail is Rail.BANK:
        if not isinstance(destination, BankPlace):
            raise BadPayee("account", "shape")
        place = destination
        return clean_place(place.bik, place.account, place.name, place.inn)
    if not isinstance(destination, str) or not 0 < len(destination) <= REF_CHARS_MAX:
        raise BadPayee("account", "shape")
    return destination


def destination_of(rail: Rail, text: str) -> Destination:
    """The inverse of `str`."""
    return BankPlace(**json.loads(text)) if rail is Rail.BANK else text
