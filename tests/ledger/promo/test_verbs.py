"""Grants on real books: given once, offered until their day, drained afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Draft, Money, Outcome, Terms, check, hold, promo, settle
from ledger.promo import Grant, GrantConflict
from tests.ledger.books import ANN, AT, BOB, ESCROW, SESSION, available, post

DAY = timedelta(days=1)


def grant(campaign: str, minor: int, days: int, party: str = "bob") -> Grant:
    return Grant(campaign, party, Money(minor), AT, AT + days * DAY)


async def test_a_campaign_grants_to_a_party_once(db: AsyncConnection) -> None:
    given = grant("welcome", 500, 30)
    for _ in range(2):
        assert await promo.grant(db, given, AT) == given
    for other in (grant("welcome", 501, 30), grant("welcome", 500, 31)):
        with pytest.raises(GrantConflict) as caught:
            await promo.grant(db, other, AT)
        assert caught.value.grant == "welcome:bob"
    assert await available(db, given.purse) == 500
    assert await promo.granted_to(db, "bob") == [given]
    assert await promo.granted_to(db, "eve") == []


async def test_purses_are_offered_until_their_moment_the_first_to_expire_first(
    db: AsyncConnection,
) -> None:
    for one in (grant("late", 500, 9), grant("soon", 300, 2), grant("other", 9, 9, "eve")):
        await promo.grant(db, one, AT)
    offered = [p.account.owner for p in await promo.purses(db, "bob", "RUB", AT)]
    assert offered == ["soon:bob", "late:bob"]
    eve = AT + 2 * DAY
    before, after = eve - timedelta(microseconds=1), eve
    assert len(await promo.purses(db, "bob", "RUB", before)) == 2
    assert [p.account.owner for p in await promo.purses(db, "bob", "RUB", after)] == ["late:bob"]
    assert await promo.purses(db, "bob", "USD", AT) == []


async def test_credit_that_is_held_is_neither_offered_nor_expired(db: AsyncConnection) -> None:
    given = await promo.grant(db, grant("welcome", 500, 2), AT)
    await hold(db, "next minute", given.purse, Money(200), AT)
    assert [p.available for p in await promo.purses(db, "bob", "RUB", AT)] == [Money(300)]
    assert await promo.expire(db, AT + 3 * DAY) == 1
    assert await promo.expire(db, AT + 3 * DAY) == 0
    assert await available(db, given.purse) == 0


async def test_credit_that_comes_back_after_its_day_expires_with_the_next_sweep(
    db: AsyncConnection,
) -> None:
    given = await promo.grant(db, grant("welcome", 1000, 2), AT)
    purses = await promo.purses(db, "bob", "RUB", AT)
    legs = promo.charge_legs(Money(600), BOB, ESCROW, purses)
    await post(db, Draft("tick", f"{SESSION}:1", "minute", legs, SESSION))
    late = AT + 3 * DAY
    assert await promo.expire(db, late) == 1
    await settle(db, SESSION, BOB, Terms(ANN), Outcome.UNRESOLVED, late)
    assert await available(db, given.purse) == 480
    assert await promo.purses(db, "bob", "RUB", late) == []
    assert await promo.expire(db, late) == 1
    campaign = Account(AccountKind.PROMO_ISSUED, "welcome")
    assert (await available(db, given.purse), await available(db, campaign)) == (0, 0)
    assert await available(db, Account(AccountKind.PROMO_COST)) == -120
    assert await check(db) == []


@pytest.mark.parametrize(("minor", "days"), [(0, 1), (-5, 1), (5, 0)])
def test_what_is_no_grant(minor: int, days: int) -> None:
    with pytest.raises(ValueError, match="no grant"):
        grant("welcome", minor, days)
