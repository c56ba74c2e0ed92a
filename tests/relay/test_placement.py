"""Rooms go where there is room; a burst is spread, a draining node gets none."""

import itertools
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from relay.placement import Node, choose, port_ranges

names = st.sampled_from("abcd")
nodes = st.builds(
    Node,
    names,
    up=st.booleans(),
    draining=st.booleans(),
    rooms=st.integers(0, 99),
    packets_per_s=st.integers(0, 90_000),
    cpu=st.floats(0, 1.2),
    fresh=st.integers(0, 20),
)


def test_a_burst_on_idle_nodes_is_spread_evenly() -> None:
    crew = {name: Node(name) for name in "abc"}
    for _ in range(30):
        name = choose(crew.values())
        assert name is not None
        crew[name] = replace(crew[name], rooms=crew[name].rooms + 1, fresh=crew[name].fresh + 1)
    assert Counter(one.rooms for one in crew.values()) == {10: 3}


def test_a_busy_core_comes_last() -> None:
    assert choose([Node("a", cpu=0.9), Node("b", packets_per_s=40_000)]) == "b"
    assert choose([Node("a", cpu=0.9, packets_per_s=1), Node("b", cpu=0.9, packets_per_s=2)]) == "a"


@given(st.lists(nodes, max_size=6, unique_by=lambda one: one.name))
def test_whoever_is_chosen_takes_rooms(crew: list[Node]) -> None:
    chosen = choose(crew)
    able = {one.name for one in crew if one.up and not one.draining}
    assert (chosen in able) if able else chosen is None


@given(st.integers(1, 60_000), st.integers(0, 5000), st.integers(1, 16))
def test_ranges_of_ports_share_nothing_and_leave_nothing(low: int, more: int, count: int) -> None:
    high = low + count - 1 + more
    ranges = port_ranges(low, high, count)
    assert ranges[0][0] == low
    assert ranges[-1][1] == high
    for (_, end), (start, _) in itertools.pairwise(ranges):
        assert start == end + 1
    assert all(start <= end for start, end in ranges)
