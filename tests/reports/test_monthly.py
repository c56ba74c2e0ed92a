"""The way through a month: who gets what, what is there already, and the sums of all."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Outcome
from reports import (
    MONTHLY,
    Book,
    Customer,
    Draft,
    Month,
    MonthSums,
    PeriodIssued,
    Place,
    Scope,
    Sealer,
    buyers_of_month,
    coming,
    count_places,
    draft_monthly,
    issue_period_act,
    keep_period_paper,
    month_sums,
    papers_of_buyer,
    press_draft,
)
from tests.reports.test_verbs import played

NOVEMBER = Book(Month(2026, 11))
DECEMBER_4 = datetime(2026, 12, 4, 9, tzinfo=UTC)


async def issued(db: AsyncConnection, place: Place, sealer: Sealer) -> PeriodIssued | None:
    found = await draft_monthly(db, NOVEMBER, place, DECEMBER_4, sealer)
    if not isinstance(found, Draft):
        return found
    return await keep_period_paper(db, found, await press_draft(found), sealer)


async def way(db: AsyncConnection, sealer: Sealer, book: Book, limit: int) -> list[Place]:
    found: list[Place] = []
    while page := await coming(db, book, found[-1] if found else None, sealer.issuer, limit):
        found += page
    return found


async def test_everybody_gets_his_papers_once(db: AsyncConnection, sealer: Sealer) -> None:
    """And who had no movement gets no statement; requisites that somebody gave stay."""
    stage = await played(db, "client-pays", 90)
    host, client = stage.people["host"].id, stage.people["client"].id
    places = await way(db, sealer, NOVEMBER, 1)
    assert places == [
        Place("client", client),
        *(Place("wallet", one) for one in sorted((host, client))),
    ]
    assert await count_places(db, NOVEMBER, sealer.issuer) == len(places)
    assert await way(db, sealer, replace(NOVEMBER, currency="EUR"), 9) == [places[0]]
    nothing = await draft_monthly(
        db, replace(NOVEMBER, currency="EUR"), places[0], DECEMBER_4, sealer
    )
    assert nothing is None
    october = replace(NOVEMBER, month=Month(2026, 10))
    assert await way(db, sealer, october, 9) == places[1:], "they have moved since"
    assert await draft_monthly(db, october, places[1], DECEMBER_4, sealer) is None
    given, day = Customer(client, "ООО «Ромашка»", "7707083893", "773601001"), stage.now.date()
    await issue_period_act(db, Scope("client", client, day, day), given, stage.now, sealer)
    first = [await issued(db, place, sealer) for place in places]
    assert [await issued(db, place, sealer) for place in places] == first
    assert await month_sums(db, NOVEMBER, sealer.issuer) == MonthSums(1, 40_00, 40_00)
    assert await buyers_of_month(db, NOVEMBER, "", 9) == sorted((host, client))
    mine = await papers_of_buyer(db, NOVEMBER, client)
    assert {(one.kind, one.buyer_name) for one in mine} == {
        ("period-act", given.name),
        ("statement", given.name),
    }
    await stage.says(Outcome.UNRESOLVED, "Не помогло")
    assert (await month_sums(db, NOVEMBER, sealer.issuer)).turnover == 8_00
    corrected = await issued(db, places[0], sealer)
    assert corrected is not None
    assert (corrected.number, corrected.revision) == ("U-2026-000002", 2)
    assert (await month_sums(db, NOVEMBER, sealer.issuer)).certified == 8_00


def test_names_of_kinds_stay() -> None:
    """A closing that was cut off goes on from one of these."""
    assert [*MONTHLY][:4] == ["client", "consultant", "wallet", "earnings"]
