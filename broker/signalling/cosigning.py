"""Messages about signing receipts; messages.py joins them to the others.

Keys and signatures are base64url without padding: 65 bytes of an uncompressed P-256 point, 64 bytes
of an ECDSA signature (r, then s). docs/signalling.md says what is signed.
"""

from dataclasses import dataclass
from typing import Literal

from broker.signalling.messages_link import Role

WhyNoKey = Literal["insecure_page", "no_crypto", "no_storage"]
SignerStand = Literal["signs", "cannot", "waived", "silent"]


@dataclass(frozen=True, slots=True)
class CosignKey:
    """The sender's public key for this session; `proof` is its signature of key, leg, session."""

    key: str
    proof: str


@dataclass(frozen=True, slots=True)
class CosignCannot:
    """The sender's browser can have no key; said before the start."""

    why: WhyNoKey


@dataclass(frozen=True, slots=True)
class Cosign:
    """The sender's signature of the receipt of increment `n`."""

    n: int
    signature: str


@dataclass(frozen=True, slots=True)
class CosignWaive:
    """Go on without the other leg's signatures."""

    leg: str


@dataclass(frozen=True, slots=True)
class ReceiptBody:
    """What is signed: the canonical JSON of these fields. Sums are minor units, `second` is unix
    time, `from_s` and `to_s` count on the billing clock."""

    v: int
    session: str
    n: int
    from_s: int
    to_s: int
    amount_minor: int
    total_minor: int
    currency: str
    second: int
    prev: str


@dataclass(frozen=True, slots=True)
class Receipts:
    """Receipts that the reader has still to sign, in order."""

    receipts: tuple[ReceiptBody, ...]


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A leg's signature of the receipt of increment `n` is taken in and countersigned."""

    n: int
    leg: str


@dataclass(frozen=True, slots=True)
class Signer:
    """`late`: it has a minute to sign for so long that the meter stops."""

    leg: Role
    stand: SignerStand
    late: bool


@dataclass(frozen=True, slots=True)
class Cosigners:
    """Whose signatures are asked for, and how each of them stands."""

    signers: tuple[Signer, ...]


FromClient = CosignKey | CosignCannot | Cosign | CosignWaive
FromServer = Receipts | Cosigned | Cosigners
CLIENT: dict[str, type[FromClient]] = {
    "cosign_key": CosignKey,
    "cosign_cannot": CosignCannot,
    "cosign": Cosign,
    "cosign_waive": CosignWaive,
}
SERVER: dict[str, type[FromServer]] = {
    "receipts": Receipts,
    "cosigned": Cosigned,
    "cosigners": Cosigners,
}
