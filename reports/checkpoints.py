"""Signed checkpoints of the log as others read them. Pure, without the key that signs.

The text is a C2SP tlog-checkpoint: origin, number of leaves, root in Base64, a line each. It is
signed as a C2SP signed note: an empty line, then "— name Base64(key id ‖ signature)". The signature
is Ed25519 over the text with its last line feed; a key is told as `name+id+Base64(0x01 ‖ key)`.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE = re.compile(r"\u2014 (?P<name>[^\s+]+) (?P<data>[A-Za-z0-9+/=]+)")


class NoteFault(ValueError):
    """A checkpoint that cannot be believed. `what`: form, key or signature."""

    def __init__(self, what: str, text: str) -> None:
        super().__init__(text)
        self.what = what


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The whole log in one hash."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class LogPublicKey:
    """Whose checkpoints to believe: the name is the origin, the key 32 bytes of Ed25519."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.key).decode()}"

    @staticmethod
    def parse(text: str) -> "LogPublicKey":
        """Raises: NoteFault (key)."""
        name, _, rest = text.strip().partition("+")
        id, _, data = rest.partition("+")
        raw = _decoded(data, "key")
        key = LogPublicKey(name, raw[1:])
        if not _NAME.fullmatch(name) or raw[:1] != ED25519 or len(key.key) != 32:
            raise NoteFault("key", "not a key of Ed25519")
        if id != key.id.hex():
            raise NoteFault("key", "the key's number is not that of the key")
        return key

    def signs(self, signature: bytes, text: str) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


def note(checkpoint: Checkpoint, key: LogPublicKey, sign: Callable[[bytes], bytes]) -> str:
    """A checkpoint as it is published."""
    signature = base64.b64encode(key.id + sign(checkpoint.text.encode())).decode()
    return f"{checkpoint.text}\n\u2014 {key.name} {signature}\n"


def read(text: str) -> Checkpoint:
    """What a note claims, believed or not. Raises: NoteFault (form)."""
    lines = _parted(text)[0].split("\n")
    if len(lines) < 4 or lines[-1] or not _NAME.fullmatch(lines[0]):
        raise NoteFault("form", "not a checkpoint")
    root = _decoded(lines[2], "form")
    if not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]) or len(root) != 32:
        raise NoteFault("form", "no size or no root")
    return Checkpoint(lines[0], int(lines[1]), root)


def opened(text: str, key: LogPublicKey) -> Checkpoint:
    """The checkpoint if this key signed it. Raises: NoteFault."""
    checkpoint, body = read(text), _parted(text)[0]
    if checkpoint.origin != key.name:
        raise NoteFault("key", f"the log is {checkpoint.origin}, the key of {key.name}")
    if not key.signs(signature_by(text, key), body):
        raise NoteFault("signature", "the signature is not of this text")
    return checkpoint


def signature_by(text: str, key: LogPublicKey) -> bytes:
    """The signature that claims to be of this key. Raises: NoteFault (form, key)."""
    for line in _parted(text)[1].splitlines():
        found = _SIGNATURE.fullmatch(line)
        if not found:
            raise NoteFault("form", "a line of signatures cannot be read")
        data = _decoded(found["data"], "form")
        if found["name"] == key.name and data[:4] == key.id:
            return data[4:]
    raise NoteFault("key", "not signed by the log's key")


def _parted(text: str) -> tuple[str, str]:
    body, gap, signatures = text.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise NoteFault("form", "not a signed note")
    return body + "\n", signatures


def _decoded(text: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteFault(what, "not Base64") from error
    if base64.b64encode(raw).decode() != text:
        raise NoteFault(what, "not Base64 as it is written")
    return raw
