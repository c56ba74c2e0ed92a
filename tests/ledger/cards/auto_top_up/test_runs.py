"""The state table of an automatic top-up, as values."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ledger import Money
from ledger.cards.auto_top_up.runs import (
    NEXT,
    OPEN,
    OWNER_LIFE,
    RETRY_AFTER,
    Run,
    RunState,
    answered,
    asked,
    key_lives,
    run_id,
)
from ledger.cards.states import KEY_LIFE, LEASE
from ledger.saved_cards import Charged, Outcome
from tests.ledger.cards.auto_top_up.people import NOON

S = RunState
DAY = NOON.date()
ONE = Run(
    run_id("bob", DAY, 1), "bob", "demo", Money(50_000), DAY, 1, "cus_1", "pm_1", S.PLANNED,
    NOON, NOON,
)  # fmt: skip


def says(outcome: Outcome, reason: str = "") -> Charged:
    return Charged(outcome, "pi_1", ONE.amount, reason)


def test_every_state_has_a_row() -> None:
    assert set(NEXT) == set(S)
    assert {s for s in S if not NEXT[s] - {S.PAID}} == set(S) - OPEN


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_answer_leads_along_the_table(outcome: Outcome) -> None:
    run = asked(ONE, NOON)
    after = answered(run, says(outcome, "x"), NOON)
    assert after.state is run.state or after.state in NEXT[run.state]


def test_a_decline_waits_longer_each_time_and_ends_after_three() -> None:
    """10 минут, час, сутки; на каждую попытку свой ключ."""
    run, at, keys, waits = ONE, NOON, [], []
    for _ in range(4):
        run = asked(run, at)
        keys.append(run.idempotency_key)
        run = answered(run, says(Outcome.DECLINED, "insufficient_funds"), at)
        waits.append(run.due_at - at)
        at = run.due_at
    assert waits[:3] == list(RETRY_AFTER)
    assert waits[:3] == [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=24)]
    assert (run.state, run.reason) == (S.REFUSED, "insufficient_funds")
    assert len(set(keys)) == 4


def test_silence_keeps_the_key() -> None:
    first = asked(ONE, NOON)
    later = asked(first, NOON + LEASE)
    assert later.idempotency_key == first.idempotency_key
    assert (later.asks, later.asked_at) == (2, NOON)
    assert later.due_at >= NOON + 2 * LEASE
    assert key_lives(later, NOON + KEY_LIFE - LEASE)
    assert not key_lives(later, NOON + KEY_LIFE)


def test_the_owner_has_a_day() -> None:
    run = answered(asked(ONE, NOON), says(Outcome.OWNER_NEEDED, "authentication_required"), NOON)
    assert (run.state, run.payment, run.due_at) == (S.OWNER_NEEDED, "pi_1", NOON + OWNER_LIFE)
    again = answered(run, says(Outcome.OWNER_NEEDED, "authentication_required"), NOON + LEASE)
    assert again == run
    assert answered(run, says(Outcome.PAID), NOON).state is S.PAID


def test_a_dead_card_is_not_tried_again() -> None:
    run = answered(asked(ONE, NOON), says(Outcome.CARD_DEAD, "stolen_card"), NOON)
    assert (run.state, run.reason) == (S.REFUSED, "stolen_card")


def test_the_request_is_the_same_however_often() -> None:
    run = asked(ONE, NOON)
    assert run.request == asked(run, NOON + LEASE).request
    assert replace(run, try_no=2).request != run.request
