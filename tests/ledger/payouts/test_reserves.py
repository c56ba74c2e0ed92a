"""What is kept back of earnings, and given back: row by row, kopeck by kopeck."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Draft, Leg, Money, check, journals_of, post_many
from ledger.payouts import Standing, block, cleared, keep_reserves, release_reserves, set_standing
from ledger.payouts.clearing import TERMS
from ledger.payouts.reserves import Earning, keep
from ledger.payouts.verbs_payees import set_terms
from tests.ledger.payouts.people import OLGA, PETER, books, day, earn, posted, rub

RESERVE = AccountKind.RESERVE


async def test_five_percent_for_sixty_days(db: AsyncConnection) -> None:
    """Сеансы 1 000,00 и 333,33: в резерве 50,00 и 16,66; через 60 дней каждый вернулся."""
    await earn(db, 100_000, day(0), "S-2026-000001")
    await earn(db, 33_333, day(1), "S-2026-000002")
    assert await keep_reserves(db, day(1)) == 1
    assert await books(db) == {"earned": 126_667, "reserve": 6_666}
    kept = await journals_of(db, "S-2026-000002")
    assert [one.id for one in kept][-1] == "reserve:ann:settle:S-2026-000002:ann"
    assert await release_reserves(db, day(59)) == 0
    assert await release_reserves(db, day(60)) == 1
    assert await books(db) == {"earned": 131_667, "reserve": 1_666}
    assert await release_reserves(db, day(61)) == 1
    assert await books(db) == {"earned": 133_333}
    assert await check(db) == []


async def test_keeping_again_keeps_nothing(db: AsyncConnection) -> None:
    await earn(db, 100_000, day(0), "S-2026-000001")
    assert await keep_reserves(db, day(0)) == 1
    assert await keep_reserves(db, day(0)) == 0
    await release_reserves(db, day(60))
    await keep_reserves(db, day(60))
    assert await books(db) == {"earned": 100_000}
    assert (await cleared(db, "ann", "RUB", day(60))).cleared == rub(100_000)


async def test_several_payees_of_one_journal(db: AsyncConnection) -> None:
    """Консилиум: одна проводка, двое получателей, у каждого свой резерв."""
    legs = (
        Leg(Account(AccountKind.CASH, "demo"), -30_000),
        Leg(Account(AccountKind.EARNINGS, "ann"), 20_000),
        Leg(Account(AccountKind.EARNINGS, "eve"), 10_000),
    )
    await post_many(db, [Draft("settle", "S-1", "settlement", legs, "S-1")], day(0))
    assert await keep_reserves(db, day(0)) == 2
    assert (await posted(db, RESERVE, "ann"), await posted(db, RESERVE, "eve")) == (1000, 500)


async def test_what_went_back_to_the_payer_keeps_nothing(db: AsyncConnection) -> None:
    await earn(db, 100_000, day(0), "S-2026-000001")
    back = (
        Leg(Account(AccountKind.EARNINGS, "ann"), -100_000),
        Leg(Account(AccountKind.PREPAID, "bob"), 100_000),
    )
    await post_many(db, [Draft("ruling", "S-1", "ruling", back, "S-2026-000001")], day(0))
    await keep_reserves(db, day(0))
    assert await books(db) == {}
    assert await keep_reserves(db, day(0)) == 0


async def test_a_dispute_that_took_from_the_reserve_shortens_what_goes_back(
    db: AsyncConnection,
) -> None:
    """В резерве 50,00 и 16,66; спор забрал 30,00: вернётся 20,00 и 16,66."""
    await earn(db, 100_000, day(0), "S-2026-000001")
    await earn(db, 33_333, day(1), "S-2026-000002")
    await keep_reserves(db, day(1))
    lost = (
        Leg(Account(RESERVE, "ann"), -3_000),
        Leg(Account(AccountKind.DISPUTED, "d1"), 3_000),
    )
    await post_many(db, [Draft("dispute", "d1", "dispute_lost", lost)], day(30))
    await release_reserves(db, day(60))
    assert await books(db) == {"earned": 128_667, "reserve": 1_666}
    await release_reserves(db, day(61))
    assert await books(db) == {"earned": 130_333}


async def test_nothing_goes_back_during_a_dispute(db: AsyncConnection) -> None:
    await earn(db, 100_000, day(0), "S-2026-000001")
    await keep_reserves(db, day(0))
    await block(db, "ann", "d1", rub(1), "спор", day(50))
    assert await release_reserves(db, day(60)) == 0


async def test_terms_are_data(db: AsyncConnection) -> None:
    """10 % новых на 30 дней; что удержано раньше, возвращается в свой срок."""
    await earn(db, 100_000, day(0), "S-2026-000001")
    await keep_reserves(db, day(0))
    ours = TERMS[Standing.NEW].__class__(TERMS[Standing.NEW].clearing, 1000, day(30) - day(0))
    await set_terms(db, Standing.NEW, ours, OLGA, "больше споров", day(1))
    await earn(db, 100_000, day(2), "S-2026-000002")
    await keep_reserves(db, day(2))
    assert await posted(db, RESERVE, "ann") == 15_000
    await release_reserves(db, day(32))
    assert await posted(db, RESERVE, "ann") == 5_000
    await set_standing(db, "ann", Standing.TRUSTED, PETER, "", day(33))
    await earn(db, 100_000, day(33), "S-2026-000003")
    await keep_reserves(db, day(33))
    assert await posted(db, RESERVE, "ann") == 10_000


def test_less_than_a_kopeck_is_not_kept() -> None:
    earning = Earning("settle:S-1", "S-1", Money(19), day(0), 1)
    assert keep("ann", earning, TERMS[Standing.NEW]) is None


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(amounts=st.lists(st.integers(1, 10**7), min_size=1, max_size=6))
async def test_the_reserve_equals_its_rows_and_all_comes_back(
    db: AsyncConnection, amounts: list[int]
) -> None:
    async with db.begin_nested() as example:
        for n, minor in enumerate(amounts):
            await earn(db, minor, day(n), f"S-{n}")
            if n % 2:
                await keep_reserves(db, day(n))
        await keep_reserves(db, day(9))
        kept = await db.execute(text("SELECT coalesce(sum(kept), 0) FROM ledger_payouts_reserve"))
        assert await posted(db, RESERVE, "ann") == kept.scalar_one()
        assert await posted(db, RESERVE, "ann") == sum(minor // 20 for minor in amounts)
        while await release_reserves(db, day(90), limit=2):
            pass
        assert await posted(db, RESERVE, "ann") == 0
        assert await posted(db, AccountKind.EARNINGS, "ann") == sum(amounts)
        await example.rollback()
