"""A meter in memory: what it wants of a turn; evidence is what a walk would have written."""

import random

import pytest

from ledger import Account, AccountKind
from metering import Meter, MeterState, Segment, Tariff
from metering.meter import absent, advance, paused, refused
from metering.owned import Owned, Visit
from metering.runs import runs_of
from tests.metering.books import T0
from tests.metering.test_meter import BOB, MINUTES, Wallet

TARIFFS = {
    "minutes": MINUTES,
    "thirty and sixes": Tariff(segments=(Segment(0, 100, 60, 30), Segment(30, 100, 60, 6))),
    "free minutes": Tariff(segments=(Segment(0, 100, 60, 60),), free_seconds=120),
    "grace": Tariff(segments=(Segment(0, 100, 60, 60),), grace_seconds=40),
    "no warnings": Tariff(segments=(Segment(0, 100, 60, 60),), warn_at_minutes=()),
}


@pytest.mark.parametrize("name", list(TARIFFS))
@pytest.mark.parametrize("minor", [100, 250, 700, 10_000])
@pytest.mark.parametrize("seed", range(3))
def test_evidence_is_what_a_walk_would_have_written(name: str, minor: int, seed: int) -> None:
    """Whatever happens before: a meter that only grew is, field by field, as if it had walked."""
    chance, wallet = random.Random(seed), Wallet(minor)
    own = Owned(wallet.begin(TARIFFS[name]), 0)
    own.adopt(own.meter)
    kept = 0
    for second in range(T0, T0 + 400):
        if chance.random() < 0.97:
            own.witness(second)
        wants, taken = own.visit(second + 1, chance.randint(1, 15)), own.taken
        if wants is Visit.EVIDENCE:
            step = advance(own.meter, taken)
            own.kept(taken[0])
            assert step.effects == ()
            assert own.meter == step.meter._replace(version=own.meter.version)
            kept += 1
        elif wants is not Visit.NOTHING and taken:
            witnessed = [s for a, b in taken for s in range(a, b)]
            own.meter = wallet.observe(own.meter, witnessed)
            own.forget(taken)
            if own.meter.state is MeterState.STOPPED:
                break
            own.adopt(own.meter)
        assert own.meter.ticks == len(wallet.lines)
    assert kept > 3


def running(witnessed: int) -> Owned:
    """A meter of minutes, its first charged, and so many seconds on its clock."""
    own = Owned(Wallet(10_000).begin(MINUTES), 0)
    own.adopt(Wallet(10_000, 100).observe(own.meter, [T0 + n for n in range(witnessed)]))
    return own


def test_money_goes_before_evidence() -> None:
    """Fifty seconds are on the clock of the paid minute: its hold is due with them."""
    own = running(40)
    for second in range(40, 50):
        called = own.witness(T0 + second)
        assert called is (second == 49)
    assert own.visit(T0 + 50, 60) is Visit.MONEY


def test_the_oldest_second_waits_fifteen() -> None:
    own = running(20)
    for second in range(20, 34):
        own.witness(T0 + second)
        assert own.visit(T0 + second + 1, 15) is Visit.NOTHING
    own.witness(T0 + 34)
    assert own.visit(T0 + 35, 15) is Visit.EVIDENCE
    assert own.next_look(T0 + 34, 15) == T0 + 35


def test_a_gap_wants_a_walk() -> None:
    own = running(20)
    own.witness(T0 + 22)
    assert own.visit(T0 + 37, 15) is Visit.WALK


def test_silence_is_foreseen_to_the_second() -> None:
    own = running(20)
    own.witness(T0 + 20)
    own.witness(T0 + 21)
    assert own.quiet == T0 + 22 + 5
    assert own.visit(own.quiet - 1, 60) is Visit.NOTHING
    assert own.visit(own.quiet, 60) is Visit.WALK


def test_states_that_only_a_walk_may_change() -> None:
    """Media came back, nobody asked for more, money ended: each is more than a longer run."""
    own = running(20)
    for meter in (absent(own.meter), paused(own.meter, "asked", T0 + 20), refused(own.meter)[0]):
        other = Owned(meter, 0)
        other.adopt(meter)
        other.witness(T0 + 20)
        assert other.grown is None


def test_what_came_meanwhile_is_not_forgotten() -> None:
    own = running(20)
    for second in range(20, 40):
        own.witness(T0 + second)
    taken = runs_of(range(T0 + 20, T0 + 35))
    own.kept(taken[0])
    assert own.taken == ((T0 + 35, T0 + 40),)
    assert (own.meter.clock_s, own.meter.last_second) == (35, T0 + 34)
    own.forget(own.taken, ((T0 + 38, T0 + 40),))
    assert own.taken == ((T0 + 38, T0 + 40),)


def test_a_meter_is_equal_whatever_was_asked() -> None:
    one = Meter("S-1", MINUTES, BOB, Account(AccountKind.ESCROW, "S-1"))
    assert one == one._replace(asked_s=7)
    assert hash(one) == hash(one._replace(asked_s=7))
    assert one != one._replace(clock_s=7)
    assert one != tuple(one)


def test_evidence_written_just_before_does_not_delay_the_charge() -> None:
    """Sixty seconds are in the row: the next one is the first of a minute, and calls at once."""
    own = running(50)
    own.adopt(own.meter._replace(held_minor=100))
    for second in range(50, 60):
        assert not own.witness(T0 + second)
    assert own.visit(T0 + 60, 10) is Visit.EVIDENCE
    own.kept(own.taken[0])
    assert own.witness(T0 + 60)
    assert own.visit(T0 + 61, 10) is Visit.MONEY
