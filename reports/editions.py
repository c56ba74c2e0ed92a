"""The English edition of a session's paper: the issued data, drawn in another language. ADR 0033.

    pressed = await press_edition(paper)                         # outside of a transaction
    file = await keep_edition(writing, paper, pressed, sealer, at)
    issued = await registered(db, data)                          # a file as issued, or its edition

It is no new document: number, revision, moment and sums are those of the register. It is made when
asked for and not stored; its own digest goes into the log once, and the same bytes come each time.
"""

import asyncio
import hashlib
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import log_verbs, store
from reports.canonical import Json, parse
from reports.documents import FORMAT, from_session_json, in_language
from reports.headings import ENGLISH
from reports.press import Pressed, finished, pressed
from reports.register import Issued, Paper, PeriodIssued, parse_name
from reports.seal import Sealer, attachment_of


async def press_edition(paper: Paper) -> Pressed:
    """The drawn English file of an issued protocol or act. Raises: ValueError for other papers."""
    return await asyncio.to_thread(_pressed, paper.pdf)


def _pressed(pdf: bytes) -> Pressed:
    return pressed(in_language(from_session_json(_body(pdf)), ENGLISH))


async def keep_edition(
    db: AsyncConnection, paper: Paper, file: Pressed, sealer: Sealer, at: datetime
) -> bytes:
    """The sealed file, in the log as of `at` when it is asked for the first time."""
    issued = paper.issued
    proof = await log_verbs.include(db, file.sha256, f"{issued.name}-{ENGLISH}", sealer.log, at)
    return await asyncio.to_thread(finished, file, proof, sealer, issued.issued_at)


async def registered(db: AsyncConnection, data: bytes) -> Issued | PeriodIssued | None:
    """The paper that these bytes are, or are an English edition of. Of an edition only the data are
    compared: ask it of a file that `verify_file` found authentic."""
    found = await store.by_sha256(db, hashlib.sha256(data).hexdigest())
    if found is not None:
        return found
    try:
        body = await asyncio.to_thread(_body, data)
        told, head = _plain(body), body["document"]
        english = head.get("language") == ENGLISH  # a Russian file is the one issued, or is not
        name = parse_name(f"{head['number']}-r{head['revision']}") if english else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # no data of ours, or damaged ones
    original = await store.paper(db, *name) if name else None
    if original is None or not isinstance(original.issued, Issued):
        return None
    return original.issued if _plain(_body(original.pdf)) == told else None


def _body(pdf: bytes) -> Json:
    """The data attached to a session's paper. Raises: ValueError where there are none."""
    raw, why = attachment_of(pdf)
    body = parse(raw) if raw else {}
    if body.get("format") != FORMAT:
        raise ValueError(f"no data of a session: {why}")
    return body


def _plain(body: Json) -> Json:
    """What does not depend on the language and on the version of the layout."""
    head = {name: value for name, value in body["document"].items() if name != "language"}
    return {name: value for name, value in body.items() if name != "template"} | {"document": head}
