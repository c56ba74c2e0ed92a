"""Seconds witnessed in any order, any number of times, give one and the same presence."""

from hypothesis import given
from hypothesis import strategies as st

from broker.sessions.presence import Change, Presence, Span, changes, fold, union

SIGHTINGS = st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=80)


def test_a_call_with_one_gap() -> None:
    presence = fold(Presence(), [(100, True), (101, True), (102, False), (103, True)])
    assert presence.mutual == (Span(100, 102), Span(103, 104))
    assert (presence.mutual_s, presence.horizon) == (3, 104)


@given(SIGHTINGS, st.randoms())
def test_order_does_not_matter(sightings: list[tuple[int, bool]], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(sightings)
    random.shuffle(shuffled)
    assert fold(Presence(), sightings) == fold(Presence(), shuffled)


@given(SIGHTINGS, st.integers(0, 80))
def test_portions_and_repeats_do_not_matter(sightings: list[tuple[int, bool]], cut: int) -> None:
    whole = fold(Presence(), sightings)
    assert fold(fold(Presence(), sightings[:cut]), sightings[cut:]) == whole
    assert fold(whole, sightings) == whole


@given(SIGHTINGS)
def test_spans_hold_exactly_the_mutual_seconds(sightings: list[tuple[int, bool]]) -> None:
    presence = fold(Presence(), sightings)
    inside = {s for span in presence.mutual for s in range(span.from_s, span.to_s)}
    assert inside == {second for second, mutual in sightings if mutual}
    assert presence.mutual_s == len(inside)
    borders = [edge for span in presence.mutual for edge in span]
    assert borders == sorted(set(borders)), "disjoint, not touching"


def test_the_journal_learns_beginnings_and_ends_only() -> None:
    first = fold(Presence(), [(100, True)])
    assert list(changes(Presence(), first)) == [Change(100, None)]
    second = fold(first, [(101, True)])
    assert list(changes(first, second)) == []
    third = fold(second, [(102, False)])
    assert list(changes(second, third)) == [Change(100, 102)]


@given(st.lists(SIGHTINGS, max_size=8))
def test_the_facts_of_changes_tell_the_final_presence(
    portions: list[list[tuple[int, bool]]],
) -> None:
    """Whoever folds the facts of the journal sees every mutual second and no other."""
    presence, told = Presence(), []
    for portion in portions:
        now = fold(presence, portion)
        told += list(changes(presence, now))
        presence = now
    known = union(Span(c.from_s, c.to_s or presence.horizon) for c in told)
    open_ones = [c for c in told if c.to_s is None]
    if not open_ones:
        assert known == presence.mutual
    assert set(presence.mutual) <= {
        Span(c.from_s, presence.horizon if c.to_s is None else c.to_s) for c in told
    }
