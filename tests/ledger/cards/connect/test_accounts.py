"""A payee's account: its states by what was seen last."""

from dataclasses import replace

import pytest

from ledger.cards.connect.accounts import NEXT, AccountState, Connected, seen
from ledger.connected import AccountFact
from tests.ledger.cards.connect.people import OPEN, READY
from tests.ledger.payouts.people import day

S = AccountState
ANN = Connected("ann", "stripe", "DE", "", S.PLANNED, day(0))
CLOSED = replace(READY, transfers_active=False, closed=True)


@pytest.mark.parametrize(
    ("before", "fact", "after"),
    [
        (S.PLANNED, OPEN, S.OPEN),
        (S.PLANNED, READY, S.ACTIVE),
        (S.OPEN, OPEN, S.OPEN),
        (S.OPEN, READY, S.ACTIVE),
        (S.ACTIVE, OPEN, S.RESTRICTED),
        (S.RESTRICTED, READY, S.ACTIVE),
        (S.RESTRICTED, OPEN, S.RESTRICTED),
        (S.ACTIVE, CLOSED, S.CLOSED),
        (S.CLOSED, READY, S.CLOSED),
    ],
)
def test_the_last_look_decides(before: S, fact: AccountFact, after: S) -> None:
    found = seen(replace(ANN, state=before), fact)
    assert found.state is after
    assert after is before or after in NEXT[before]


def test_every_state_has_a_row() -> None:
    assert set(NEXT) == set(S)


def test_the_key_is_the_partys() -> None:
    assert ANN.idempotency_key == "account:ann:1"
    assert ANN.request.country == "DE"
