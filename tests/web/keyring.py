"""An authenticator in software: a P-256 key and the bytes of WebAuthn, honest unless told."""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftKey:
    """One credential. `step`: by how much its counter moves at each use; 0 for none."""

    origin: str
    rp_id: str
    counter: int = 0
    step: int = 1
    flags: int = PRESENT | VERIFIED
    handle: str = ""
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    secret: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def copied(self) -> "SoftKey":
        """The same key in somebody else's hands."""
        return replace(self)

    def create(self, options: str) -> str:
        """The answer to navigator.credentials.create, as JSON text."""
        told = json.loads(options)
        self.handle = told["user"]["id"]
        data = self._data(ATTESTED) + bytes(16) + struct.pack(">H", len(self.id)) + self.id
        attestation = {"fmt": "none", "attStmt": {}, "authData": data + self._public()}
        response = {
            "clientDataJSON": to_text(self._client_data("webauthn.create", told["challenge"])),
            "attestationObject": to_text(cbor2.dumps(attestation)),
            "transports": ["internal", "unheard-of"],
        }
        return self._credential(response)

    def get(self, options: str, **wrong: Any) -> str:
        """The answer to navigator.credentials.get; `wrong` replaces fields of the response."""
        challenge = json.loads(options)["challenge"]
        self.counter += self.step
        client_data = self._client_data("webauthn.get", challenge)
        data = self._data(0)
        signed = data + hashlib.sha256(client_data).digest()
        response = {
            "clientDataJSON": to_text(client_data),
            "authenticatorData": to_text(data),
            "signature": to_text(self.secret.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": self.handle,
        }
        return self._credential(response | wrong)

    def _credential(self, response: dict[str, Any]) -> str:
        name = to_text(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, more: int) -> bytes:
        site = hashlib.sha256(self.rp_id.encode()).digest()
        return site + struct.pack(">BI", self.flags | more, self.counter)

    def _public(self) -> bytes:
        """COSE: EC2, ES256."""
        point = self.secret.public_key().public_numbers()
        x, y = (one.to_bytes(32) for one in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
