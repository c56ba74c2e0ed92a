"""Reconciliation acts and agent's reports of real sessions: two consultants and two clients."""

from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from broker.sessions.schema import company
from ledger import Account, AccountKind, Draft, Leg, Money, Outcome, balance, post_many
from ledger import trial_balance as trial
from reports import (
    AGENT_REPORT,
    RECONCILIATION,
    NothingInPeriod,
    Scope,
    Sealer,
    document,
    document_by_sha256,
    issue_act,
    issue_period_paper,
    preview_act,
    preview_agent_report,
    preview_reconciliation,
    verify_file,
)
from reports.canonical import parse
from reports.period_verbs import customer_of
from reports.seal import attachment_of
from tests.scenarios.stage import Stage

HOSTS, CLIENTS = ("host", "host2"), ("client", "client2")


async def of_four(db: AsyncConnection) -> Stage:
    """Five sessions, the first of two minutes: each pair once, the first pair twice."""
    stage = Stage(db)
    await stage.prepare()
    for name, role in (("host2", "consultant"), ("client2", "client")):
        stage.people[name] = await parties.register(
            db, name.title(), f"{name}@example.org", frozenset({role}), "ru", stage.now
        )
    for client in CLIENTS:
        await stage.tops_up(client, Money(1000_00))
    every = dict(stage.people)
    for n, (host, client) in enumerate((*product(HOSTS, CLIENTS), ("host", "client"))):
        stage.people |= {"host": every[host], "client": every[client]}
        await sells(stage, Money(20_00 + n * 1_01), 5 if n else 62)
        if n < 3:
            await stage.says((Outcome.RESOLVED, Outcome.UNRESOLVED)[n % 2], "Не то")
    stage.people |= every
    return stage


async def of_two(db: AsyncConnection) -> Stage:
    """A session of a minute for 60.00, whose outcome is not known yet."""
    stage = Stage(db)
    await stage.prepare()
    await stage.tops_up("host", Money(100_00))
    await stage.tops_up("client", Money(1000_00))
    await sells(stage, Money(60_00), 5)
    return stage


async def sells(stage: Stage, price: Money, seconds: int) -> None:
    await stage.opens("client-pays", price, "Не сходится НДФЛ")
    await stage.joins(as_guest=False)
    await stage.starts("host")
    await stage.starts("client")
    await stage.seen([stage.number], seconds)
    await stage.ends("client")


def about(stage: Stage, role: str, who: str) -> Scope:
    day = stage.now.date()
    return Scope(role, stage.people[who].id, day, day)


async def pay_out(db: AsyncConnection, stage: Stage, who: str, minor: int) -> None:
    earnings = Account(AccountKind.EARNINGS, stage.people[who].id)
    transit = Account(AccountKind.PAYOUT, "payout-17")
    legs = (Leg(earnings, -minor), Leg(transit, minor))
    [done] = await post_many(db, [Draft("payout", "17", "payout", legs, "payout-17")], stage.now)
    done.raise_for_status()


async def test_reports_pairs_clients_and_the_ledger_say_one_sum(
    db: AsyncConnection, sealer: Sealer
) -> None:
    stage, issuer = await of_four(db), sealer.issuer

    async def report(host: str) -> dict[str, int]:
        scope = about(stage, "principal", host)
        customer = await customer_of(db, scope.buyer)
        made = await preview_agent_report(db, scope, customer, stage.now, issuer)
        assert made.reckoning.closing == made.reckoning.here == made.totals.own
        names = ("sessions", "charged", "refunded", "sold", "fee", "own", "waiting")
        return {name: getattr(made.totals, name) for name in names}

    async def kept(scope: Scope) -> int:
        customer = await customer_of(db, scope.buyer)
        return (await preview_act(db, scope, customer, stage.now, issuer)).totals.kept

    reports = [await report(host) for host in HOSTS]
    scopes = [about(stage, "client", client) for client in CLIENTS]
    pairs = [replace(one, other=stage.people[host].id) for one in scopes for host in HOSTS]
    sold = sum(one["sold"] for one in reports)
    assert sold == sum([await kept(one) for one in scopes]) == sum([await kept(p) for p in pairs])
    books = {line.kind: line.balance.minor for line in (await trial(db)).lines}
    spent = 2 * 1000_00 - books[AccountKind.PREPAID]
    assert sold == spent
    assert sum(one["fee"] for one in reports) == books[AccountKind.COMMISSION]
    assert sum(one["own"] for one in reports) == books[AccountKind.EARNINGS]
    assert sum(one["waiting"] for one in reports) == books[AccountKind.ESCROW]
    # Charged 40.00, 21.01, 22.02, 23.03, 24.04; of the second 80 % went back, two are open.
    assert [one["charged"] for one in reports] == [40_00 + 21_01 + 24_04, 22_02 + 23_03]
    assert [one["refunded"] for one in reports] == [16_81, 0]
    assert [one["fee"] for one in reports] == [4_00 + 2_10, 2_20]
    assert [one["own"] for one in reports] == [36_00 + 2_10, 19_82]
    assert [one["waiting"] for one in reports] == [24_04, 23_03]


