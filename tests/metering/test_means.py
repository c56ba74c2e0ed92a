"""What stands beside money at a meter."""

from metering.allowances import Drawn
from metering.means import PLAIN_MEANS, Means


def test_why_it_was_refused_is_remembered_only_of_a_cap() -> None:
    capped = PLAIN_MEANS.refused("cap")
    assert capped.refused_by == "cap"
    assert capped.refused("cap") is capped
    assert capped.refused("funds") == PLAIN_MEANS
    assert PLAIN_MEANS.refused("funds") is PLAIN_MEANS


def test_what_is_held_covers_its_seconds() -> None:
    held = PLAIN_MEANS.with_held((Drawn("june", 30, 60), Drawn("july", 15, 60)))
    assert held.held_s == 45
    assert held.with_held(()) == PLAIN_MEANS == Means()


def test_what_is_paid_leaves_the_limits_alone() -> None:
    capped = Means((Drawn("june", 30, 60),), 90_00, "ann", "cap", again=2)
    assert capped.paid() == Means(cap_minor=90_00, member="ann")
    assert PLAIN_MEANS.paid() is PLAIN_MEANS
