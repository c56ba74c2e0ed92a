"""Why was this minute billed: evidence, rule and what paid it, computed again."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import Money, promo
from metering import (
    Segment,
    client_pays_tariff,
    due,
    explain,
    grant_allowance,
    observe,
    pause,
    resume,
)
from metering.explain import evidence, first_difference
from metering.quote import _read, quote
from tests.metering.books import SESSION, T0, at, begin, clean, fund, seconds
from tests.metering.tables import vectors
from tests.metering.test_charging import CHEAP_TILL_0802


def comparable(ask: dict[str, Any]) -> bool:
    """Money is no limit; the meter's first second is the first witnessed one, not a paused one."""
    pauses = ask["usage"].get("pauses", [])
    return "balance" not in ask and not ("windows" in ask["tariff"] and [0, 60] in pauses)


@pytest.mark.parametrize("ask", [v.ask for v in vectors() if comparable(v.ask)], ids=lambda _: "")
def test_what_is_due_is_what_the_quote_says(ask: dict[str, Any]) -> None:
    """The published vectors, with their pauses as breaks between runs."""
    question = _read(ask, "")
    start = question.start or 0
    edges = [0, *(edge for pause in question.pauses for edge in pause), question.connected_s]
    runs = [(start + a, start + b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
    answer = quote(ask)
    wanted = [one.unit for one in due(question.tariff, runs, {})]
    if answer["charge"] or answer["billed_units"]:
        shown = [(u["from"], u["to"], u["price"], u["cause"]) for u in answer["units"]]
        assert [(u.from_s, u.to_s, u.price_minor, u.cause) for u in wanted] == shown


@given(some.lists(some.integers(1, 40), min_size=2, max_size=9), some.integers(0, 120))
def test_evidence_of_all_increments_is_all_evidence(lengths: list[int], cut: int) -> None:
    edges = [sum(lengths[: i + 1]) for i in range(len(lengths) // 2 * 2)]
    runs = list(zip(edges[::2], edges[1::2], strict=True))
    parts = evidence(runs, 0, cut) + evidence(runs, cut, 10_000)
    seen = [second for begin, end in parts for second in range(begin, end)]
    assert seen == [second for begin, end in runs for second in range(begin, end)]


async def test_each_minute_says_what_was_seen_and_what_paid(db: AsyncConnection) -> None:
    """A minute in advance, a minute of which promo credit pays 5.00, a minute of money."""
    await grant_allowance(db, "bob", 90, at(-20), "june", step_s=30)
    gift = promo.Grant("welcome", "bob", Money(500), at(-10), at(90_000))
    await promo.grant(db, gift, at(-10))
    await begin(db, 100_00, replace(client_pays_tariff(), allowance="minutes"))
    await observe(db, SESSION, seconds(0, 70), at(71))
    await pause(db, SESSION, "asked", at(71))
    await resume(db, SESSION, at(100))
    await observe(db, SESSION, seconds(100, 170), at(171))
    one, two, three = await explain(db, SESSION)
    assert (one.cause, one.covered_s, one.amount_minor) == ("allowance", 60, 0)
    assert one.evidence == ((T0, T0 + 60),)
    assert (two.cause, two.covered_s, two.promo_minor, two.money_minor) == ("rate", 30, 500, 500)
    assert two.evidence == ((T0 + 60, T0 + 70), (T0 + 100, T0 + 150))
    assert (three.covered_s, three.promo_minor, three.money_minor) == (0, 0, 2000)
    assert (three.evidence_s, three.second - T0) == (20, 150)
    assert three.segment == Segment(0, 2000, 60, 60)
    assert await clean(db)


async def test_grace_fee_and_windows_are_recomputed_to_the_second(db: AsyncConnection) -> None:
    """What the audit finds in a session with a pause inside its grace: nothing."""
    tariff = replace(CHEAP_TILL_0802, grace_seconds=90, connect_fee=300)
    await fund(db, 500_00)
    await begin(db, None, tariff)
    await observe(db, SESSION, [*seconds(0, 40), *seconds(50, 200)], at(201))
    assert len(await explain(db, SESSION)) == 4
    assert await clean(db)


def test_the_first_difference_is_named() -> None:
    wanted = due(client_pays_tariff(), [(T0, T0 + 70)], {})
    rows = [(1, 0, 60, 2000, T0), (2, 60, 120, 2000, T0 + 60)]
    assert first_difference(wanted, rows) == ""
    assert first_difference(wanted, rows[:1]) == "minute 2 is due and was not charged"
    rows[1] = (2, 60, 120, 1999, T0 + 60)
    assert first_difference(wanted, rows).startswith("minute 2: (60, 120, 2000, ")
    assert first_difference(wanted[:1], [rows[0], rows[1]]) == "minute 2 was charged, not due"