async def test_an_agent_s_report_its_payouts_and_its_correction(
    db: AsyncConnection, sealer: Sealer
) -> None:
    stage = await of_two(db)
    scope = about(stage, "principal", "host")
    customer = await customer_of(db, scope.buyer)
    made = await issue_period_paper(db, AGENT_REPORT, scope, customer, stage.now, sealer)
    assert (made.name, made.sessions, made.total_minor) == ("G-2026-000001-r1", 1, 0)
    again = await issue_period_paper(db, AGENT_REPORT, scope, customer, stage.now, sealer)
    assert again == made
    await stage.says(Outcome.RESOLVED, "")
    await pay_out(db, stage, "host", 30_00)
    second = await issue_period_paper(db, AGENT_REPORT, scope, customer, stage.now, sealer)
    assert (second.name, second.total_minor) == ("G-2026-000001-r2", 54_00)
    old = await document_by_sha256(db, made.sha256)
    assert old is not None
    assert (old.superseded, old.superseded_by, second.superseded_by) == (True, second.name, "")
    paper = await document(db, second.number)
    assert verify_file(paper.pdf, sealer.trust_pem, stage.now).code == 0
    body = parse(attachment_of(paper.pdf)[0] or b"")
    assert body["document"]["replaces"]["sha256"] == made.sha256
    assert body["reckoning"] == {
        "opening": 0, "here": 54_00, "elsewhere": 0, "paid": -30_00, "given_back": 0,
        "reserved": 0, "other": 0, "closing": 24_00,
    }  # fmt: skip
    ours = Account(AccountKind.EARNINGS, scope.buyer)
    assert (await balance(db, ours)).posted == Money(24_00)
    stranger = replace(scope, buyer="nobody")
    with pytest.raises(NothingInPeriod):
        await preview_agent_report(db, stranger, customer, stage.now, sealer.issuer)


async def test_a_colleague_reports_the_own_share_and_the_host_the_session(
    db: AsyncConnection, sealer: Sealer
) -> None:
    stage = await of_two(db)
    await stage.says(Outcome.RESOLVED, "")
    stage.people["colleague"] = await parties.register(
        db, "Colleague", "colleague@example.org", frozenset({"consultant"}), "ru", stage.now
    )
    host, colleague = stage.people["host"].id, stage.people["colleague"].id
    called = {"session": stage.number, "n": 1, "id": "c1", "seat": "colleague-1", "name": "C"}
    called |= {"part": "colleague", "token_hash": "x", "share_bp": 2000, "state": "left"}
    await db.execute(insert(company).values(**called, party=colleague, called_us=0))
    legs = [Leg(Account(AccountKind.EARNINGS, who), minor) for who, minor in
            ((host, -10_00), (colleague, 10_00))]  # fmt: skip
    ruling = Draft("rule", "1", "ruling", tuple(legs), stage.number)
    [done] = await post_many(db, [ruling], stage.now)
    done.raise_for_status()
    told = []
    for who in ("host", "colleague"):
        scope = about(stage, "principal", who)
        customer = await customer_of(db, scope.buyer)
        made = await preview_agent_report(db, scope, customer, stage.now, sealer.issuer)
        totals = made.totals
        told.append((totals.sold, totals.own, totals.colleagues, totals.shared))
        assert made.reckoning.closing == made.reckoning.here == totals.own + totals.shared
    assert told == [(60_00, 44_00, 10_00, 0), (0, 0, 0, 10_00)]
    assert [one.host_name for one in made.shares] == ["Host"]


async def test_accounts_of_a_partner_are_reconciled_with_the_ledger(
    db: AsyncConnection, sealer: Sealer
) -> None:
    """The consultant has a wallet and earnings; the act is the sum of both, to the kopeck."""
    stage = await of_two(db)
    await stage.says(Outcome.RESOLVED, "")
    act = await issue_act(db, stage.number, stage.now, sealer)
    await pay_out(db, stage, "host", 30_00)
    for who, turnover, closing in (
        ("host", (30_00, 100_00 + 54_00), 124_00),
        ("client", (60_00, 1000_00), 940_00),
    ):
        scope = about(stage, "partner", who)
        customer = await customer_of(db, scope.buyer)
        made = await preview_reconciliation(db, scope, customer, stage.now, sealer.issuer)
        assert (made.totals.debits, made.totals.credits) == turnover
        kinds = (AccountKind.PREPAID, AccountKind.EARNINGS, AccountKind.RESERVE)
        books = [(await balance(db, Account(kind, scope.buyer))).posted.minor for kind in kinds]
        assert made.totals.closing == closing == sum(books)
        assert made.acts == ((stage.number, act.number),)
        issued = await issue_period_paper(db, RECONCILIATION, scope, customer, stage.now, sealer)
        assert issued.total_minor == closing
        paper = await document(db, issued.number)
        assert verify_file(paper.pdf, sealer.trust_pem, stage.now).code == 0
    stranger = replace(about(stage, "partner", "host"), buyer="nobody")
    empty = await preview_reconciliation(db, stranger, customer, stage.now, sealer.issuer)
    assert (len(empty.parts), empty.totals.closing, empty.totals.lines) == (1, 0, 0)
