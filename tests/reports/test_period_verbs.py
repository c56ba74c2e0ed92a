"""Acts and statements of real sessions: broker, metering and ledger write, paper reads."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Account, AccountKind, Money, Outcome, balance, post_many
from reports import (
    Filter,
    NothingInPeriod,
    PeriodAhead,
    Scope,
    Sealer,
    document,
    document_by_sha256,
    issue_act,
    issue_period_act,
    issue_protocol,
    issue_statement,
    period_papers,
    period_reading,
    preview_act,
    preview_statement,
    verify_file,
)
from reports.canonical import parse
from reports.period_verbs import customer_of
from reports.seal import attachment_of
from tests.ledger.books import CASH, move
from tests.reports.test_verbs import played
from tests.scenarios.stage import Stage


async def twice(db: AsyncConnection) -> Stage:
    """Two sessions that the client pays: three minutes and two."""
    stage = await played(db, "client-pays")
    await stage.opens("client-pays", Money(20_00), "Второй вопрос")
    await stage.joins(as_guest=False)
    await stage.starts("host")
    await stage.starts("client")
    await stage.seen([stage.number], 100)
    await stage.ends("client")
    return stage


def of_client(stage: Stage, role: str = "client") -> Scope:
    day = stage.now.date()
    return Scope(role, stage.people["client"].id, day, day)


async def test_an_act_of_two_sessions_and_its_correction(
    db: AsyncConnection, sealer: Sealer
) -> None:
    stage = await twice(db)
    scope, first = of_client(stage), stage.numbers[0]
    customer = await customer_of(db, scope.buyer)
    await issue_protocol(db, first, stage.now, sealer)
    made = await issue_period_act(db, scope, customer, stage.now, sealer)
    assert (made.name, made.sessions, made.minutes, made.total_minor) == (
        "U-2026-000001-r1", 2, 5, 100_00,
    )  # fmt: skip
    single = [(await issue_act(db, one, stage.now, sealer)).total_minor for one in stage.numbers]
    assert sum(single) == made.total_minor
    spent = 1000_00 - (await balance(db, Account(AccountKind.PREPAID, scope.buyer))).posted.minor
    assert spent == made.total_minor
    assert await issue_period_act(db, scope, customer, stage.now, sealer) == made
    paper = await document(db, made.number)
    assert verify_file(paper.pdf, sealer.trust_pem, stage.now).code == 0
    body = parse(attachment_of(paper.pdf)[0] or b"")
    assert [one["session"] for one in body["lines"]] == stage.numbers
    assert [bool(one["protocol"]) for one in body["lines"]] == [True, False]
    await stage.says(Outcome.UNRESOLVED, "Не помогло")
    second = await issue_period_act(db, scope, customer, stage.now, sealer)
    assert (second.name, second.total_minor) == ("U-2026-000001-r2", 68_00)  # 80 % of 40.00 back
    corrected = await document(db, second.number)
    assert verify_file(corrected.pdf, sealer.trust_pem, stage.now).code == 0
    old = await document_by_sha256(db, made.sha256)
    assert old is not None
    assert old.superseded
    assert [one.name for one in await period_papers(db)] == [second.name]
    assert len(await period_papers(db, Filter(party=scope.buyer, superseded=True))) == 2
    assert await period_papers(db, Filter(party="other")) == []
    with pytest.raises(DBAPIError, match="never changes"):
        await db.execute(text("delete from reports_period_papers"))


async def test_pairs_add_up_to_the_whole(db: AsyncConnection, sealer: Sealer) -> None:
    stage = await twice(db)
    scope, issuer = of_client(stage), sealer.issuer
    customer = await customer_of(db, scope.buyer)
    whole = await preview_act(db, scope, customer, stage.now, issuer)
    pair = replace(scope, other=stage.people["host"].id)
    assert (await preview_act(db, pair, customer, stage.now, issuer)).totals == whole.totals
    assert whole.customer.name == "Client"
    for nothing in (
        replace(scope, other="nobody"),
        replace(scope, currency="EUR"),
        replace(scope, role="consultant"),
        replace(scope, first=scope.first - timedelta(9), last=scope.last - timedelta(1)),
    ):
        with pytest.raises(NothingInPeriod):
            await preview_act(db, nothing, customer, stage.now, issuer)
    ahead = replace(scope, last=scope.last + timedelta(1))
    with pytest.raises(PeriodAhead):
        await preview_act(db, ahead, customer, stage.now, issuer)


async def test_what_a_consultant_paid(db: AsyncConnection, sealer: Sealer) -> None:
    stage = await played(db, "host-pays")
    day, host = stage.now.date(), stage.people["host"].id
    scope = Scope("consultant", host, day, day)
    made = await preview_act(db, scope, await customer_of(db, host), stage.now, sealer.issuer)
    assert (made.totals.kept, made.lines[0].price, made.lines[0].platform) == (3_00, 1_00, 3_00)
    assert made.lines[0].other_name == "Client"


async def test_a_statement(db: AsyncConnection, sealer: Sealer) -> None:
    stage = await twice(db)
    scope = of_client(stage, "wallet")
    customer = await customer_of(db, scope.buyer)
    made = await issue_statement(db, scope, customer, stage.now, sealer)
    assert (made.name, made.minutes, made.total_minor) == ("L-2026-000001-r1", 5, 900_00)
    assert await issue_statement(db, scope, customer, stage.now, sealer) == made
    one = await preview_statement(db, scope, customer, stage.now, sealer.issuer)
    assert [(line.kind, line.charges) for line in one.movements][1:] == [
        ("minute", 3),
        ("minute", 2),
    ]
    assert one.totals.debits == 100_00
    paper = await document(db, made.name)
    assert verify_file(paper.pdf, sealer.trust_pem, stage.now).code == 0
    later = replace(scope, first=scope.first + timedelta(1), last=scope.last + timedelta(1))
    tomorrow = stage.now + timedelta(1)
    empty = await preview_statement(db, later, customer, tomorrow, sealer.issuer)
    assert (empty.totals.opening, empty.totals.closing, empty.movements) == (900_00, 900_00, ())
    earlier = replace(scope, first=scope.first - timedelta(1), last=scope.last - timedelta(1))
    before = await preview_statement(db, earlier, customer, stage.now, sealer.issuer)
    assert (before.totals.opening, before.totals.closing, before.movements) == (0, 0, ())


async def test_each_entry_stands_in_one_statement_though_clocks_differ(
    db: AsyncConnection, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four entries around midnight, the third by a clock that is a second behind."""
    monkeypatch.setattr(period_reading, "PAGE", 2)
    stage = Stage(db)
    await stage.prepare()
    client, midnight = stage.people["client"].id, datetime(2026, 11, 20, 21, tzinfo=UTC)
    account, second = Account(AccountKind.PREPAID, client), timedelta(seconds=1)
    for n, at in enumerate((-second, second, -second, 2 * second)):
        await post_many(db, [move(f"t{n}", CASH, account, 1_00, ref=f"top-{n}")], midnight + at)
    days = [date(2026, 11, day) for day in (20, 21, 22)]
    shown = []
    for day in days:
        scope = Scope("wallet", client, day, day)
        customer, at = await customer_of(db, client), midnight + timedelta(days=3)
        one = await preview_statement(db, scope, customer, at, sealer.issuer)
        shown.append((one.totals.opening, [line.ref for line in one.movements], one.totals.closing))
    assert shown == [
        (0, ["top-0"], 1_00),
        (1_00, ["top-1", "top-2", "top-3"], 4_00),
        (4_00, [], 4_00),
    ]
