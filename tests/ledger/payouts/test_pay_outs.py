"""The state table and the journals of a payout, as values."""

from dataclasses import replace
from datetime import date

import pytest

from ledger import Account, AccountKind, Money
from ledger.control import Rail
from ledger.payouts.errors import WrongPayOutState
from ledger.payouts.pay_outs import (
    HELD,
    NEXT,
    WAITING,
    PayOut,
    PayOutState,
    arrived_draft,
    least_of,
    period_of,
    periodic_id,
    purse_of,
    require_step,
    returned_draft,
    sent_draft,
)
from tests.ledger.payouts.people import day

S = PayOutState
ONE = PayOut("p1", "ann", Money(50_000), Rail.BANK, 1, S.READY, day(0))
BANK = Account(AccountKind.BANK)


def test_every_state_has_a_row() -> None:
    assert set(NEXT) == set(S)
    assert {state for state, after in NEXT.items() if not after} == {S.RETURNED, S.REFUSED}


def test_money_that_has_left_is_never_refused() -> None:
    for state in set(S) - HELD:
        assert S.REFUSED not in NEXT[state] or state is S.REFUSED
    assert all(S.REFUSED in NEXT[state] for state in HELD)
    assert S.IN_DOUBT not in WAITING


@pytest.mark.parametrize(("state", "wanted"), [(s, w) for s in S for w in S if w not in NEXT[s]])
def test_other_steps_are_refused(state: S, wanted: S) -> None:
    with pytest.raises(WrongPayOutState) as refused:
        require_step(replace(ONE, state=state), wanted)
    assert (refused.value.state, refused.value.wanted) == (state.value, wanted.value)


def test_transit_drains_to_zero() -> None:
    """Отправлено и пришло, отправлено и вернулось: счёт в пути пуст."""
    for ways in (
        [sent_draft(ONE), arrived_draft(ONE, BANK)],
        [sent_draft(ONE), returned_draft(replace(ONE, state=S.SENT), BANK)],
        [
            sent_draft(ONE),
            arrived_draft(ONE, BANK),
            returned_draft(replace(ONE, state=S.ARRIVED), BANK),
        ],
    ):
        sums: dict[AccountKind, int] = {}
        for leg in (leg for draft in ways for leg in draft.legs):
            sums[leg.account.kind] = sums.get(leg.account.kind, 0) + leg.minor
        assert sums[AccountKind.PAYOUT] == 0
        assert sum(sums.values()) == 0


def test_the_hold_ends_when_it_is_sent() -> None:
    assert sent_draft(ONE).posts_hold == ONE.hold_key == "payout:p1"
    assert arrived_draft(ONE, BANK).posts_hold is None


def test_a_definite_no_uses_its_key_up() -> None:
    assert ONE.idempotency_key == "payout:p1:1"
    assert replace(ONE, try_no=2).idempotency_key == "payout:p1:2"


def test_our_own_money_is_where_the_rail_is() -> None:
    assert purse_of(Rail.CARD, "USD") == Account(AccountKind.CASH, "stripe", "USD")
    assert purse_of(Rail.DEMO, "RUB") == Account(AccountKind.CASH, "demo")
    assert purse_of(Rail.BANK, "RUB") == BANK


def test_periods_are_weeks() -> None:
    assert period_of(date(2026, 11, 15)) == "2026-W46"  # a Sunday
    assert period_of(date(2026, 11, 16)) == "2026-W47"
    assert periodic_id("2026-W47", "ann", "RUB") == "2026-W47-RUB-ann"


def test_the_least_sum_is_in_every_currency() -> None:
    assert least_of("RUB") == Money(100_00)
    assert least_of("EUR") == Money(5_00, "EUR")
