"""From "pay me by card" to an account that takes transfers; news in any order."""

import itertools
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Money
from ledger.acquirer import Notice
from ledger.cards import connect
from ledger.cards.connect import AccountState, NoAccount
from ledger.cards.errors import NotYet
from ledger.connected import ArrivalFact, ArrivalStatus
from ledger.control import Rail, WrongRail
from ledger.errors import GatewayRefused, GatewayUnreachable
from ledger.payouts import payee_details, untold
from tests.ledger.cards.auto_top_up.people import Clock, transactions
from tests.ledger.cards.connect.people import OPEN, READY, FakePayees
from tests.ledger.payouts.people import ANN, day, lives_in

S = AccountState


async def plan(db: AsyncConnection) -> connect.Connected:
    await lives_in(db, "DE")
    return await connect.plan_account(db, "ann", "stripe", "DE", "ann@example.test", ANN, day(0))


async def test_from_plan_to_details(db: AsyncConnection) -> None:
    keeper, clock = FakePayees(fact=OPEN), Clock(day(0))
    planned = await plan(db)
    with pytest.raises(NoAccount):
        await connect.onboarding_url(keeper, planned, "https://a.test", "https://b.test")
    opened = await connect.open_account(transactions(db), keeper, clock, planned)
    assert (opened.state, opened.ref, opened.due) == (S.OPEN, "acct_1", OPEN.due)
    url = await connect.onboarding_url(keeper, opened, "https://a.test", "https://b.test")
    assert url == "https://connect.test/acct_1"
    assert await payee_details(db, "ann") is None
    keeper.fact = READY
    active = await connect.see_account(transactions(db), keeper, clock, opened)
    assert active.state is S.ACTIVE
    details = await payee_details(db, "ann")
    assert details is not None
    assert (details.rail, details.destination) == (Rail.CARD, "acct_1")
    assert details.cooling(day(0))
    assert not details.cooling(day(1))
    assert [one.kind for one in await untold(db)] == ["payee_account", "payee_changed"]


async def test_one_account_a_payee(db: AsyncConnection) -> None:
    keeper, clock = FakePayees(), Clock(day(0))
    keeper.trouble = [GatewayUnreachable("silent")]
    planned = await plan(db)
    silent = await connect.open_account(transactions(db), keeper, clock, planned)
    assert silent.state is S.PLANNED
    assert await connect.work_accounts(transactions(db), keeper, clock) == 1
    assert await connect.work_accounts(transactions(db), keeper, clock) == 0
    assert keeper.asked[0] == keeper.asked[1]
    again = await plan(db)
    assert again.state is S.ACTIVE
    assert await connect.open_account(transactions(db), keeper, clock, again) == again
    assert len(keeper.asked) == 2


async def test_the_acquirer_will_not_have_this_payee(db: AsyncConnection) -> None:
    keeper = FakePayees(trouble=[GatewayRefused("country_unsupported")])
    planned = await plan(db)
    same = await connect.open_account(transactions(db), keeper, Clock(day(0)), planned)
    assert same.state is S.PLANNED


async def test_not_for_a_payee_in_russia(db: AsyncConnection) -> None:
    await lives_in(db, "RU")
    with pytest.raises(WrongRail):
        await connect.plan_account(db, "ann", "stripe", "RU", "", ANN, day(0))


def notice(kind: str, subject: str, account: str = "acct_1") -> Notice:
    return Notice("stripe", f"evt_{kind}_{subject}", kind, subject, day(0), account)


async def own_look(notice: Notice) -> None:
    return None


async def own_apply(*_given: object) -> str:
    return "own"


async def news(db: AsyncConnection, keeper: FakePayees, one: Notice) -> str:
    """As the inbox does it."""
    found = connect.ways(keeper, own_look, own_apply)
    look, apply = next(way for kind, way in found.items() if one.kind.startswith(kind))
    return await apply(db, one, await look(one), day(1))


async def test_news_of_the_account(db: AsyncConnection) -> None:
    """Ограничили, потом сняли: реквизиты те же и не остывают заново."""
    keeper, clock = FakePayees(), Clock(day(0))
    with pytest.raises(NotYet):
        await news(db, keeper, notice("account.updated", "acct_1"))
    await connect.open_account(transactions(db), keeper, clock, await plan(db))
    keeper.fact = replace(OPEN, disabled="requirements.past_due")
    assert await news(db, keeper, notice("account.updated", "acct_1")) == "restricted"
    keeper.fact = READY
    assert await news(db, keeper, notice("capability.updated", "transfers")) == "active"
    assert await news(db, keeper, notice("account.updated", "acct_1")) == "active"
    details = await payee_details(db, "ann")
    assert details is not None
    assert (details.version, details.effective_from) == (1, day(1))


async def test_payouts_of_our_own_account_stay_the_inboxs(db: AsyncConnection) -> None:
    assert await news(db, FakePayees(), notice("payout.paid", "po_1", "")) == "own"


@pytest.mark.parametrize("order", list(itertools.permutations(ArrivalStatus)))
async def test_arrivals_in_any_order(db: AsyncConnection, order: tuple[ArrivalStatus, ...]) -> None:
    keeper, clock = FakePayees(), Clock(day(0))
    await connect.open_account(transactions(db), keeper, clock, await plan(db))
    for status in (*order, *order):
        fact = ArrivalFact("po_1", "acct_1", status, Money(1000, "EUR"), "account_closed")
        await connect.apply_arrival(db, "stripe", fact, day(1))
    [(found, _)] = await connect.arrivals_of(db, "ann")
    assert (found.status, found.amount) == (ArrivalStatus.FAILED, Money(1000, "EUR"))
    kinds = [one.kind for one in await untold(db)]
    assert kinds.count("arrival_failed") == 1
