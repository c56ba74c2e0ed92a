"""What a publisher is told of its own link."""

from relay.embedded.numbering import START_BITS_PER_S
from relay.embedded.uplink import FLOOR_BITS_PER_S, Uplink

KBIT = 125  # octets


def told(rates: list[int], lost: list[int]) -> list[int]:
    uplink, octets, found = Uplink(), 0, []
    for rate, fraction in zip(rates, lost, strict=True):
        octets += rate * KBIT
        found.append(uplink.second(octets, fraction))
    return found


def test_random_loss_of_a_tenth_moves_nothing() -> None:
    assert told([1400] * 5, [26] * 5) == [0] * 5


def test_a_full_link_is_told_less_than_came_through() -> None:
    assert told([600, 500], [140, 40]) == [510_000, 425_000]


def test_it_grows_again_until_nothing_is_known_against_it() -> None:
    seconds = 60
    found = told([600] * seconds, [140] + [0] * (seconds - 1))
    grown = found[: found.index(0)]
    assert grown == sorted(grown)
    assert grown[-1] <= START_BITS_PER_S
    assert set(found[len(grown) :]) == {0}


def test_a_dead_link_keeps_a_floor() -> None:
    assert told([600, 0], [140, 255]) == [510_000, FLOOR_BITS_PER_S]
