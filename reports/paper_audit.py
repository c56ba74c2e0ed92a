"""The audit of papers: each is the file that was issued, and the log has its data and no other.

Who can write to the database can replace a file together with its digest. The leaf of its data
stands in the log, whose checkpoints are in other people's hands.
"""

import asyncio
import hashlib

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import store_log
from reports.inclusion import document_entry
from reports.log_audit import LogFault
from reports.seal import attachment_of

PAGE = 50  # files in memory at once


async def check_papers(db: AsyncConnection) -> list[LogFault]:
    """Every fault found, kinds `document_changed` and `document_log`, a moment of work a file.

    A paper from before the log waits for its leaf without being at fault.
    """
    first = await store_log.leaf_at(db, 0)
    faults = []
    async for one in store_log.kept_papers(db, PAGE):
        sha256, entry = await asyncio.to_thread(_digests, one.pdf)
        if sha256 != one.sha256:
            faults.append(LogFault("document_changed", one.name, "not the bytes that were issued"))
        if one.entries and entry not in one.entries:
            faults.append(LogFault("document_log", one.name, "its leaf is of other data"))
        if not one.entries and first is not None and first.logged_at <= one.issued_at:
            faults.append(LogFault("document_log", one.name, "the log has no leaf of it"))
    return faults


def _digests(pdf: bytes) -> tuple[str, str]:
    """Of the file, and what the log should have of it; unreadable data stand for the file."""
    data, _ = attachment_of(pdf)
    entry = document_entry(hashlib.sha256(data or pdf).hexdigest())
    return hashlib.sha256(pdf).hexdigest(), entry.decode()
