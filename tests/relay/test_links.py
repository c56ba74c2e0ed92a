"""What a receiver report says of the way there and back."""

import pytest

from relay.links import hash_of, round_trip_ms

NTP = 0x0001_8000_4000_0000  # its middle is 0x8000_4000


@pytest.mark.parametrize(
    ("asked", "delay", "passed_s", "wanted"),
    [
        (0x8000_4000, 0, 0.25, 250),
        (0x8000_4000, 65536, 1.25, 250),
        (0x8000_4000, 65536, 0.5, 0),  # a clock that runs fast is no time machine
        (0, 0, 0.25, None),
        (0x8000_3FFF, 0, 0.25, None),
    ],
)
def test_round_trip(asked: int, delay: int, passed_s: float, wanted: int | None) -> None:
    assert round_trip_ms(asked, delay, NTP, 100.0, 100.0 + passed_s) == wanted


def test_a_fingerprint_is_one_whatever_its_case() -> None:
    assert hash_of("AA:bb") == hash_of("aa:BB")
    assert len(hash_of("AA:BB")) == 64
