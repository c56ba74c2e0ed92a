"""The tree of the transparency log: RFC 6962, section 2.1, over SHA-256. Pure.

A tree of any size stands on complete subtrees, and those never change when it grows. `Place`
(level, index) names one: its hash covers leaves index·2^level up to (index+1)·2^level. A root or a
proof of any size, past or present, is folded from a handful of them, so nothing is counted again.

Paths are given from the leaf upwards, as in the RFC; the checks are those of RFC 9162, 2.1.3.2 and
2.1.4.2, which it took over unchanged.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

Place = tuple[int, int]
Range = tuple[int, int]
EMPTY = hashlib.sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def places(span: Range) -> list[Place]:
    """The complete subtrees under a subtree [begin, end), from the left.

    >>> places((0, 7)), places((4, 7))
    ([(2, 0), (1, 2), (0, 6)], [(1, 2), (0, 6)])
    """
    begin, end = span
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def needed(spans: Iterable[Range]) -> set[Place]:
    """What `hashes` will ask for."""
    return {place for span in spans for place in places(span)}


def hashes(spans: Iterable[Range], nodes: Mapping[Place, bytes]) -> list[bytes]:
    """The hash of each subtree. Raises: KeyError for a node that is not there."""
    return [_folded([nodes[place] for place in places(span)]) for span in spans]


def _folded(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY
    *left, top = peaks
    for one in reversed(left):
        top = node_hash(one, top)
    return top


def grown(index: int, leaf: bytes, nodes: Mapping[Place, bytes]) -> dict[Place, bytes]:
    """The subtrees that become complete with the leaf at `index`, itself among them; `nodes` holds
    those of the tree before, `needed([(0, index)])`."""
    made = {(0, index): leaf}
    level, at, top = 0, index, leaf
    while at % 2:
        top = node_hash(nodes[level, at - 1], top)
        level, at = level + 1, at // 2
        made[level, at] = top
    return made


def inclusion_spans(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes prove a leaf, from the leaf upwards. Raises: ValueError."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path: list[Range] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _left(end - begin)
        path.append((middle, end) if index < middle else (begin, middle))
        begin, end = (begin, middle) if index < middle else (middle, end)
    return path[::-1]


def consistency_spans(old: int, new: int) -> list[Range]:
    """The subtrees that prove that a tree of `old` leaves is the beginning of one of `new`.

    Raises: ValueError.
    """
    if not 0 < old <= new:
        raise ValueError(f"no tree of {old} in a tree of {new}")
    path: list[Range] = []
    begin, end = 0, new
    while end > old:
        middle = begin + _left(end - begin)
        path.append((middle, end) if old <= middle else (begin, middle))
        begin, end = (begin, middle) if old <= middle else (middle, end)
    return ([(begin, end)] if begin else []) + path[::-1]


def _left(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def root_by_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to; None when it is not as long as the tree is high."""
    if not 0 <= index < size:
        return None
    at, last, top = index, size - 1, leaf
    for one in path:
        if not last:
            return None
        if at % 2 or at == last:
            top = node_hash(one, top)
            while not at % 2 and at:
                at, last = at >> 1, last >> 1
        else:
            top = node_hash(top, one)
        at, last = at >> 1, last >> 1
    return None if last else top


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that nothing was changed or taken out between two trees."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not path and old_root == (new_root if old else EMPTY)
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    at, last = old - 1, new - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    first = second = steps[0]
    for one in steps[1:]:
        if not last:
            return False
        if at % 2 or at == last:
            first, second = node_hash(one, first), node_hash(one, second)
            while not at % 2 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, one)
        at, last = at >> 1, last >> 1
    return not last and (first, second) == (old_root, new_root)
