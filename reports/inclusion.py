"""A document's place in the log, as it travels inside the file: inclusion.json. Pure.

    {"format": "minuta-inclusion/1", "entry": "minuta-document/1 <SHA-256 of the attached data>",
     "index": 41, "size": 42, "path": [<hex>…], "checkpoint": "<signed note>",
     "key": "<name+id+key>", "endorsement": "<the seal's signature over the key>"}

The leaf is the digest of the attached data, not of the file: the proof lies inside the file, so
the file's own digest cannot be in its own proof. Pages follow from the data byte by byte.
"""

from dataclasses import dataclass

from reports.archive import INCLUSION
from reports.canonical import Json, canonical, parse
from reports.checkpoints import (
    Checkpoint,
    LogPublicKey,
    NoteFault,
    opened,
    read,
    signature_by,
)
from reports.findings import Finding
from reports.log_key import LogKey, endorsed
from reports.merkle import leaf_hash, root_by_inclusion

FORMAT = "minuta-inclusion/1"
#: What stands before the digest in the leaf of a document.
LOG_ENTRY = "minuta-document/1"
_DAMAGED = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
#: Where a proof was damaged → what is said of it.
FAULTS = {
    "leaf": ("лист журнала не от этих данных", "the leaf is not of this data"),
    "size": ("размер журнала не тот", "the size is not that of the checkpoint"),
    "path": ("путь не ведёт к корню", "the path does not lead to the root"),
    "root": ("корень в контрольной точке подменён", "the root of the checkpoint was changed"),
    "signature": ("подпись контрольной точки неверна", "the checkpoint's signature is wrong"),
    "key": ("контрольная точка подписана чужим ключом", "the checkpoint is signed by another key"),
    "form": ("контрольная точка не читается", "the checkpoint cannot be read"),
    "file": ("доказательство не читается", "the proof cannot be read"),
}


def document_entry(sha256: str) -> bytes:
    """What is hashed into the leaf of a document; `sha256` is of its attached data."""
    return f"{LOG_ENTRY} {sha256}".encode()


def session_entry(session: str, head: str) -> bytes:
    """What is hashed into the leaf of a session: the head of its chain of events."""
    return f"minuta-session/1 {session} {head}".encode()


@dataclass(frozen=True, slots=True)
class Proof:
    """A leaf under a signed checkpoint; `note` is of a tree of `size` leaves."""

    index: int
    size: int
    path: tuple[bytes, ...]
    note: str


def inclusion_json(entry: bytes, proof: Proof, key: LogKey) -> bytes:
    """The attachment."""
    return canonical(
        {
            "format": FORMAT,
            "entry": entry.decode(),
            "index": proof.index,
            "size": proof.size,
            "path": [one.hex() for one in proof.path],
            "checkpoint": proof.note,
            "key": key.public.text,
            "endorsement": key.endorsement,
        }
    )


@dataclass(frozen=True, slots=True)
class Included:
    """A proof that holds: where the leaf stands, under which checkpoint of whose log."""

    index: int
    checkpoint: Checkpoint
    key: LogPublicKey


def inclusion_of(raw: bytes, sha256: str, container: bytes) -> Included | str:
    """The proof, or which part of it does not hold (a key of `FAULTS`); never raises.

    `sha256` is of the attached data, `container` the CMS of the seal.
    """
    try:
        body = parse(raw)
        if body["format"] != FORMAT or canonical(body) != raw:
            return "file"
        return _judged(body, sha256, container)
    except NoteFault as error:
        return error.what
    except _DAMAGED:
        return "file"


def _judged(body: Json, sha256: str, container: bytes) -> Included | str:
    key = LogPublicKey.parse(body["key"])
    if not endorsed(key, body["endorsement"], container):
        return "key"
    if body["entry"].encode() != document_entry(sha256):
        return "leaf"
    said = read(body["checkpoint"])
    if said.size != body["size"]:
        return "size"
    path = [bytes.fromhex(one) for one in body["path"]]
    plain = [one.hex() for one in path] == body["path"]  # one way to write it, as all else
    if not plain or {type(body["index"]), type(body["size"])} != {int}:
        return "file"
    leaf = leaf_hash(document_entry(sha256))
    return _proved(body, key, said, root_by_inclusion(body["index"], said.size, leaf, path))


def _proved(body: Json, key: LogPublicKey, said: Checkpoint, root: bytes | None) -> Included | str:
    try:
        opened(body["checkpoint"], key)
    except NoteFault as error:
        other = root is not None and root != said.root and error.what == "signature"
        if other and _signed_with(body["checkpoint"], key, said, root or b""):
            return "root"
        raise
    if root != said.root:
        return "path"
    return Included(body["index"], said, key)


def _signed_with(note: str, key: LogPublicKey, said: Checkpoint, root: bytes) -> bool:
    """Whether the signature is of the same checkpoint with the root that the path leads to."""
    true = Checkpoint(said.origin, said.size, root)
    return key.signs(signature_by(note, key), true.text)


def log_finding(raw: bytes, sha256: str, container: bytes) -> Finding:
    """What the proof in the file says of it."""
    if not raw:
        ru, en = "доказательства в файле нет", "the file holds no proof"
        return Finding("log", None, ru, en)
    if not container:
        ru, en = "без печати не проверить", "without the seal it cannot be checked"
        return Finding("log", None, ru, en)
    found = inclusion_of(raw, sha256, container)
    if isinstance(found, str):
        ru, en = FAULTS[found]
        return Finding("log", False, ru, en, f"{INCLUSION} {found}")
    at, size = found.index, found.checkpoint.size
    ru = f"запись {at} под контрольной точкой из {size}, {found.key.name}"
    en = f"leaf {at} under the checkpoint of {size}, {found.key.name}"
    return Finding("log", True, ru, en)
