"""Issue, find, list. A file is written once; a correction is the next revision of its number."""

import hashlib
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import log_verbs, store
from reports.documents import ACT, PROTOCOL, Act, Document, build, content_digest
from reports.drafts import Draft, heading_of, kept, press_draft
from reports.errors import DocumentUnknown, NotEnded
from reports.numbering import Numbering, coming_number, next_number
from reports.press import Pressed
from reports.queries import session_facts
from reports.register import Filter, Issued, Paper, PeriodIssued, parse_name
from reports.seal import Sealer

_OVER = {PROTOCOL: ("ended", "settled", "cancelled"), ACT: ("ended", "settled")}


async def issue_protocol(db: AsyncConnection, session: str, at: datetime, sealer: Sealer) -> Issued:
    """The protocol of a finished session: the one there is, or a new revision if facts were added.

    It is drawn inside the transaction: where others wait, go by `draft_protocol`, `press_draft` and
    `keep`. Raises: SessionUnknown, NotEnded, TotalsDiffer.
    """
    return await _issue(db, PROTOCOL, session, at, sealer)


async def issue_act(db: AsyncConnection, session: str, at: datetime, sealer: Sealer) -> Issued:
    """The act to whoever paid for the minutes; after "not resolved" the corrected one.

    It is drawn inside the transaction: where others wait, go by `draft_act`, `press_draft` and
    `keep`. Raises: SessionUnknown, NotEnded, NothingToAct, TotalsDiffer.
    """
    return await _issue(db, ACT, session, at, sealer)


async def draft_protocol(
    db: AsyncConnection, session: str, at: datetime, sealer: Sealer
) -> Issued | Draft[Document]:
    """What `issue_protocol` would issue, or the one there is. Only reads. Raises: the same."""
    return await _draft(db, PROTOCOL, session, at, sealer, coming_number)


async def draft_act(
    db: AsyncConnection, session: str, at: datetime, sealer: Sealer
) -> Issued | Draft[Document]:
    """What `issue_act` would issue, or the one there is. Only reads. Raises: the same."""
    return await _draft(db, ACT, session, at, sealer, coming_number)


async def keep(
    db: AsyncConnection, draft: Draft[Document], pressed: Pressed, sealer: Sealer
) -> Issued:
    """Issue what was drafted and pressed. Raises: Overtaken, then nothing may be committed."""
    heading, session = draft.document.heading, draft.document.facts.number
    await store.lock(db, session, heading.kind)
    await log_verbs.lock(db)
    again = await _draft(db, heading.kind, session, heading.issued_at, sealer, next_number)
    return await _kept(db, draft, again, pressed, sealer)


async def _issue(
    db: AsyncConnection, kind: str, session: str, at: datetime, sealer: Sealer
) -> Issued:
    await store.lock(db, session, kind)
    await log_verbs.lock(db)
    draft = await _draft(db, kind, session, at, sealer, next_number)
    if not isinstance(draft, Draft):
        return draft
    return await _kept(db, draft, draft, await press_draft(draft), sealer)


async def _kept(
    db: AsyncConnection,
    draft: Draft[Document],
    again: Draft[Document] | Issued,
    pressed: Pressed,
    sealer: Sealer,
) -> Issued:
    """With the paper of a settled session the head of its chain goes into the log."""
    facts, at = draft.document.facts, draft.document.heading.issued_at
    if isinstance(again, Draft) and facts.state == "settled":
        await log_verbs.log_head(db, facts.number, facts.head, at)
    return await kept(db, draft, again, pressed, sealer, _entry)


async def _draft(
    db: AsyncConnection,
    kind: str,
    session: str,
    at: datetime,
    sealer: Sealer,
    numbering: Numbering,
) -> Issued | Draft[Document]:
    facts = await session_facts(db, session, at)
    if facts.state not in _OVER[kind]:
        raise NotEnded(session, facts.state)
    content = content_digest(kind, sealer.issuer, facts)
    old = await store.latest(db, session, kind)
    if old and old.content == content:
        return old
    heading = await heading_of(db, kind, old, at, sealer.issuer, numbering)
    return Draft(build(heading, sealer.issuer, facts), content)


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
        newest=heading.revision,
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
