"""The transparency log as it is shown, and the loop that keeps it."""

import asyncio
from collections.abc import Mapping

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import LOG_ENTRY, LogKey, Made, NotInLog, log_verbs, read_checkpoint
from web.db import repeated
from web.errors import BadInput, NotFound
from web.keys import CLOCK, DB, SEALER
from web.shapes_log import (
    Checkpoints,
    CheckpointView,
    ConsistencyProof,
    InclusionProof,
    LogPage,
)
from web.unbroken import unbroken

RECENT = 5
SIZE_MAX = 2**53
HASH_CHARS = 64
OLDER_MAX = 20
OLDER_S, TRY_AGAIN_S = 1, 60

log = structlog.get_logger("log")


async def log_page_of(db: AsyncConnection, key: LogKey, url: str) -> LogPage:
    """`url` is where `minuta verify --log` finds us."""
    views = tuple(map(view_of, await log_verbs.checkpoints(db, key, SIZE_MAX, RECENT)))
    latest = views[0] if views else None
    own, entry = key.public, f"{LOG_ENTRY} "
    return LogPage(own.name, own.text, key.endorsement, latest, views, entry, url)


def view_of(made: Made) -> CheckpointView:
    return CheckpointView(made.size, read_checkpoint(made.note).root.hex(), made.note, made.made_at)


async def checkpoints_of(db: AsyncConnection, key: LogKey, query: Mapping[str, str]) -> Checkpoints:
    """Raises: BadInput."""
    found = await log_verbs.checkpoints(db, key, number_in(query, "below", SIZE_MAX))
    more = len(found) == log_verbs.CHECKPOINTS_MAX and found[-1].size > 1
    return Checkpoints(tuple(map(view_of, found)), found[-1].size if more else None)


async def latest_of(db: AsyncConnection, key: LogKey) -> Made:
    """Raises: NotFound before the first document."""
    made = await log_verbs.checkpoint(db, key)
    if made is None:
        raise NotFound()
    return made


async def inclusion_of(
    db: AsyncConnection, key: LogKey, query: Mapping[str, str]
) -> InclusionProof:
    """By `leaf`, a hash, or by `index`; under the latest checkpoint, or of `size` leaves.

    Raises: BadInput, NotFound.
    """
    size = number_in(query, "size", (await latest_of(db, key)).size)
    try:
        if "leaf" in query:
            leaf = await log_verbs.leaf_of(db, hash_in(query, "leaf"))
        else:
            leaf = await log_verbs.leaf_at(db, number_in(query, "index"))
        path = await log_verbs.inclusion(db, leaf.position, size)
        root = await log_verbs.root(db, size)
    except NotInLog as error:
        raise NotFound() from error
    return InclusionProof(leaf.leaf, leaf.position, size, root.hex(), _hex(path))


async def consistency_of(
    db: AsyncConnection, key: LogKey, query: Mapping[str, str]
) -> ConsistencyProof:
    """Between the sizes `from` and `to`, or the latest checkpoint. Raises: BadInput, NotFound."""
    old = number_in(query, "from")
    new = number_in(query, "to", (await latest_of(db, key)).size)
    try:
        path = await log_verbs.growth(db, old, new)
        roots = [await log_verbs.root(db, size) for size in (old, new)]
    except NotInLog as error:
        raise NotFound() from error
    return ConsistencyProof(old, new, roots[0].hex(), roots[1].hex(), _hex(path))


def number_in(query: Mapping[str, str], name: str, default: int | None = None) -> int:
    """A count in an address. Raises: BadInput."""
    said = query.get(name, "")
    if not said and default is not None:
        return default
    if not said.isascii() or not said.isdigit() or int(said[:17]) > SIZE_MAX:
        raise BadInput(name)
    return int(said[:17])


def hash_in(query: Mapping[str, str], name: str) -> str:
    """Raises: BadInput."""
    said = query[name].lower()
    if len(said) != HASH_CHARS or not set(said) <= set("0123456789abcdef"):
        raise BadInput(name)
    return said


def _hex(path: list[bytes]) -> tuple[str, ...]:
    return tuple(one.hex() for one in path)


async def tend(app: web.Application) -> None:
    """Log what was issued before there was a log, a little at a time, and sign it by the key in
    force; whatever comes later is logged and signed as it is issued."""
    more = True

    async def once() -> None:
        nonlocal more
        more = await tended(app)

    while more:
        wait_s = OLDER_S
        try:
            await unbroken(once())
        except Exception:
            log.exception("the log was not tended")
            wait_s = TRY_AGAIN_S
        await asyncio.sleep(wait_s)


async def tended(app: web.Application) -> bool:
    """Whether there may be more of the older documents."""

    async def once() -> int:
        async with app[DB].transaction() as db:
            key, at = app[SEALER].log, app[CLOCK]()
            count = await log_verbs.log_older(db, key, at, OLDER_MAX)
            await log_verbs.sign(db, key, at)
            return count

    return await repeated(once) == OLDER_MAX
