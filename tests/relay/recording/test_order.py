"""Packets in order: repairs are put in their place, numbers go round, holes are left."""

import random

from hypothesis import given
from hypothesis import strategies as st

from relay.recording.order import WAIT_US, Placed, in_order
from relay.recording.timing import UNDERWAY_US_MAX, made_us, offsets
from tests.relay.recording.tapes import AT_US, rtp


def packets(count: int, start: int = 65_530) -> list[tuple[int, bytes]]:
    return [
        (AT_US + 20_000 * n, rtp(start + n, 2**32 - 1000 + 960 * n, b"x")) for n in range(count)
    ]


def numbers(placed: list[Placed]) -> list[int]:
    return [one.index for one in placed]


def test_numbers_and_times_go_round() -> None:
    placed = list(in_order(packets(20)))
    assert numbers(placed) == list(range(65_530, 65_550))
    assert placed[-1].ticks - placed[0].ticks == 19 * 960


@given(st.randoms(use_true_random=False), st.integers(0, 4))
def test_what_comes_a_little_late_is_put_in_its_place(dice: random.Random, far: int) -> None:
    sent = packets(40)
    keys = [n + dice.uniform(0, far) for n in range(40)]
    order = [0, *sorted(range(1, 40), key=keys.__getitem__)]
    arrived = [(sent[0][0] + 20_000 * place, sent[n][1]) for place, n in enumerate(order)]
    assert numbers(list(in_order(arrived))) == list(range(65_530, 65_570))


def test_what_comes_twice_or_never_is_left_out() -> None:
    sent = packets(10)
    got = list(in_order([*sent[:3], sent[1], *sent[5:], sent[9], (AT_US, b"\x80"), (AT_US, b"")]))
    assert numbers(got) == [65_530, 65_531, 65_532, *range(65_535, 65_540)]


def test_nobody_is_waited_for_longer_than_that() -> None:
    sent = packets(300)
    late = [*sent[:5], *sent[6:], (sent[-1][0] + WAIT_US, sent[5][1])]
    assert numbers(list(in_order(late))) == [n for n in range(65_530, 65_830) if n != 65_535]


def test_another_ssrc_and_a_silence_begin_another_part() -> None:
    one = packets(3)
    other = [(at + 100_000, rtp(n, 5, b"y", ssrc=8)) for n, (at, _) in enumerate(one)]
    after = [(at + 60_000_000, rtp(40_000 + n, 6, b"z", ssrc=8)) for n, (at, _) in enumerate(one)]
    assert [one.part for one in in_order([*one, *other, *after])] == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_the_fastest_packets_say_when_all_were_made() -> None:
    """Arrivals wander by 0 to 80 ms and the sender's clock is wrong by 100 parts in a million."""
    dice = random.Random(3)
    sent = [
        (AT_US + int(20_000 * n * 1.0001) + dice.randrange(80_000), rtp(n, 960 * n, b"x"))
        for n in range(30_000)
    ]
    placed = list(in_order(sent))
    least = offsets(placed, 48_000)
    wrong = [
        abs(made_us(one, 48_000, least) - AT_US - int(20_000 * one.index * 1.0001))
        for one in placed
    ]
    assert max(wrong) < 20_000


def test_made_up_timestamps_move_nothing_by_more_than_ten_seconds() -> None:
    dice = random.Random(5)
    sent = [(AT_US + 20_000 * n, rtp(n, dice.randrange(1 << 32), b"x")) for n in range(500)]
    placed = list(in_order(sent))
    least = offsets(placed, 48_000)
    ago = [one.at_us - made_us(one, 48_000, least) for one in placed]
    assert min(ago) >= 0
    assert max(ago) <= UNDERWAY_US_MAX
