"""A confirmed number is a delivery to the sink that sent it, and to no other."""

from dataclasses import dataclass

from relay.embedded.confirmations import CONFIRMED_MAX, Confirmations


@dataclass
class Voice:
    place: int = 0
    delivered: bool = False


def seated(confirmations: Confirmations) -> Voice:
    voice = Voice()
    voice.place = confirmations.seat(voice)
    return voice


def test_a_number_is_confirmed_for_whom_it_was_given() -> None:
    confirmations = Confirmations()
    first, second = seated(confirmations), seated(confirmations)
    numbers = [confirmations.next(one) for one in (first, second)]
    confirmations.arrived(numbers[1])
    assert (first.delivered, second.delivered) == (False, True)


def test_numbers_never_given_or_long_ago_mean_nothing() -> None:
    confirmations = Confirmations()
    voice = seated(confirmations)
    old = confirmations.next(voice)
    confirmations.arrived(old + 1)
    for _ in range(CONFIRMED_MAX):
        last = confirmations.next(voice)
    confirmations.arrived(old)
    assert not voice.delivered
    confirmations.arrived(last)
    assert voice.delivered
