"""What may leave, as arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from ledger import Money
from ledger.payouts.clearing import Clearing, Earned, clear

sums = st.integers(0, 10**9)


def earned(
    posted: int, held: int = 0, young: int = 0, blocked: int = 0, reserved: int = 0, way: int = 0
) -> Clearing:
    return clear(Earned(*(Money(n) for n in (posted, held, young, blocked, reserved, way))))


def test_ripe_money_is_cleared_and_young_money_is_pending() -> None:
    """Заработано 9 500, из них 2 000 ещё не вызрело."""
    found = earned(9500, young=2000)
    assert (found.pending.minor, found.cleared.minor) == (2000, 7500)


def test_held_money_is_not_cleared_again() -> None:
    assert earned(9500, held=7500, young=2000).cleared.minor == 0
    assert earned(9500, held=3000, young=2000).cleared.minor == 4500


def test_debits_eat_the_oldest_money_first() -> None:
    """Заработано 9 000 недавно, но 6 000 уже ушло: ждёт вызревания только остаток."""
    found = earned(3000, young=9000)
    assert (found.pending.minor, found.cleared.minor) == (3000, 0)


def test_a_dispute_is_covered_by_what_remains() -> None:
    """Спор на 3 000: остаток 10 000, вызрело 8 000, уйти может 7 000."""
    found = earned(10_000, young=2000, blocked=3000)
    assert (found.cleared.minor, found.blocked.minor) == (7000, 1000)
    assert earned(10_000, young=2000, blocked=20_000).cleared.minor == 0


@given(sums, sums, sums, sums)
def test_nothing_leaves_that_is_young_held_or_blocked(
    posted: int, held: int, young: int, blocked: int
) -> None:
    held = min(held, posted)
    found = earned(posted, held, young, blocked)
    parts = (found.pending, found.cleared, found.blocked)
    assert all(part.minor >= 0 for part in parts)
    assert sum(part.minor for part in parts) == posted - held
    assert found.cleared.minor == 0 or posted - held - found.cleared.minor >= blocked
    assert found.pending.minor == min(young, posted - held)
