"""Logins and codes as values: what is kept is a hash, never the secret."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

CODE_TRIES_MAX = 5
CODE_LIFE = timedelta(minutes=10)
CODES_PER_WINDOW_MAX = 10
CODES_WINDOW = timedelta(hours=1)
LOGIN_LIFE = timedelta(days=30)
GUEST_LOGIN_LIFE = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=15)  # how exactly the last use of a login is known


@dataclass(frozen=True, slots=True)
class Knock:
    """How somebody came in, for the owner's list: `way` is "code", "passkey", "invite" or "demo",
    `device` names browser and system, `address` is a masked IP: the rest of it is never kept."""

    way: str = ""
    device: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """`csrf` is derived from the token, so it is known only to who holds the token."""

    token_hash: str
    party: str
    csrf: str
    expires_at: datetime
    session: str | None = None
    opened_at: datetime | None = None
    knock: Knock = Knock()
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """A code sent by mail. `sent` counts the codes of the window begun at `window_at`."""

    email: str
    code_hash: str
    expires_at: datetime
    tries_left: int
    window_at: datetime
    sent: int


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """A value and not an exception: the used-up try must be committed, not rolled back."""

    reason: Literal["wrong", "expired", "used_up"]
    tries_left: int


def token_hash(token: str) -> str:
    return hashlib.sha256(b"minuta login\0" + token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """The token that a form must bring back."""
    return hmac.new(token.encode(), b"minuta csrf", hashlib.sha256).hexdigest()[:40]


def code_hash(email: str, code: str) -> str:
    return hashlib.sha256(f"minuta code\0{email}\0{code.strip()}".encode()).hexdigest()


def issue(known: Code | None, email: str, code: str, at: datetime) -> Code | int:
    """A fresh code in place of the known one, or seconds to wait when too many were sent."""
    window_at, sent = at, 0
    if known is not None and at < known.window_at + CODES_WINDOW:
        window_at, sent = known.window_at, known.sent
    if sent >= CODES_PER_WINDOW_MAX:
        return int((window_at + CODES_WINDOW - at).total_seconds()) + 1
    return Code(email, code_hash(email, code), at + CODE_LIFE, CODE_TRIES_MAX, window_at, sent + 1)


def judge(known: Code | None, email: str, code: str, at: datetime) -> CodeRefused | None:
    """None when the code is right; a refusal already counts the try just made."""
    if known is None or at >= known.expires_at:
        return CodeRefused("expired", 0)
    if known.tries_left <= 0:
        return CodeRefused("used_up", 0)
    if hmac.compare_digest(known.code_hash, code_hash(email, code)):
        return None
    left = known.tries_left - 1
    return CodeRefused("wrong" if left else "used_up", left)
