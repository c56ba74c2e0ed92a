"""Where a refund comes from, and how it stands: whole, in order, never more than there is."""

from hypothesis import given
from hypothesis import strategies as st

from ledger import Money
from ledger.cards import RequestState
from ledger.cards.refund_plan import Source, portions, standing
from ledger.payments import MovementState


@given(
    st.lists(st.integers(1, 10**9), min_size=0, max_size=20),
    st.integers(1, 10**10),
)
def test_portions_are_oldest_first_and_sum_to_what_is_there(free: list[int], asked: int) -> None:
    sources = [Source(f"t{n}", "demo", f"p{n}", Money(minor)) for n, minor in enumerate(free)]
    parts = portions(Money(asked), sources)
    assert sum(part.minor for _, part in parts) == min(asked, sum(free))
    assert [source for source, _ in parts] == sources[: len(parts)]
    assert all(0 < part.minor <= source.free.minor for source, part in parts)
    assert all(part == source.free for source, part in parts[:-1])


@given(st.lists(st.sampled_from(MovementState), min_size=1, max_size=5))
def test_a_refund_stands_as_its_parts(parts: list[MovementState]) -> None:
    state = standing(parts)
    assert (state is RequestState.GOING) == (MovementState.PENDING in parts)
    assert (state is RequestState.DONE) == (set(parts) == {MovementState.DONE})
    assert (state is RequestState.FAILED) == (set(parts) == {MovementState.REFUSED})
