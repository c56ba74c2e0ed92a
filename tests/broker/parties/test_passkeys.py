"""What a passkey may be called, how big it may be, and when its counter gives a copy away."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.parties import BadParty, NewKey
from broker.parties.passkeys import check_new, clean_key_name, runs_backwards

KEY = NewKey("c", b"k", 0)


@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_a_counter_only_grows_unless_it_does_not_count(known: int, told: int) -> None:
    assert runs_backwards(known, told) is not (told > known or known == told == 0)


def test_a_name_has_words_and_eighty_characters() -> None:
    assert clean_key_name(" Ключ \t 1 ") == "Ключ 1"
    for name in ("", "  ", "к" * 81, "a\u202eb"):
        with pytest.raises(BadParty):
            clean_key_name(name)


def test_a_key_has_room_in_the_table() -> None:
    assert check_new(replace(KEY, credential="c" * 1400))
    for credential in ("", "c" * 1401):
        with pytest.raises(BadParty):
            check_new(replace(KEY, credential=credential))
