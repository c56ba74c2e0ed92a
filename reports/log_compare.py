"""Is the log of today the one that a file was entered in? Pure but for reading the file.

leaf = leaf_wanted(data)                                # of a file from before the log, else None
finding = proved_late(data, trust_pem, at, told, note, proof)    # by what the log says of the leaf

included = included_in(data, trust_pem, at)             # the proof in the file, if it holds
old, new = sizes(included, note)                        # what to ask /log/consistency for
finding = compared(included, note, path)                # `path`: hashes, hexadecimal
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from reports.canonical import Json, canonical
from reports.checkpoints import NoteFault, opened
from reports.findings import Finding
from reports.inclusion import FORMAT, Included, document_entry, inclusion_of, log_finding
from reports.merkle import consistent, leaf_hash
from reports.seal import attachment_of, inclusion_in, inspect_signature


def included_in(data: bytes, trust_pem: bytes, at: datetime) -> Included | None:
    """The file's place in the log; None when it holds no proof, or one that does not hold."""
    raw, _ = attachment_of(data)
    signature = inspect_signature(data, trust_pem, at)
    sha256 = hashlib.sha256(raw or b"").hexdigest()
    found = inclusion_of(inclusion_in(data), sha256, signature.cms)
    return None if isinstance(found, str) else found


def sizes(included: Included, note: str) -> tuple[int, int]:
    """Of the file's checkpoint and of the published one, the smaller first. Raises: NoteFault."""
    both = sorted((included.checkpoint.size, opened(note, included.key).size))
    return both[0], both[1]


def compared(included: Included, note: str, path: Sequence[str]) -> Finding:
    """What the published checkpoint and the proof between both say; never raises."""
    try:
        live, own = opened(note, included.key), included.checkpoint
        steps = [bytes.fromhex(one) for one in path]
    except NoteFault as error:
        if error.what == "key":
            return _unsure("журнал подписан другим ключом", "the log is signed by another key")
        ru, en = "опубликованная точка не читается", "the published checkpoint does not hold"
        return Finding("log", False, ru, en, "checkpoint")
    except (ValueError, TypeError):
        return Finding("log", False, "доказательство не читается", "the proof cannot be read")
    old, new = sorted((own, live), key=lambda one: one.size)
    if consistent(old.size, new.size, old.root, new.root, steps):
        ru = f"журнал из {live.size} продолжает тот, что в файле, из {own.size}"
        en = f"the log of {live.size} goes on from that of {own.size} in the file"
        return Finding("log", True, ru, en)
    ru = f"журнал из {live.size} не продолжает тот, что в файле, из {own.size}"
    en = f"the log of {live.size} does not go on from that of {own.size} in the file"
    return Finding("log", False, ru, en, "consistency")


def leaf_wanted(data: bytes) -> str | None:
    """The leaf to ask the log for, hexadecimal, if the file holds no proof of its own."""
    raw, _ = attachment_of(data)
    if raw is None or inclusion_in(data):
        return None
    return leaf_hash(document_entry(hashlib.sha256(raw).hexdigest())).hex()


def proved_late(
    data: bytes, trust_pem: bytes, at: datetime, told: Json, note: str, proof: Json
) -> Finding:
    """The place in the log put together from what it answers: `told` names its key and the seal's
    word for it, `note` is a checkpoint, `proof` of its size. Raises: KeyError, TypeError."""
    raw, _ = attachment_of(data)
    sha256 = hashlib.sha256(raw or b"").hexdigest()
    body = {name: proof[name] for name in ("index", "size", "path")}
    body |= {"format": FORMAT, "entry": document_entry(sha256).decode(), "checkpoint": note}
    body |= {"key": told["key"], "endorsement": told["endorsement"]}
    return log_finding(canonical(body), sha256, inspect_signature(data, trust_pem, at).cms)


def not_compared(reason: str) -> Finding:
    """The log could not be asked."""
    return _unsure(f"журнал не ответил: {reason}", f"the log did not answer: {reason}")


def nothing_to_compare() -> Finding:
    """The file holds no proof."""
    return _unsure("в файле нет верного доказательства", "the file holds no proof that holds")


def _unsure(ru: str, en: str) -> Finding:
    return Finding("log", None, ru, en)
