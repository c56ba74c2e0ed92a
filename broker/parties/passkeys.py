"""A passkey as a value: what we keep of a key whose secret never leaves its owner's device."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from broker.parties.errors import BadParty
from broker.parties.people import clean_name

PASSKEYS_MAX = 20
CREDENTIAL_CHARS_MAX = 1400  # WebAuthn: an id has 1023 bytes at most; base64url

Refused = Literal["unknown", "foreign", "expired", "used", "wrong", "copied"]


@dataclass(frozen=True, slots=True)
class NewKey:
    """What an authenticator brought and the web has checked. `credential` is base64url, as the
    browser spells it; `public_key` is COSE; `transports` as W3C names them, without commas."""

    credential: str
    public_key: bytes
    counter: int
    transports: tuple[str, ...] = ()
    synced: bool = False


@dataclass(frozen=True, slots=True)
class Passkey:
    """`counter` is the last that the authenticator told, 0 for those that do not count. A key is
    `copied_at` when its counter ran backwards: it opens nothing any more, and its owner sees why.
    """

    id: str
    party: str
    key: NewKey
    name: str
    created_at: datetime
    used_at: datetime | None = None
    copied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PasskeyRefused:
    """A value and not an exception: the used-up challenge must be committed, not rolled back."""

    reason: Refused


def runs_backwards(known: int, told: int) -> bool:
    """Whether a counter says that another copy of the key has been at work meanwhile.

    WebAuthn 7.2, step 22: zero on both sides is a key that does not count.

    >>> runs_backwards(5, 6), runs_backwards(5, 5), runs_backwards(5, 0), runs_backwards(0, 0)
    (False, True, True, False)
    """
    return (known > 0 or told > 0) and told <= known


def clean_key_name(name: str) -> str:
    """A name to tell keys apart by. Raises: BadParty.

    >>> clean_key_name("  Ноутбук   Анны ")
    'Ноутбук Анны'
    """
    return clean_name(name)


def check_new(key: NewKey) -> NewKey:
    """Raises: BadParty when there is no room for it in our table."""
    if not 0 < len(key.credential) <= CREDENTIAL_CHARS_MAX:
        raise BadParty("credential", "too long or empty")
    return key
