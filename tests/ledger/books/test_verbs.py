"""One journal with what undid it, as the accountant's page shows it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.books.verbs import journal
from tests.ledger.books.autumn import ANN, BOB, at, autumn, draft, post


async def test_a_journal_and_what_undid_it(db: AsyncConnection) -> None:
    await autumn(db)
    wrong = draft("w1", "gift", (BOB, -500), (ANN, 500), ref="S-1", memo="по ошибке")
    back = draft("w2", "reversal", (BOB, 500), (ANN, -500), ref="S-1", reverses="test:w1")
    await post(db, at(11, 21), wrong)
    alone = await journal(db, "test:w1")
    assert alone is not None
    assert (alone.reversed_by, alone.journal.id) == ("", "test:w1")
    assert (alone.journal.kind, alone.journal.ref, alone.journal.memo) == (
        "gift",
        "S-1",
        "по ошибке",
    )
    await post(db, at(11, 22), back)
    undone, undoing = await journal(db, "test:w1"), await journal(db, "test:w2")
    assert undone is not None
    assert undoing is not None
    assert (undone.reversed_by, undone.number) == ("test:w2", alone.number)
    assert (undoing.reversed_by, undoing.journal.reverses) == ("", "test:w1")
    assert undoing.number > undone.number
    assert await journal(db, "test:w3") is None
    assert await journal(db, "other:w1") is None
