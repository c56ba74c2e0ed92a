"""Challenges that a passkey signs: they carry their own expiry and proof of being ours.

Nothing is kept until one is used, so showing the sign-in page writes nothing. A challenge is bound
to what it is for and to the browser it was shown in; that it works once is the store's matter.

    expiry, 8 bytes (UTC microseconds) | nonce, 16 bytes | HMAC-SHA256 of all this, 32 bytes
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Literal

Purpose = Literal["sign_in", "add"]
CHALLENGE_LIFE = timedelta(minutes=10)
NONCE_BYTES = 16
_EXPIRY_BYTES = 8
_MAC_BYTES = 32
_LENGTH = _EXPIRY_BYTES + NONCE_BYTES + _MAC_BYTES
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


def mint(key: str, nonce: bytes, purpose: Purpose, bound: str, at: datetime) -> bytes:
    """A challenge of 56 bytes. `bound` names the browser: the token that its forms bring back."""
    expiry = ((at + CHALLENGE_LIFE - _EPOCH) // _US).to_bytes(_EXPIRY_BYTES)
    return expiry + nonce + _mac(key, expiry + nonce, purpose, bound)


def judge(
    key: str, challenge: bytes, purpose: Purpose, bound: str, at: datetime
) -> Literal["foreign", "expired"] | None:
    """None when we made it for this very browser and purpose, and its time is not over."""
    if len(challenge) != _LENGTH:
        return "foreign"
    body, mac = challenge[:-_MAC_BYTES], challenge[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, body, purpose, bound)):
        return "foreign"
    return "expired" if at >= expires_at(challenge) else None


def expires_at(challenge: bytes) -> datetime:
    """Until when a challenge of ours may be used."""
    return _EPOCH + int.from_bytes(challenge[:_EXPIRY_BYTES]) * _US


def challenge_hash(challenge: bytes) -> str:
    """What is kept of a used one."""
    return hashlib.sha256(b"minuta challenge\0" + challenge).hexdigest()


def _mac(key: str, body: bytes, purpose: str, bound: str) -> bytes:
    said = body + f"\0{purpose}\0{bound}".encode()
    return hmac.new(key.encode(), said, hashlib.sha256).digest()
