"""What the room keeps of files, and what the record says of them for ever."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.sessions import File, Role, errors, files, journal
from tests.broker.builders import NOON, after
from tests.broker.sessions.test_verbs_talk import together

SHA = "cd" * 32
MB = 1024 * 1024


async def offer(db: AsyncConnection, number: str, id: str, role: Role = "client") -> File:
    told = (id, "счёт.pdf", 10, SHA, "application/pdf")
    return await sessions.offer_file(db, number, role, *told, at=NOON, bytes_max=MB)


async def kinds(db: AsyncConnection, number: str) -> list[str]:
    return [f.kind for f in await journal.facts(db, number) if f.kind.startswith("file_")]


async def test_a_file_goes_its_way_and_the_record_tells_it(db: AsyncConnection) -> None:
    number = (await together(db)).number
    made = await offer(db, number, "file-0001")
    assert await offer(db, number, "file-0001") == made
    await sessions.answer_file(db, number, "host", "file-0001", True, after(1))
    await sessions.answer_file(db, number, "host", "file-0001", True, after(2))
    whole = await sessions.file_arrived(db, number, "file-0001", after(3))
    assert (whole.state, whole.accepted) == ("whole", True)
    assert await sessions.files_of(db, number) == [whole]
    gone = await sessions.file_erased(db, number, "file-0001", after(9))
    assert await sessions.file(db, number, "file-0001") == gone
    told = ["file_offered", "file_accepted", "file_received", "file_erased"]
    assert await kinds(db, number) == told
    facts = await journal.facts(db, number)
    (fact,) = [f for f in facts if f.kind == "file_offered"]
    assert dict(fact.body) == {
        "id": "file-0001", "by": "client", "name": "счёт.pdf", "size": 10, "sha256": SHA,
    }  # fmt: skip
    journal.verify_chain(facts)


async def test_one_id_is_one_file(db: AsyncConnection) -> None:
    number = (await together(db)).number
    await offer(db, number, "file-0001")
    with pytest.raises(errors.FileConflict):
        await offer(db, number, "file-0001", "host")
    with pytest.raises(errors.FileUnknown):
        await sessions.file(db, number, "file-0002")


async def test_declined_and_withdrawn_are_kept_in_the_record(db: AsyncConnection) -> None:
    number = (await together(db)).number
    for id in ("file-0001", "file-0002"):
        await offer(db, number, id)
    await sessions.answer_file(db, number, "host", "file-0001", False, after(1))
    await sessions.withdraw_file(db, number, "client", "file-0002", after(1))
    assert [one.state for one in await sessions.files_of(db, number)] == ["declined", "withdrawn"]
    assert (await kinds(db, number))[2:] == ["file_declined", "file_withdrawn"]


async def test_a_session_has_so_many_files_and_none_after_its_end(db: AsyncConnection) -> None:
    number = (await together(db)).number
    for n in range(files.FILES_MAX):
        await offer(db, number, f"file-{n:04d}")
    with pytest.raises(errors.TooManyFiles):
        await offer(db, number, "file-more")
    await sessions.hang_up(db, number, "host", "asked", after(5))
    with pytest.raises(errors.WrongState):
        await offer(db, number, "file-late")


async def test_what_is_due_is_what_was_offered_before_and_not_erased(db: AsyncConnection) -> None:
    number = (await together(db)).number
    await offer(db, number, "file-0001")
    assert await sessions.files_due(db, NOON) == []
    month = NOON + timedelta(days=30)
    assert [one.id for one in await sessions.files_due(db, month)] == ["file-0001"]
    await sessions.file_erased(db, number, "file-0001", month)
    assert await sessions.files_due(db, month) == []
