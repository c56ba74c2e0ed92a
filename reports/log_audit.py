"""The audit of the log: the whole tree made again from its entries and compared with what is kept.

Leaves are read a page at a time; in memory are the hashes of one page and of the subtrees on the
left, so a log of any length is audited in the same room.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import store_log
from reports.checkpoints import LogPublicKey, NoteFault, opened
from reports.merkle import Place, grown, hashes, leaf_hash, needed
from reports.store_log import Leaf, Made

PAGE = 1000


@dataclass(frozen=True, slots=True)
class LogFault:
    """kind: log_leaf, log_node, log_checkpoint; where: a position, a node, a size. Of papers:
    document_changed, document_log; where: a name."""

    kind: str
    where: str
    text: str


async def check_log(db: AsyncConnection) -> list[LogFault]:
    """Every fault found; of leaves only the first, for all after it stand on another tree."""
    faults: list[LogFault] = []
    peaks: dict[Place, bytes] = {}
    size = 0
    while page := await store_log.leaves_from(db, size, PAGE):
        if wrong := _first_wrong(page, size):
            return [*faults, wrong]
        end = size + len(page)
        kept = await store_log.nodes_between(db, size, end)
        notes = await store_log.notes_between(db, size, end)
        made = peaks
        for leaf in page:
            made |= grown(leaf.position, bytes.fromhex(leaf.leaf), made)
        faults += _of_nodes(made, kept, size)
        faults += _of_checkpoints(made, notes)
        size, peaks = end, {place: made[place] for place in needed([(0, end)])}
    beyond = await store_log.beyond(db, size)
    return faults + [LogFault("log_leaf", one, f"the log has {size} leaves") for one in beyond]


def _first_wrong(page: Sequence[Leaf], first: int) -> LogFault | None:
    for place, leaf in enumerate(page, first):
        if leaf.position != place:
            return LogFault("log_leaf", str(place), "there is no such leaf")
        if leaf_hash(leaf.entry.encode()).hex() != leaf.leaf:
            return LogFault("log_leaf", str(place), "the hash is not of its entry")
    return None


def _of_nodes(made: dict[Place, bytes], kept: dict[Place, bytes], old: int) -> Iterator[LogFault]:
    """`made` has the subtrees on the left too, which were complete before."""
    wanted = {at: hash for at, hash in made.items() if at[0] and at[1] >= old >> at[0]}
    for level, position in sorted(wanted.keys() | kept.keys()):
        if wanted.get((level, position)) != kept.get((level, position)):
            yield LogFault("log_node", f"{level}/{position}", "not the hash of what is below")


def _of_checkpoints(
    made: dict[Place, bytes], notes: Sequence[tuple[str, Made]]
) -> Iterator[LogFault]:
    for key, one in notes:
        try:
            said = opened(one.note, LogPublicKey.parse(key))
        except NoteFault as error:
            yield LogFault("log_checkpoint", str(one.size), str(error))
            continue
        if (said.size, said.root) != (one.size, hashes([(0, one.size)], made)[0]):
            yield LogFault("log_checkpoint", str(one.size), "the root is not that of the log")
