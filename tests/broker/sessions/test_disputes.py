"""Who may ask for arbitration, until when, and whose turn it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.sessions.disputes import Dispute, askable_until, opened
from broker.sessions.session import Session, State, Sums
from metering import client_pays_tariff, host_pays_tariff
from tests.broker.builders import NOON

WINDOW = timedelta(hours=72)
CONTESTED = Session(
    number="S-2026-000001",
    topic="Отчёт",
    plan="client-pays",
    tariff=client_pays_tariff(),
    rate_minor=2_000,
    host="ivan",
    client="anna",
    created_at=NOON,
    state=State.SETTLED,
    settled_at=NOON,
    outcome="unresolved",
    sums=Sums(6_000, 600, 600, 4_800),
)


def test_a_contested_session_may_be_asked_about_for_the_dispute_window() -> None:
    assert askable_until(CONTESTED) == NOON + WINDOW


@pytest.mark.parametrize(
    "other",
    [
        {"outcome": "resolved"},
        {"outcome": "ruled"},
        {"state": State.ENDED, "settled_at": None, "sums": None, "outcome": None},
        {"sums": Sums(0, 0, 0, 0)},
        {"tariff": host_pays_tariff()},
    ],
)
def test_where_nothing_is_contested_nobody_may_ask(other: dict[str, object]) -> None:
    assert askable_until(replace(CONTESTED, **other)) is None  # type: ignore[arg-type]


def test_whose_turn_it_is() -> None:
    """Asked at noon: the other side has 72 hours, and may be late until a curator rules."""
    found = opened(CONTESTED, "host", "Отчёт строится", NOON)
    assert found == Dispute("S-2026-000001", "host", "Отчёт строится", NOON, NOON + WINDOW)
    last = NOON + WINDOW - timedelta(seconds=1)
    assert [found.state(at) for at in (NOON, last, NOON + WINDOW)] == ["asked", "asked", "silent"]
    assert found.last == ("host", "Отчёт строится")
    answered = replace(found, answer="Не строится", answered_at=NOON + WINDOW * 2)
    assert (answered.state(NOON + WINDOW * 2), answered.last) == (
        "answered",
        ("client", "Не строится"),
    )
    assert replace(answered, ruled_at=NOON + WINDOW * 3).state(NOON) == "ruled"
