"""What a robot signs receipts with: the same as the room's page does (src/room/receipts.ts)."""

from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from metering import Receipt, proof_text, wired


class Pen:
    """One side's key for one session, and the last receipt that it has signed."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.last: Receipt | None = None
        self._secret = ec.generate_private_key(ec.SECP256R1())
        point = self._secret.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.key = point

    def introduction(self, leg: str) -> dict[str, str]:
        """`cosign_key`: the public key, and the proof that the secret one is here."""
        proof = self.signature(proof_text(self.session, leg, self.key.hex()))
        return {"key": wired(self.key), "proof": proof}

    def sign(self, body: dict[str, Any]) -> dict[str, int | str] | None:
        """`cosign` for a receipt as it was sent; None where it is not the next one of the chain."""
        fields = {name: value for name, value in body.items() if name != "v"}
        receipt, last = Receipt(**fields), self.last
        if body.get("v") != 1 or receipt.session != self.session:
            return None
        if last is not None and receipt.n > last.n + 1:
            last = None  # a page that was away takes up the chain where it finds it
        if last is not None and receipt != last and not _follows(receipt, last):
            return None
        self.last = receipt
        return {"n": receipt.n, "signature": self.signature(receipt.canonical.encode())}

    def signature(self, data: bytes) -> str:
        """Base64url of r and s."""
        r, s = decode_dss_signature(self._secret.sign(data, ec.ECDSA(hashes.SHA256())))
        return wired(r.to_bytes(32) + s.to_bytes(32))


def _follows(one: Receipt, last: Receipt) -> bool:
    return (one.prev, one.n, one.from_s, one.total_minor) == (
        last.hash,
        last.n + 1,
        last.to_s,
        last.total_minor + one.amount_minor,
    )
