"""A party says where it lives; the ledger's rails obey."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from ledger import Account, AccountKind
from ledger.control import Rail, audit_trail, rails_of, residence
from tests.ledger.books import fund
from tests.ledger.control.people import AT

ROLES = frozenset({"client"})


async def test_said_at_sign_up(db: AsyncConnection) -> None:
    ivan = await parties.register(
        db, "Иван", "ivan@example.ru", ROLES, "ru", AT, country="ru", address="198.51.100.7"
    )
    assert await rails_of(db, ivan.id) == {Rail.BANK}
    [row] = await audit_trail(db)
    assert (row.actor.party, row.actor.role, row.actor.address) == (ivan.id, "self", "198.51.100.7")


async def test_nothing_said_no_rail(db: AsyncConnection) -> None:
    nemo = await parties.register(db, "Немо", "nemo@example.ru", ROLES, "ru", AT)
    assert await residence(db, nemo.id) is None
    assert await rails_of(db, nemo.id) == frozenset()


async def test_a_move_is_taken_or_waits(db: AsyncConnection) -> None:
    anna = await parties.register(db, "Анна", "a@example.de", ROLES, "ru", AT, country="DE")
    assert await parties.move(db, anna, "AT", AT)
    await fund(db, Account(AccountKind.PREPAID, anna.id), 500)
    assert not await parties.move(db, anna, "RU", AT)
    assert await rails_of(db, anna.id) == {Rail.CARD}


async def test_what_cannot_be_taken(db: AsyncConnection) -> None:
    guest = await parties.register_guest(db, "Гость", "S-2026-000001", "ru", AT)
    with pytest.raises(parties.BadParty, match="guest"):
        await parties.move(db, guest, "RU", AT)
    with pytest.raises(parties.BadParty) as bad:
        await parties.register(db, "Икс", "x@example.ru", ROLES, "ru", AT, country="XX")
    assert bad.value.field == "country"
