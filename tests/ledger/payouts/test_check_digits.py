"""Requisites with a slip of the pen are caught. The numbers are published examples."""

import pytest

from ledger.payouts.check_digits import account_is_sound, bik_is_sound, inn_is_sound

BIK = "044525225"
CORRESPONDENT = "30101810400000000225"  # of that bank, in the central bank
TREASURY_BIK = "042202001"


def test_an_account_belongs_to_its_bank() -> None:
    assert account_is_sound("40702810938000000001", BIK)
    assert not account_is_sound("40702810938000000001", "044525593")


@pytest.mark.parametrize("place", range(20))
def test_every_digit_of_an_account_counts(place: int) -> None:
    account = "40702810938000000001"
    changed = str((int(account[place]) + 1) % 10)
    assert not account_is_sound(account[:place] + changed + account[place + 1 :], BIK)


def test_accounts_in_the_central_bank_take_its_centre() -> None:
    row = [int(char) for char in "0" + BIK[4:6] + CORRESPONDENT]
    assert sum(n * (7, 1, 3)[i % 3] for i, n in enumerate(row)) % 10 == 0
    centre = next(
        f"401028107452026920{n:02d}"
        for n in range(100)
        if account_is_sound(f"401028107452026920{n:02d}", TREASURY_BIK)
    )
    assert not account_is_sound(centre, "042202603")


@pytest.mark.parametrize("inn", ["7707083893", "7830002293", "500100732259"])
def test_sound_tax_numbers(inn: str) -> None:
    assert inn_is_sound(inn)
    for place in range(len(inn)):
        wrong = inn[:place] + str((int(inn[place]) + 1) % 10) + inn[place + 1 :]
        assert not inn_is_sound(wrong), place


@pytest.mark.parametrize("text", ["", "770708389", "77070838933", "77070838९3", "7707083893 "])
def test_other_shapes_are_none(text: str) -> None:
    assert not inn_is_sound(text)
    assert not bik_is_sound(text)
    assert not account_is_sound(text, BIK)


def test_banks_begin_with_the_countrys_code() -> None:
    assert bik_is_sound(BIK)
    assert not bik_is_sound("944525225")
