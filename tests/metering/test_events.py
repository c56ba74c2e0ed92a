"""Events are plain values in the past tense that name their session."""

from dataclasses import FrozenInstanceError, fields
from typing import get_args

import pytest

from ledger import Money
from metering import Event, FundsExhausted, MinuteCharged


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_event_names_its_session_first(kind: type) -> None:
    assert fields(kind)[0].name == "session"
    assert kind.__doc__


def test_events_cannot_be_changed() -> None:
    charged = MinuteCharged("S-1", 1, 0, 60, Money(100), Money(100), 5, "00")
    with pytest.raises(FrozenInstanceError):
        charged.n = 2  # type: ignore[misc]
    assert FundsExhausted("S-1", 10).cause == "funds"
