"""Issue, find, list. A file is written once; a correction is the next revision of its number."""

import asyncio
import hashlib
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import log_verbs, store
from reports.documents import ACT, PROTOCOL, Act, Document, Heading, Replaced, build, content_digest
from reports.errors import DocumentUnknown, NotEnded
from reports.numbering import next_number
from reports.press import data_of, sealed
from reports.queries import session_facts
from reports.register import Filter, Issued, Paper, PeriodIssued, parse_name
from reports.seal import Sealer

_OVER = {PROTOCOL: ("ended", "settled", "cancelled"), ACT: ("ended", "settled")}


async def issue_protocol(db: AsyncConnection, session: str, at: datetime, sealer: Sealer) -> Issued:
    """The protocol of a finished session: the one there is, or a new revision if facts were added.

    Raises: SessionUnknown, NotEnded, TotalsDiffer.
    """
    return await _issue(db, PROTOCOL, session, at, sealer)


async def issue_act(db: AsyncConnection, session: str, at: datetime, sealer: Sealer) -> Issued:
    """The act to whoever paid for the minutes; after "not resolved" the corrected one.

    Raises: SessionUnknown, NotEnded, NothingToAct, TotalsDiffer.
    """
    return await _issue(db, ACT, session, at, sealer)


async def _issue(
    db: AsyncConnection, kind: str, session: str, at: datetime, sealer: Sealer
) -> Issued:
    await store.lock(db, session, kind)
    facts = await session_facts(db, session, at)
    if facts.state not in _OVER[kind]:
        raise NotEnded(session, facts.state)
    content = content_digest(kind, sealer.issuer, facts)
    old = await store.latest(db, session, kind)
    if old and old.content == content:
        return old
    await log_verbs.lock(db)  # before the series: whoever issues takes them in one order
    year = at.astimezone(sealer.issuer.zone).year
    number = old.number if old else await next_number(db, kind, year)
    replaced = Replaced(old.revision, old.issued_at, old.sha256) if old else None
    heading = Heading(kind, number, old.revision + 1 if old else 1, at, replaced)
    document = build(heading, sealer.issuer, facts)
    if facts.state == "settled":
        await log_verbs.log_head(db, session, facts.head, at)
    digest = hashlib.sha256(await asyncio.to_thread(data_of, document)).hexdigest()
    proof = await log_verbs.include(db, digest, heading.name, sealer.log, at)
    pdf = await asyncio.to_thread(sealed, document, sealer, proof)
    issued = _entry(document, content, pdf)
    await store.write(db, Paper(issued, pdf))
    return issued


def _entry(document: Document, content: str, pdf: bytes) -> Issued:
    heading, facts, totals = document.heading, document.facts, document.totals
    return Issued(
        number=heading.number,
        revision=heading.revision,
        kind=heading.kind,
        session=facts.number,
        host=facts.host.id,
        client=facts.client.id,
        host_name=facts.host.name,
        client_name=facts.client.name,
        buyer=facts.host.id if facts.plan == "host-pays" else facts.client.id,
        issued_at=heading.issued_at,
        sha256=hashlib.sha256(pdf).hexdigest(),
        size=len(pdf),
        minutes=totals.billed_minutes,
        total_minor=document.total if isinstance(document, Act) else totals.charged,
        currency=totals.currency,
        content=content,
    )


async def documents(db: AsyncConnection, wanted: Filter | None = None) -> list[Issued]:
    """What was issued, newest first, `Filter.limit` at most; bytes are asked for by name."""
    return await store.listed(db, wanted or Filter())


async def document(db: AsyncConnection, name: str) -> Paper:
    """A file by number (its newest revision) or by exact name. Raises: DocumentUnknown."""
    parsed = parse_name(name)
    found = await store.paper(db, *parsed) if parsed else None
    if found is None:
        raise DocumentUnknown(name)
    return found


async def document_by_sha256(db: AsyncConnection, sha256: str) -> Issued | PeriodIssued | None:
    """Whether exactly these bytes were issued here, and if they were superseded since."""
    return await store.by_sha256(db, sha256)
