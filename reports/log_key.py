"""The key that signs checkpoints, and how the seal vouches for it.

Signed notes are Ed25519, the seal is ECDSA P-256, so the log has a key of its own. It is derived
from the seal's (HKDF, RFC 5869): whoever holds the seal holds it, on every node the same, and there
is nothing more to hand out or to lose. The seal signs its public half, so who trusts the root needs
no other key.
"""

import base64
from dataclasses import dataclass
from urllib.parse import urlsplit

from asn1crypto import cms  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reports.checkpoints import Checkpoint, LogPublicKey, note

PURPOSE = b"minuta-log-key/1"


def origin_of(verify_url: str) -> str:
    """The log's name: where it is public, without a scheme.

    >>> origin_of("https://minuta.example/verify")
    'minuta.example/log'
    """
    parts = urlsplit(verify_url)
    return f"{parts.netloc}{parts.path.rpartition('/')[0]}/log"


@dataclass(frozen=True, slots=True)
class LogKey:
    """`endorsement` is the seal's signature over the public key, Base64 of DER."""

    public: LogPublicKey
    endorsement: str
    _private: Ed25519PrivateKey

    @staticmethod
    def of_seal(seal: ec.EllipticCurvePrivateKey, origin: str) -> "LogKey":
        secret = seal.private_numbers().private_value.to_bytes(32, "big")
        seed = HKDF(hashes.SHA256(), 32, None, PURPOSE + b"\n" + origin.encode()).derive(secret)
        private = Ed25519PrivateKey.from_private_bytes(seed)
        raw = private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        public = LogPublicKey(origin, raw)
        rule = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        endorsement = base64.b64encode(seal.sign(_vouched(public), rule)).decode()
        return LogKey(public, endorsement, private)

    def note(self, size: int, root: bytes) -> str:
        """A signed checkpoint; the same tree gives the same bytes."""
        return note(Checkpoint(self.public.name, size, root), self.public, self._private.sign)


def endorsed(key: LogPublicKey, endorsement: str, container: bytes) -> bool:
    """Whether the seal in this CMS container vouches for the key; never raises."""
    try:
        chosen = cms.ContentInfo.load(container)["content"]["certificates"][0].chosen
        seal = x509.load_der_x509_certificate(chosen.dump()).public_key()
        assert isinstance(seal, ec.EllipticCurvePublicKey)
        signature = base64.b64decode(endorsement, validate=True)
        assert base64.b64encode(signature).decode() == endorsement
        seal.verify(signature, _vouched(key), ec.ECDSA(hashes.SHA256()))
    except Exception:  # a damaged container may fail anywhere in a parser
        return False
    return True


def _vouched(key: LogPublicKey) -> bytes:
    return PURPOSE + b"\n" + key.text.encode() + b"\n"
