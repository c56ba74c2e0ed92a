"""This node's own Ed25519 key: it countersigns receipts and signs what its relay saw.

Made on the first run and kept in the node's folder, readable by its owner alone. Papers carry the
public half, and their seal vouches for it; so a lost key harms no paper that was issued before.
"""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import metering
from web.settings import BadSettings

FILE = "node.key"  # 32 secret bytes as 64 hex digits


def node_key(folder: Path) -> metering.Counter:
    """The key of this node, made if there is none. Raises: BadSettings when it cannot be read."""
    path = folder / FILE
    try:
        if not path.exists():
            _make(path)
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii").strip()))
    except (OSError, ValueError) as error:
        raise BadSettings("MINUTA_FOLDER", f"{FILE}: {error}") from error
    return metering.Counter(key.public_key().public_bytes_raw().hex(), key.sign)


def _make(path: Path) -> None:
    """Whoever is second to make it leaves what the first has made."""
    secret = Ed25519PrivateKey.generate().private_bytes_raw()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{FILE}.{os.getpid()}")
    fresh.touch(mode=0o600)
    with fresh.open("w", encoding="ascii") as file:
        file.write(secret.hex())
        file.flush()
        os.fsync(file.fileno())  # a crash leaves a whole key or none
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
