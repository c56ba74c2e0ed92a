"""A letter about a month's papers: once for the same papers, in the party's language."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import notices, parties

AT = datetime(2026, 12, 4, 9, tzinfo=UTC)


async def test_one_letter_for_the_same_papers(db: AsyncConnection) -> None:
    roles = frozenset({"client"})
    ann = await parties.register(db, "Ann", "ann@example.org", roles, "en", AT)
    lines = ["Act for a period U-2026-000001: https://x.example/a", "Statement\nL-1: https://b"]
    facts = (ann.id, "November 2026", lines, AT)
    assert await notices.month_ready(db, "2026-11:a", *facts)
    assert not await notices.month_ready(db, "2026-11:a", *facts)
    assert await notices.month_ready(db, "2026-11:b", *facts)
    letter = (await notices.outbox(db))[0]
    assert (letter.subject, letter.to) == ("Your documents for November 2026", "ann@example.org")
    assert letter.text.splitlines()[2:] == [lines[0], "Statement L-1: https://b"]


async def test_a_guest_has_no_address(db: AsyncConnection) -> None:
    guest = await parties.register_guest(db, "Гость", "S-2026-000001", "ru", AT)
    assert not await notices.month_ready(db, "2026-11:c", guest.id, "ноябрь 2026", ["x"], AT)
