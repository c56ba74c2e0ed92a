"""Chained receipts: one for each charged increment, each naming the hash of the one before.

hash = sha256(canonical JSON of the body), hex; the first receipt's `prev` is 64 zeros. Whoever
holds the last receipt holds all of them: none can be changed, added or dropped unseen. The
server may sign each hash with Ed25519.
"""

import hashlib
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring as _quoted
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIRST_PREV = "0" * 64

Sign = Callable[[bytes], bytes]  # 32 bytes of hash to a 64-byte Ed25519 signature


class Receipt(NamedTuple):
    """Increment `n`, [from_s, to_s) of the billing clock, begun at unix `second`."""

    session: str
    n: int
    from_s: int
    to_s: int
    amount_minor: int
    total_minor: int
    currency: str
    second: int
    prev: str
    signature: str | None = None

    @property
    def body(self) -> dict[str, int | str]:
        """What is hashed: everything but the signature."""
        return {
            "v": 1,
            "session": self.session,
            "n": self.n,
            "from_s": self.from_s,
            "to_s": self.to_s,
            "amount_minor": self.amount_minor,
            "total_minor": self.total_minor,
            "currency": self.currency,
            "second": self.second,
            "prev": self.prev,
        }

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.canonical.encode()).digest()

    @property
    def canonical(self) -> str:
        """The body in RFC 8785's form, put together by hand: names in order, no spaces."""
        return (
            f'{{"amount_minor":{self.amount_minor},"currency":{_quoted(self.currency)}'
            f',"from_s":{self.from_s},"n":{self.n},"prev":{_quoted(self.prev)}'
            f',"second":{self.second},"session":{_quoted(self.session)},"to_s":{self.to_s}'
            f',"total_minor":{self.total_minor},"v":1}}'
        )

    @property
    def hash(self) -> str:
        return self.digest.hex()


def receipt_faults(receipts: Sequence[Receipt], public_key: bytes | None = None) -> list[str]:
    """What is wrong with a chain, in words; an empty list is a chain that holds.

    With `public_key` (32 raw bytes) every receipt must carry a good signature.
    """
    faults: list[str] = []
    prev, total, paid_s = FIRST_PREV, 0, 0
    key = Ed25519PublicKey.from_public_bytes(public_key) if public_key else None
    for place, receipt in enumerate(receipts, start=1):
        name = f"receipt {place}"
        total += receipt.amount_minor
        if receipt.n != place:
            faults.append(f"{name} is numbered {receipt.n}")
        if receipt.session != receipts[0].session:
            faults.append(f"{name} belongs to {receipt.session}")
        if receipt.prev != prev:
            faults.append(f"{name} does not follow the one before")
        if receipt.from_s != paid_s or receipt.to_s <= receipt.from_s:
            faults.append(f"{name} leaves a gap in the billing clock")
        if receipt.total_minor != total:
            faults.append(f"{name} says {receipt.total_minor} in all, the sum is {total}")
        if key and not _signed(key, receipt):
            faults.append(f"{name} has no good signature")
        prev, paid_s = receipt.hash, receipt.to_s
    return faults


def _signed(key: Ed25519PublicKey, receipt: Receipt) -> bool:
    try:
        key.verify(bytes.fromhex(receipt.signature or ""), receipt.digest)
    except (InvalidSignature, ValueError):
        return False
    return True
