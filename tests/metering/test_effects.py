"""What a meter wants: a question goes to the ledger and is no news, everything else is news."""

from fractions import Fraction
from typing import get_args

import pytest

from ledger import Account, AccountKind
from metering import Segment, Tariff
from metering.charging import event_of
from metering.effects import (
    Charge,
    CutOff,
    Effect,
    Exhausted,
    Funded,
    Hold,
    Look,
    Resumed,
    Warn,
)
from metering.meter import Meter

QUESTIONS: list[Effect] = [
    Charge(1, 0, 60, 20_00, 1_700_000_000, "charged", "rate", Fraction(20_00), True),
    Hold(2, 20_00),
    Look(),
]
NEWS: list[Effect] = [
    Warn(5),
    Exhausted(10, "funds"),
    Funded(),
    Resumed(1_700_000_000),
    CutOff("funds"),
]
METER = Meter(
    "S-2026-000001",
    Tariff(segments=(Segment(0, 20_00, 60, 60),)),
    Account(AccountKind.PREPAID, "bob"),
    Account(AccountKind.ESCROW, "S-2026-000001"),
)


def test_every_effect_is_one_or_the_other() -> None:
    assert {type(one) for one in QUESTIONS + NEWS} == set(get_args(Effect))


@pytest.mark.parametrize("effect", QUESTIONS, ids=lambda one: type(one).__name__)
def test_a_question_is_no_news(effect: Effect) -> None:
    assert event_of(METER, effect) is None


@pytest.mark.parametrize("effect", NEWS, ids=lambda one: type(one).__name__)
def test_the_rest_is_news_of_that_session(effect: Effect) -> None:
    told = event_of(METER, effect)
    assert told is not None
    assert told.session == METER.session
