"""Page values of the transparency log; as web/shapes.py, and described with it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """`note` is the signed checkpoint as it was published; `root` is hexadecimal."""

    size: int
    root: str
    note: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class LogPage:
    """The log of documents. key: name+id+key of who signs; endorsement: the seal's signature over
    it, Base64. latest: None before the first document. entry: what stands before the digest in a
    leaf; url: what `minuta verify --log` is given."""

    origin: str
    key: str
    endorsement: str
    latest: CheckpointView | None
    recent: tuple[CheckpointView, ...]
    entry: str
    url: str


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Newest first. below: of fewer leaves than this come next; None when that was all."""

    checkpoints: tuple[CheckpointView, ...]
    below: int | None


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """The path from a leaf to the root of a log of `size` leaves; hashes are hexadecimal."""

    leaf: str
    index: int
    size: int
    root: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """The log of `old` leaves is the beginning of that of `new`; hashes are hexadecimal."""

    old: int
    new: int
    old_root: str
    new_root: str
    path: tuple[str, ...]
