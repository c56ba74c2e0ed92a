"""Posting and settling, on both databases."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import (
    Account,
    AccountKind,
    Draft,
    HoldDraft,
    InsufficientFunds,
    Leg,
    Money,
    Outcome,
    Settlement,
    Share,
    Status,
    Terms,
    balance,
    check,
    journals_of,
    post_many,
    reverse,
    settle,
    statement,
    trial_balance,
)
from ledger.errors import DraftRefused, KeyConflict, SettledOtherwise
from ledger.journals import reversal_of
from ledger.views import journal_by_id
from tests.ledger.books import (
    ANN,
    AT,
    BOB,
    CASH,
    COMMISSION,
    ESCROW,
    SESSION,
    available,
    fund,
    move,
    post,
    rub,
)

TERMS = Terms(ANN)


async def test_minutes_move_money(db: AsyncConnection) -> None:
    await fund(db, BOB, 10000)
    minutes = [move(f"{SESSION}:{n}", BOB, ESCROW, 2000, ref=SESSION) for n in (1, 2, 3)]
    assert await post(db, *minutes) == ["posted"] * 3
    assert await available(db, BOB) == 4000
    assert await available(db, ESCROW) == 6000
    journals = await journals_of(db, SESSION)
    assert [j.id for j in journals] == [f"test:{SESSION}:{n}" for n in (1, 2, 3)]
    assert journals[0].at == AT
    assert journals[0].effective_on == AT.date()
    assert [(e.account, e.version, e.amount.minor) for e in journals[1].entries] == [
        (BOB, 3, -2000),
        (ESCROW, 2, 2000),
    ]
    assert await check(db) == []


async def test_what_is_not_there_cannot_be_spent(db: AsyncConnection) -> None:
    await fund(db, BOB, 3000)
    first, second, small = (
        move("a", BOB, ESCROW, 2000),
        move("b", BOB, ESCROW, 2000),
        move("c", BOB, ESCROW, 1000),
    )
    results = await post_many(db, [first, second, small], AT)
    assert [r.status for r in results] == [Status.POSTED, Status.INSUFFICIENT, Status.POSTED]
    with pytest.raises(InsufficientFunds) as caught:
        results[1].raise_for_status()
    assert caught.value.account == BOB
    assert (caught.value.needed, caught.value.available) == (rub(2000), rub(1000))
    assert await available(db, BOB) == 0
    # The refused key is still free.
    await fund(db, BOB, 2000, "more")
    assert await post(db, second) == ["posted"]


async def test_asking_twice_moves_money_once(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    draft = move("once", BOB, ESCROW, 2000)
    results = await post_many(db, [draft, draft, move("once", BOB, ESCROW, 1999)], AT)
    later = await post_many(db, [draft], AT + timedelta(days=400))
    assert [r.status.value for r in [*results, *later]] == [
        "posted",
        "duplicate",
        "conflict",
        "duplicate",
    ]
    assert {r.journal_id for r in [*results, *later]} == {"test:once"}
    with pytest.raises(KeyConflict):
        results[2].raise_for_status()
    assert await available(db, BOB) == 3000


@pytest.mark.parametrize(
    ("draft", "status"),
    [
        (replace(move("x", CASH, BOB, 5), legs=(Leg(CASH, -5), Leg(BOB, 4))), "unbalanced"),
        (replace(move("x", CASH, BOB, 5), legs=(Leg(BOB, 0), Leg(CASH, 0))), "malformed"),
        (replace(move("x", CASH, BOB, 5), legs=()), "malformed"),
        (replace(move("x", CASH, BOB, 5), scope="No Scope"), "malformed"),
        (replace(move("x", CASH, BOB, 5), key=""), "malformed"),
        (move("x", replace(CASH, currency="XXX"), replace(BOB, currency="XXX"), 5), "currency"),
        (move("x", CASH, BOB, 5, posts_hold="none"), "hold_unknown"),
        (move("x", CASH, BOB, 5, reverses="test:none"), "reversal_unknown"),
    ],
)
async def test_refusals(db: AsyncConnection, draft: Draft, status: str) -> None:
    results = await post_many(db, [draft, move("next", CASH, BOB, 7)], AT)
    assert [r.status.value for r in results] == [status, "posted"]
    with pytest.raises(DraftRefused):
        results[0].raise_for_status()
    assert await available(db, BOB) == 7


async def test_zero_sum_holds_in_each_currency(db: AsyncConnection) -> None:
    euro_cash, euro_bob = replace(CASH, currency="EUR"), replace(BOB, currency="EUR")
    crossed = replace(move("x", CASH, BOB, 5), legs=(Leg(CASH, -5), Leg(euro_bob, 5)))
    pairs = (Leg(CASH, -500), Leg(BOB, 500), Leg(euro_cash, -5), Leg(euro_bob, 5))
    exchange = replace(crossed, key="y", legs=pairs)
    assert await post(db, crossed, exchange) == ["unbalanced", "posted"]
    assert (await balance(db, euro_bob)).posted == Money(5, "EUR")
    assert (await trial_balance(db, "EUR")).credits == Money(5, "EUR")


async def test_a_reversal_undoes_once(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    await post(db, move("wrong", BOB, ESCROW, 2000, ref=SESSION))
    journal = (await journals_of(db, SESSION))[0]
    undo = reversal_of(journal, "wrong", "posted by mistake")
    again = replace(undo, key="again")
    other = replace(undo, key="other", legs=(Leg(ESCROW, -1), Leg(BOB, 1)))
    assert await post(db, other, undo, undo, again) == [
        "reversal_unknown",
        "posted",
        "duplicate",
        "reversed_already",
    ]
    back = (await journals_of(db, SESSION))[1]
    assert back.reverses == "test:wrong"
    assert await post(db, reversal_of(back, "redo", "")) == ["reversed_already"]
    assert await available(db, BOB) == 5000


async def test_any_text_comes_back_as_it_went_in(db: AsyncConnection) -> None:
    hostile = [
        '"',
        "\\",
        '\\"',
        "{}",
        "a,b",
        "",
        "NULL",
        "'; --",
        "\n\t",
        "Ёлка 🎄",
        '","',
        "%s $1",
    ]
    drafts = [
        replace(move(f"k{n}{memo}", CASH, replace(BOB, owner=f"o{memo}"), 1), ref=memo, memo=memo)
        for n, memo in enumerate(hostile)
    ]
    results = await post_many(db, [*drafts, *drafts], AT)
    assert [r.status.value for r in results] == ["posted"] * 12 + ["duplicate"] * 12
    for draft in drafts:
        found = await journal_by_id(db, draft.journal_id)
        assert found is not None
        assert (found.memo, found.ref) == (draft.memo, draft.ref)
        assert found.entries[1].account == draft.legs[1].account
        [alone] = await post_many(db, [draft], AT)
        assert alone.status is Status.DUPLICATE
    holds = [HoldDraft(f"h{memo}", replace(BOB, owner=f"o{memo}"), 1) for memo in hostile]
    assert {r.status for r in await post_many(db, holds, AT)} == {Status.HELD}
    assert {r.status for r in await post_many(db, holds, AT)} == {Status.DUPLICATE}


async def test_reverse_undoes_once_and_says_why_not(db: AsyncConnection) -> None:
    """Bob pays 20.00 into escrow by mistake; the mistake is undone, once."""
    await fund(db, BOB, 5000)
    await post(db, move("wrong", BOB, ESCROW, 2000, ref=SESSION))
    assert (await reverse(db, "test:none", "r0", "", AT)).status is Status.REVERSAL_UNKNOWN
    undone = await reverse(db, "test:wrong", "r1", "posted by mistake", AT)
    assert (undone.status, undone.journal_id) == (Status.POSTED, "reverse:r1")
    again = await reverse(db, "test:wrong", "r1", "posted by mistake", AT)
    assert again.status is Status.DUPLICATE
    for id, key in (("test:wrong", "r2"), ("reverse:r1", "r3")):
        assert (await reverse(db, id, key, "", AT)).status is Status.REVERSED_ALREADY
    assert await available(db, BOB) == 5000
    [wrong, back] = await journals_of(db, SESSION)
    assert (back.reverses, back.memo) == (wrong.id, "posted by mistake")
    net = {entry.account: entry.amount for entry in wrong.entries}
    assert all(net[entry.account] + entry.amount == rub(0) for entry in back.entries)
    await post(db, move("spent", BOB, ESCROW, 5000))
    bare = await reverse(db, f"test:fund:{BOB}", "r4", "", AT)
    assert (bare.status, bare.account) == (Status.INSUFFICIENT, BOB)
    assert await check(db) == []


async def test_nothing_is_recorded_in_a_closed_period(db: AsyncConnection) -> None:
    last_month = AT.date().replace(month=10, day=31)
    await db.execute(
        text(
            "INSERT INTO ledger_period (first_day, last_day, closed_us, closed_by, manifest)"
            " VALUES ('2026-10-01', '2026-10-31', 0, 'carol', '')"
        )
    )
    late = move("late", CASH, BOB, 5, effective_on=last_month)
    november = move("ok", CASH, BOB, 5, effective_on=AT.date().replace(day=1))
    assert await post(db, late, november) == ["period_closed", "posted"]


async def test_a_frozen_account_takes_but_does_not_give(db: AsyncConnection) -> None:
    await fund(db, BOB, 5000)
    await db.execute(text("UPDATE ledger_account SET status = 'frozen' WHERE owner = 'bob'"))
    assert await post(db, move("out", BOB, ESCROW, 1), move("in", CASH, BOB, 1)) == [
        "frozen",
        "posted",
    ]
    await db.execute(text("UPDATE ledger_account SET status = 'closed' WHERE owner = 'bob'"))
    assert await post(db, move("in2", CASH, BOB, 1)) == ["closed_account"]


@pytest.mark.parametrize(
    ("outcome", "shares", "expected"),
    [
        (Outcome.RESOLVED, (), (1000, 9000, 0)),
        (Outcome.UNRESOLVED, (), (1000, 1000, 8000)),
        (Outcome.RULED, (Share(COMMISSION, 1000), Share(ANN, 4000)), (1000, 4000, 5000)),
        (Outcome.RULED, (Share(ANN, 10000),), (0, 10000, 0)),
        (Outcome.RULED, (), (0, 0, 10000)),
    ],
)
async def test_settlement(
    db: AsyncConnection,
    outcome: Outcome,
    shares: tuple[Share, ...],
    expected: tuple[int, int, int],
) -> None:
    await fund(db, BOB, 10000)
    await post(db, move("all", BOB, ESCROW, 10000, ref=SESSION))
    settled = await settle(db, SESSION, BOB, TERMS, outcome, AT, shares)
    platform, provider, refunded = (rub(minor) for minor in expected)
    assert settled == Settlement(platform, provider, refunded, rub(10000), rub(0))
    assert await available(db, ESCROW) == 0
    assert await available(db, BOB) == expected[2]
    assert await settle(db, SESSION, BOB, TERMS, outcome, AT + timedelta(1), shares) == settled
    assert len(await journals_of(db, SESSION)) == 2
    assert await check(db) == []


async def test_a_session_is_settled_one_way(db: AsyncConnection) -> None:
    await fund(db, ESCROW, 1999)
    settled = await settle(db, SESSION, BOB, TERMS, Outcome.RESOLVED, AT)
    assert (settled.platform, settled.provider) == (rub(199), rub(1800))
    for outcome in (Outcome.UNRESOLVED, Outcome.RULED):
        with pytest.raises(SettledOtherwise) as caught:
            await settle(db, SESSION, BOB, TERMS, outcome, AT)
        assert (caught.value.session, caught.value.settled_as) == (SESSION, "resolved")


async def test_an_empty_escrow_settles_to_zeros(db: AsyncConnection) -> None:
    settled = await settle(db, SESSION, BOB, TERMS, Outcome.RESOLVED, AT)
    assert settled == Settlement(rub(0), rub(0), rub(0), rub(0), rub(0))
    assert await journals_of(db, SESSION) == []


async def test_a_statement_reads_newest_first(db: AsyncConnection) -> None:
    await fund(db, BOB, 10000)
    await post(db, *(move(str(n), BOB, ESCROW, n, ref=SESSION, memo=f"m{n}") for n in range(1, 8)))
    page = await statement(db, BOB, limit=3)
    assert [(line.version, line.amount.minor, line.memo) for line in page] == [
        (8, -7, "m7"),
        (7, -6, "m6"),
        (6, -5, "m5"),
    ]
    rest = await statement(db, BOB, before_version=page[-1].version)
    assert [line.version for line in rest] == [5, 4, 3, 2, 1]
    assert rest[-1].balance_after == rub(10000)
    assert rest[-1].kind == "test"


async def test_the_trial_balance_sums_to_zero(db: AsyncConnection) -> None:
    await fund(db, BOB, 10000)
    await post(db, move("m", BOB, ESCROW, 2000))
    trial = await trial_balance(db)
    assert [(line.kind.name, line.balance.minor) for line in trial.lines] == [
        ("CASH", -10000),
        ("PREPAID", 8000),
        ("ESCROW", 2000),
    ]
    assert trial.debits == trial.credits == rub(12000)


@pytest.mark.parametrize("seed", range(6))
async def test_any_cutting_into_batches_ends_the_same(db: AsyncConnection, seed: int) -> None:
    """A stream with repeats and refusals, cut at random; after every batch the books are sound."""
    dice = random.Random(seed)
    people = [Account(AccountKind.PREPAID, name) for name in ("p", "q", "r", "s")]
    stream = []
    for n in range(120):
        source, target = dice.sample([*people, CASH, CASH], 2)
        if source == target:
            continue
        stream.append(move(str(n), source, target, dice.randint(1, 900)))
        if dice.random() < 0.2:
            stream.append(dice.choice(stream))
    model = dict.fromkeys([*people, CASH], 0)
    expected, seen = [], set()
    for draft in stream:
        out, into = draft.legs
        if draft.key in seen:
            expected.append("duplicate")
        elif out.account != CASH and model[out.account] + out.minor < 0:
            expected.append("insufficient")
        else:
            seen.add(draft.key)
            model[out.account] += out.minor
            model[into.account] += into.minor
            expected.append("posted")
    answered: list[str] = []
    while len(answered) < len(stream):
        answered += await post(db, *stream[len(answered) :][: dice.randint(1, 30)])
        assert await check(db) == []
    assert answered == expected
    assert {a: (await balance(db, a)).posted.minor for a in model} == model
