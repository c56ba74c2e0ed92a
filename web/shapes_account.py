"""Page values of the account: ways in, choices, and the end; as web/shapes.py, and described with
it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ledger import Money
from web.shapes import Errors


@dataclass(frozen=True, slots=True)
class PasskeyOptions:
    """What navigator.credentials wants, as the JSON text of WebAuthn level 3."""

    options: str


@dataclass(frozen=True, slots=True)
class PasskeyRefusal:
    """code: unknown, foreign, expired, used, wrong, copied, taken, too_many or name; text: what to
    do, in the reader's language."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class PasskeyOffer:
    """After the first sign-in by mail. next: where it leads either way."""

    next: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """options: JSON text for navigator.credentials.create; name: what the device calls itself."""

    options: str
    name: str
    next: str


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """copied: its counter ran backwards, it opens nothing any more; synced: kept by the maker of
    the device on all devices of its owner."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None
    synced: bool
    copied: bool


@dataclass(frozen=True, slots=True)
class LoginView:
    """way: code, passkey, invite, demo or ""; address: a masked IP; here: the one that asks."""

    id: str
    way: str
    device: str
    address: str
    opened_at: datetime | None
    seen_at: datetime | None
    here: bool


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """A file with one's own data. state: waiting, making, ready or failed; path: "" before that."""

    state: str
    size: int
    asked_at: datetime
    expires_at: datetime
    path: str


@dataclass(frozen=True, slots=True)
class SecurityPage:
    """archives: the newest first; busy: one of them is on the way. errors: by the id of a key."""

    email: str
    passkeys: tuple[PasskeyView, ...]
    logins: tuple[LoginView, ...]
    archives: tuple[ArchiveView, ...]
    busy: bool
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """letters: kinds that may be switched off -> whether they are sent."""

    language: str
    theme: str
    shortcuts: bool
    letters: Mapping[str, bool]
    saved: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an account cannot be deleted yet. code: staff, session, outcome, dispute, bank_dispute,
    refund, payout, card, money or earnings; path: where to go on; number: of a session; sum: what
    is left."""

    code: str
    path: str
    number: str = ""
    sum: Money | None = None


@dataclass(frozen=True, slots=True)
class DeletionPage:
    """obstacles: empty when the account may be deleted now."""

    email: str
    obstacles: tuple[Obstacle, ...]
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Farewell:
    """The account is gone; there is nothing to say about it."""
