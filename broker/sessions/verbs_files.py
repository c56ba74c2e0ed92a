"""Files from one side to the other: what is said about them. Their bytes are the web's to keep."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker.sessions import files, journal, store
from broker.sessions.errors import FileConflict, FileUnknown, WrongState
from broker.sessions.files import File
from broker.sessions.session import OPEN, Role

DUE_MAX = 100


async def offer_file(
    db: AsyncConnection,
    number: str,
    role: Role,
    id: str,
    name: str,
    size: int,
    sha256: str,
    kind: str,
    at: datetime,
    bytes_max: int,
) -> File:
    """Announce a file; the same again answers the one already announced.

    Raises: SessionUnknown, WrongState, BadFile, FileTooBig, TooManyFiles, FileRefused,
    FileConflict (one id, two files).
    """
    made = files.offer(number, role, id, name, size, sha256, kind, at, bytes_max)
    found = await store.lock(db, number)
    known = await store.file_of(db, number, id)
    if known is not None:
        if not files.same_offer(known, made):
            raise FileConflict(number, id)
        return known
    if found.state not in OPEN:
        raise WrongState(number, found.state.value, "file")
    files.check_room(await store.files_of(db, number), made, bytes_max)
    body = {"id": id, "by": role, "name": made.name, "size": size, "sha256": sha256}
    await journal.write(db, number, [("file_offered", body)], at)
    await store.put_file(db, made)
    return made


async def file(db: AsyncConnection, number: str, id: str) -> File:
    """Raises: FileUnknown."""
    found = await store.file_of(db, number, id)
    if found is None:
        raise FileUnknown(number, id)
    return found


async def files_of(db: AsyncConnection, number: str) -> list[File]:
    """In the order in which they were offered."""
    return await store.files_of(db, number)


async def file_arrived(db: AsyncConnection, number: str, id: str, at: datetime) -> File:
    """All bytes are there and are the ones announced. Raises: FileUnknown, WrongFileState."""
    known = await _locked(db, number, id)
    return await _keep(db, known, files.arrived(known), "file_received", {"id": id}, at)


async def answer_file(
    db: AsyncConnection, number: str, role: Role, id: str, accepts: bool, at: datetime
) -> File:
    """Accept or decline. Raises: FileUnknown, NotYours, WrongFileState."""
    known = await _locked(db, number, id)
    kind = "file_accepted" if accepts else "file_declined"
    changed = files.answered(known, role, accepts)
    return await _keep(db, known, changed, kind, {"id": id, "by": role}, at)


async def withdraw_file(
    db: AsyncConnection, number: str, role: Role, id: str, at: datetime
) -> File:
    """Take an offer back. Raises: FileUnknown, NotYours, WrongFileState."""
    known = await _locked(db, number, id)
    changed = files.withdrawn(known, role)
    return await _keep(db, known, changed, "file_withdrawn", {"id": id, "by": role}, at)


async def files_due(db: AsyncConnection, before: datetime) -> list[File]:
    """Files offered before that moment whose bytes may still be there, the oldest first."""
    return await store.files_due(db, before, DUE_MAX)


async def file_erased(db: AsyncConnection, number: str, id: str, at: datetime) -> File:
    """Its bytes are gone; the record says when. Raises: FileUnknown."""
    known = await _locked(db, number, id)
    changed = files.erased(known)
    return await _keep(db, known, changed, "file_erased", {"id": id}, at)


async def _locked(db: AsyncConnection, number: str, id: str) -> File:
    await store.lock(db, number)
    return await file(db, number, id)


async def _keep(
    db: AsyncConnection,
    known: File,
    changed: File,
    kind: str,
    body: dict[str, str],
    at: datetime,
) -> File:
    """Write down what changed; nothing when nothing did."""
    if changed != known:
        await journal.write(db, known.session, [(kind, body)], at)
        await store.put_file(db, changed)
    return changed
