"""Keys for development: a root of our own and a seal under it, made once and kept in a folder.

In production the folder holds the same three files from a real authority:
`root.pem` (what verifiers trust), `seal.pem` (the certificate of the seal), `seal.key` (PKCS 8).
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT, SEAL, KEY = "root.pem", "seal.pem", "seal.key"
SEAL_NAME = "Минута, документы (разработка)"
ROOT_NAME = "Минута, корень (разработка)"
LASTS = timedelta(days=20 * 365)


def make_development_ca(folder: Path, at: datetime) -> None:
    """Make root, seal and key on the first run; later runs find them and change nothing.

    The root's own key is thrown away: nobody can issue another seal under it.
    """
    if all((folder / name).exists() for name in (ROOT, SEAL, KEY)):
        return
    folder.mkdir(parents=True, exist_ok=True)
    root_key, seal_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate(ROOT_NAME, root_key, ROOT_NAME, root_key, at, ca=True)
    seal = _certificate(SEAL_NAME, seal_key, ROOT_NAME, root_key, at, ca=False)
    private = seal_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write(folder / KEY, private, 0o600)
    _write(folder / SEAL, seal.public_bytes(serialization.Encoding.PEM), 0o644)
    _write(folder / ROOT, root.public_bytes(serialization.Encoding.PEM), 0o644)


def _write(path: Path, data: bytes, mode: int) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    signing: ec.EllipticCurvePrivateKey,
    at: datetime,
    *,
    ca: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
    authority = x509.SubjectKeyIdentifier.from_public_key(signing.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + LASTS)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority),
            critical=False,
        )
        .sign(signing, hashes.SHA256())
    )


def _name(text: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Минута")
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, text)])
