"""What is written down when a payee's details, standing or terms change; and who is told."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.control import Rail, audit_trail
from ledger.payouts import (
    Ripening,
    Standing,
    change_details,
    mark_told,
    ripening_of,
    set_standing,
    set_terms,
    set_weekly,
    standing_of,
    untold,
)
from ledger.payouts.clearing import TERMS
from tests.ledger.payouts.people import ANN, OLGA, OTHER_PLACE, PLACE, day, lives_in


async def test_new_details_are_told_and_written_down(db: AsyncConnection) -> None:
    await lives_in(db, "RU")
    await change_details(db, "ann", Rail.BANK, PLACE, ANN, day(1))
    await change_details(db, "ann", Rail.BANK, OTHER_PLACE, ANN, day(5))
    first, second = await untold(db)
    assert (first.key, first.party, first.kind, first.at) == (
        "payee:ann:1", "ann", "payee_changed", day(1),
    )  # fmt: skip
    assert first.facts == {"was": "", "now": "…0001", "from": day(2).isoformat()}
    assert second.facts == {"was": "…0001", "now": "…0006", "from": day(6).isoformat()}
    changed, _ = await audit_trail(db, action="payee.changed")
    assert (changed.subject, changed.actor, changed.at) == ("party:ann", ANN, day(5))
    assert changed.facts == {**second.facts, "rail": "bank", "version": 2}


async def test_what_was_told_is_not_told_again(db: AsyncConnection) -> None:
    await lives_in(db, "RU")
    await change_details(db, "ann", Rail.BANK, PLACE, ANN, day(1))
    await change_details(db, "ann", Rail.BANK, OTHER_PLACE, ANN, day(5))
    first, second = await untold(db)
    assert [one.id for one in await untold(db, limit=1)] == [first.id]
    for n in range(2):
        await mark_told(db, first.id, day(6 + n))
    assert [one.id for one in await untold(db)] == [second.id]


async def test_standing_and_terms(db: AsyncConnection) -> None:
    """Новый, по решению бухгалтера проверенный; сроки созревания меняются для всех таких."""
    assert await standing_of(db, "ann") == (Standing.NEW, True)
    assert await ripening_of(db, "ann") == TERMS[Standing.NEW]
    await set_standing(db, "ann", Standing.TRUSTED, OLGA, "год без споров", day(1))
    await set_weekly(db, "ann", False, ANN, day(2))
    assert await standing_of(db, "ann") == (Standing.TRUSTED, False)
    terms = Ripening(timedelta(days=3), 100, timedelta(days=30))
    await set_terms(db, Standing.TRUSTED, terms, OLGA, "решение правления", day(3))
    assert await ripening_of(db, "ann") == terms
    assert await ripening_of(db, "bea") == TERMS[Standing.NEW]
    rows = [
        (row.action, row.subject, row.actor.party, row.why, row.facts)
        for row in await audit_trail(db)
    ]
    assert rows == [
        (
            "payee.terms", "standing:trusted", "olga", "решение правления",
            {"clearing_days": 3, "reserve_bp": 100, "reserve_days": 30},
        ),
        ("payee.weekly", "party:ann", "ann", "", {"weekly": "no"}),
        (
            "payee.standing", "party:ann", "olga", "год без споров",
            {"was": "new", "now": "trusted"},
        ),
    ]  # fmt: skip
