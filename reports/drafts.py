"""A paper on its way into the register, in two transactions with the heavy work between them.

    draft = await draft_act(reading, session, at, sealer)     # or Issued: there is nothing to do
    pressed = await press_draft(draft)                        # seconds for a long act, in a thread
    issued = await keep(writing, draft, pressed, sealer)      # Overtaken: begin again

SQLite has one writer, so nobody draws while holding it. A draft foresees what stands in the file
and depends on others: number, revision, what it replaces. `keep` makes the same draft anew with
all of that really taken and refuses the file when they differ; its caller's rollback gives back
what was taken, so numbers stay without gaps. Only then is the place in the log known: `keep` adds
it to the pressed file and seals that, a few hundredths of a second.
Whoever takes numbers locks the log before the series, so that two of them never wait in a circle.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import log_verbs, store
from reports.errors import Overtaken
from reports.headings import Heading, Replaced
from reports.issuer import Issuer
from reports.numbering import Numbering
from reports.press import Pressed, Printable, finished, pressed
from reports.register import Issued, Paper, PeriodIssued
from reports.seal import Sealer

D = TypeVar("D", bound=Printable)
E = TypeVar("E", Issued, PeriodIssued)


@dataclass(frozen=True, slots=True)
class Draft(Generic[D]):
    """`content`: the digest that decides whether a new revision is due."""

    document: D
    content: str

    def same_as(self, other: "Draft[D]") -> bool:
        """Whether a file of one is a file of the other, as far as it depends on others."""
        mine, theirs = self.document.heading, other.document.heading
        return (self.content, mine) == (other.content, theirs)


async def heading_of(
    db: AsyncConnection,
    kind: str,
    old: Issued | PeriodIssued | None,
    at: datetime,
    issuer: Issuer,
    numbering: Numbering,
) -> Heading:
    """The next revision of `old`, or the first one of a new number."""
    if old:
        replaced = Replaced(old.revision, old.issued_at, old.sha256)
        return Heading(kind, old.number, old.revision + 1, at, replaced)
    number = await numbering(db, kind, at.astimezone(issuer.zone).year)
    return Heading(kind, number, 1, at)


async def press_draft(draft: Draft[D]) -> Pressed:
    """The drawn file, not sealed yet. Call it outside of a transaction."""
    return await asyncio.to_thread(pressed, draft.document)


async def kept(
    db: AsyncConnection,
    draft: Draft[D],
    again: Draft[D] | E,
    file: Pressed,
    sealer: Sealer,
    entry: Callable[[D, str, bytes], E],
) -> E:
    """Log, seal and write the file down if `again`, made in this transaction, is the same draft;
    the paper that somebody else issued meanwhile if it says the same. Raises: Overtaken.

    All that is written because a paper was issued is written here.
    """
    if not isinstance(again, Draft):
        return again
    if not draft.same_as(again):
        raise Overtaken(draft.document.heading.name)
    heading = draft.document.heading
    proof = await log_verbs.include(db, file.sha256, heading.name, sealer.log, heading.issued_at)
    pdf = await asyncio.to_thread(finished, file, proof, sealer, heading.issued_at)
    issued = entry(draft.document, draft.content, pdf)
    await store.write(db, Paper(issued, pdf))
    return issued
