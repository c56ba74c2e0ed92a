"""What stands beside money at a meter."""

from metering.allowances import Drawn
from metering.means import PLAIN, Means


def test_why_it_was_refused_is_remembered_only_of_a_cap() -> None:
    capped = PLAIN.refused("cap")
    assert capped.refused_by == "cap"
    assert capped.refused("cap") is capped
    assert capped.refused("funds") == PLAIN
    assert PLAIN.refused("funds") is PLAIN


def test_what_is_held_covers_its_seconds() -> None:
    held = PLAIN.with_held((Drawn("june", 30, 60), Drawn("july", 15, 60)))
    assert held.held_s == 45
    assert held.with_held(()) == PLAIN == Means()
