"""The tree against the vectors of certificate-transparency's own tests, and against its definition.

Leaves and roots are those of merkletree/merkle_tree_test.cc (Apache 2.0): eight leaves, eight
roots, and the paths that it names.
"""

import hashlib
from itertools import pairwise

import pytest

from reports.merkle import (
    EMPTY,
    Place,
    consistency_spans,
    consistent,
    grown,
    hashes,
    inclusion_spans,
    leaf_hash,
    needed,
    node_hash,
    root_by_inclusion,
)

LEAVES = [
    bytes.fromhex(one)
    for one in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
PATHS = {
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
}
GROWTH = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
SIZES = 34


def tree(entries: list[bytes]) -> dict[Place, bytes]:
    """Every complete subtree, added leaf by leaf as the log adds them."""
    nodes: dict[Place, bytes] = {}
    for index, entry in enumerate(entries):
        before = {place: nodes[place] for place in needed([(0, index)])}
        nodes |= grown(index, leaf_hash(entry), before)
    return nodes


def defined(entries: list[bytes]) -> bytes:
    """The tree hash word for word as RFC 6962 defines it."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return leaf_hash(entries[0])
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return node_hash(defined(entries[:k]), defined(entries[k:]))


def path_of(index: int, size: int, nodes: dict[Place, bytes]) -> list[bytes]:
    return hashes(inclusion_spans(index, size), nodes)


def growth_of(old: int, new: int, nodes: dict[Place, bytes]) -> list[bytes]:
    return hashes(consistency_spans(old, new), nodes)


def test_roots_are_the_reference_ones() -> None:
    nodes = tree(LEAVES)
    assert [hashes([(0, n)], nodes)[0].hex() for n in range(1, 9)] == list(ROOTS)
    assert hashes([(0, 0)], nodes) == [EMPTY]


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_inclusion_paths_are_the_reference_ones(index: int, size: int) -> None:
    path = path_of(index, size, tree(LEAVES))
    assert tuple(one.hex() for one in path) == PATHS[index, size]


@pytest.mark.parametrize(("old", "new"), GROWTH)
def test_consistency_paths_are_the_reference_ones(old: int, new: int) -> None:
    path = growth_of(old, new, tree(LEAVES))
    assert tuple(one.hex() for one in path) == GROWTH[old, new]


def test_every_leaf_of_every_size_is_proved_and_nothing_else() -> None:
    entries = [b"leaf %d" % n for n in range(SIZES)]
    nodes = tree(entries)
    for size in range(1, SIZES + 1):
        root = defined(entries[:size])
        assert hashes([(0, size)], nodes) == [root]
        for index in range(size):
            leaf, path = nodes[0, index], path_of(index, size, nodes)
            assert root_by_inclusion(index, size, leaf, path) == root
            assert root_by_inclusion(index, size, leaf_hash(b"other"), path) != root
            assert root_by_inclusion(index, size, leaf, [*path, leaf]) is None
            if path:
                assert root_by_inclusion(index, size, leaf, path[1:]) != root
                assert root_by_inclusion(index, size, leaf, [leaf, *path[1:]]) != root
        assert root_by_inclusion(size, size, nodes[0, 0], []) is None
        assert root_by_inclusion(-1, size, nodes[0, 0], []) is None


def test_every_two_sizes_are_consistent_and_no_other_history_is() -> None:
    entries = [b"leaf %d" % n for n in range(SIZES)]
    nodes, roots = tree(entries), [defined(entries[:n]) for n in range(SIZES + 1)]
    for new in range(1, SIZES + 1):
        for old in range(1, new + 1):
            path = growth_of(old, new, nodes)
            assert consistent(old, new, roots[old], roots[new], path)
            if old < new:
                assert not consistent(old, new, roots[new], roots[new], path)
                assert not consistent(old, new, roots[old], roots[old], path)
                assert not consistent(old, new, roots[old], roots[new], path[:-1])
                assert not consistent(old, new, roots[old], roots[new], [*path, roots[old]])
                assert not consistent(old, new, roots[old], roots[new], [EMPTY, *path[1:]])
    for old, new in pairwise(range(1, SIZES)):
        assert not consistent(new, old, roots[new], roots[old], [])


def test_the_empty_tree_is_the_beginning_of_every_tree() -> None:
    root = defined([b"one"])
    assert consistent(0, 1, EMPTY, root, [])
    assert not consistent(0, 1, root, root, [])
    assert not consistent(0, 1, EMPTY, root, [root])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 2)])
def test_no_proof_of_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_spans(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 1), (3, 2), (-1, 2)])
def test_no_proof_of_another_history(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="no tree"):
        consistency_spans(old, new)
