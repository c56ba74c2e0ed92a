"""Receipts signed by those who were there: keys, signatures, and when silence is too long. Pure.

Each leg of a session may bring one ECDSA P-256 key. It signs the canonical bytes of a receipt with
SHA-256, so what is signed is the receipt's own hash: session, increment, running total and the
hash before. We answer each signature with a link of a chain of our own, signed with Ed25519:

    link = sha256(canonical JSON of {v, session, seq, n, leg, receipt, signature, at, prev})

Keys are 65 bytes (an uncompressed point, SEC 1), signatures 64 bytes (r, then s, as WebCrypto gives
them); both are lower-case hex here and base64url without padding on the wire.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from json.encoder import encode_basestring as _quoted
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from metering.receipts import FIRST_PREV

KEY_BYTES = 65
SIGNATURE_BYTES = 64
SILENT_S = 60  # seconds of the billing clock that may begin unsigned
GRACE_S = 20  # and so long may a signature be on its way
_CURVE = ec.SECP256R1()
_PREHASHED = ec.ECDSA(Prehashed(hashes.SHA256()))
_HASHED = ec.ECDSA(hashes.SHA256())


class Stand(StrEnum):
    """What is known of a leg: it has a key; it said that it can have none; another let it be."""

    SIGNS = "signs"
    CANNOT = "cannot"
    WAIVED = "waived"


class Cosigner(NamedTuple):
    """One statement about a leg; `key` hex if it signs, `why` it cannot, `by` whom it was let be.
    `at` is RFC 3339 in UTC with microseconds, "" until it is written down."""

    leg: str
    stand: Stand
    key: str = ""
    why: str = ""
    by: str = ""
    at: str = ""


class Cosignature(NamedTuple):
    """Link `seq` of the session's chain: `leg` signed the receipt of increment `n`. `node` is our
    public Ed25519 key (hex of 32 bytes), `counter` its signature of the link's hash."""

    session: str
    seq: int
    n: int
    leg: str
    receipt: str
    signature: str
    at: str
    prev: str
    node: str = ""
    counter: str = ""

    @property
    def canonical(self) -> str:
        """RFC 8785, put together by hand: names in order, no spaces."""
        return (
            f'{{"at":{_quoted(self.at)},"leg":{_quoted(self.leg)},"n":{self.n}'
            f',"prev":{_quoted(self.prev)},"receipt":{_quoted(self.receipt)},"seq":{self.seq}'
            f',"session":{_quoted(self.session)},"signature":{_quoted(self.signature)},"v":1}}'
        )

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.canonical.encode()).digest()

    @property
    def hash(self) -> str:
        return self.digest.hex()


def unwired(text: str, size: int) -> bytes | None:
    """Bytes of base64url without padding; None unless they are exactly so many.

    >>> unwired("AAEC", 3)
    b'\\x00\\x01\\x02'
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == size and wired(raw) == text else None


def wired(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def proof_text(session: str, leg: str, key: str) -> bytes:
    """What the owner of a key signs to bring it in: no other session or leg can use it."""
    text = f'{{"key":{_quoted(key)},"leg":{_quoted(leg)},"session":{_quoted(session)},"v":1}}'
    return b"minuta-cosigner\n" + text.encode()


def is_key(key: bytes) -> bool:
    """Whether these bytes are a point of the curve."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, key)
    except ValueError:
        return False
    return len(key) == KEY_BYTES


def proves(key: bytes, session: str, leg: str, proof: bytes) -> bool:
    """Whether whoever brings the key has its secret half."""
    return _verifies(key, proof, proof_text(session, leg, key.hex()), _HASHED)


def has_signed(key: bytes, receipt: bytes, signature: bytes) -> bool:
    """Whether the signature is this key's, of the receipt with this hash (32 bytes)."""
    return len(receipt) == 32 and _verifies(key, signature, receipt, _PREHASHED)


def _verifies(key: bytes, signature: bytes, data: bytes, way: ec.ECDSA) -> bool:
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        owner = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, key)
        owner.verify(encode_dss_signature(r, s), data, way)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_of(leg: str, cosigners: Iterable[Cosigner]) -> bytes | None:
    """The leg's public key, 65 bytes; None if it has brought none."""
    found = [one.key for one in cosigners if one.leg == leg and one.stand is Stand.SIGNS]
    return bytes.fromhex(found[0]) if found else None


def is_excused(leg: str, cosigners: Iterable[Cosigner]) -> bool:
    """Whether the meter goes on without this leg's signatures: another let it be, or it said
    before the start that it can have no key, and has brought none since."""
    stands = {one.stand for one in cosigners if one.leg == leg}
    return Stand.WAIVED in stands or stands == {Stand.CANNOT}


def is_silent(clock_s: int, unsigned: Sequence[int]) -> bool:
    """Whether a leg has left two increments in a row unsigned for longer than a minute.

    `unsigned`: where on the billing clock the increments after its last signature begin, in order.

    >>> [is_silent(clock_s, [60, 120]) for clock_s in (125, 139, 140)]
    [False, False, True]
    """
    if len(unsigned) < 2:
        return False
    return clock_s >= max(unsigned[0] + SILENT_S, unsigned[1]) + GRACE_S


def cosigning_faults(
    session: str,
    chain: Sequence[Cosignature],
    cosigners: Sequence[Cosigner],
    receipts: Mapping[int, str],
) -> list[str]:
    """What is wrong with the signatures of a session, in words; an empty list: they hold.

    `receipts`: the hash of each increment's receipt, by its number.
    """
    faults: list[str] = []
    prev = FIRST_PREV
    for place, link in enumerate(chain, start=1):
        name = f"signature {place}"
        key = key_of(link.leg, cosigners)
        if (link.seq, link.prev, link.session) != (place, prev, session):
            faults.append(f"{name} does not follow the one before")
        if receipts.get(link.n) != link.receipt:
            faults.append(f"{name} is of another receipt than minute {link.n}'s")
        if key is None or not has_signed(
            key, bytes.fromhex(link.receipt), bytes.fromhex(link.signature)
        ):
            faults.append(f"{name} is not by the key of {link.leg}")
        if not _countersigned(link):
            faults.append(f"{name} has no good countersignature")
        prev = link.hash
    pairs = [(link.n, link.leg) for link in chain]
    if len(set(pairs)) != len(pairs):
        faults.append("one leg signed one minute twice")
    if len({one.leg for one in _keyed(cosigners)}) != len(_keyed(cosigners)):
        faults.append("one leg has two keys")
    return faults


def _keyed(cosigners: Iterable[Cosigner]) -> list[Cosigner]:
    return [one for one in cosigners if one.stand is Stand.SIGNS]


def _countersigned(link: Cosignature) -> bool:
    try:
        ours = Ed25519PublicKey.from_public_bytes(bytes.fromhex(link.node))
        ours.verify(bytes.fromhex(link.counter), link.digest)
    except (InvalidSignature, ValueError):
        return False
    return True
