"""Check digits catch what people mistype: one digit, and two neighbours that changed places."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.requisites import (
    Payer,
    Requisites,
    fault_in_account,
    fault_in_bik,
    fault_in_correspondent,
    fault_in_inn,
    fault_in_kpp,
    fault_in_ogrn,
)
from tests.ledger.bank.writing import OURS

# Requisites that stand on public sites of their owners.
INNS = ("7707083893", "7736050003", "7728168971", "500100732259", "7810537540")
OGRNS = ("1027700132195", "1027700070518", "304500116000157")
ACCOUNTS = (
    ("40702810138250123017", "044525225"),
    ("40702810455000024248", "044030653"),
    ("40602810700000000025", "044525225"),
)
CORRESPONDENTS = (
    ("30101810400000000225", "044525225"),
    ("30101810500000000653", "044030653"),
    ("30101810200000000593", "044525593"),
)

# Offices of the treasury: BIK, the single account there, an account that the office keeps.
TREASURIES = (
    ("017003983", "40102810445370000059", "03100643000000018500"),
    ("004525988", "40102810545370000003", "03100643000000017300"),
    ("014030106", "40102810945370000005", "03100643000000017200"),
    ("024501901", "40102810045370000002", "03100643000000019500"),
    ("012202102", "40102810745370000024", "03100643000000013200"),
)


@pytest.mark.parametrize("inn", INNS)
def test_known_inns_are_sound(inn: str) -> None:
    assert fault_in_inn(inn) == ""


@pytest.mark.parametrize("ogrn", OGRNS)
def test_known_ogrns_are_sound(ogrn: str) -> None:
    assert fault_in_ogrn(ogrn) == ""
    assert fault_in_ogrn(ogrn[:-1] + str((int(ogrn[-1]) + 1) % 10)) == "check"
    assert fault_in_ogrn(ogrn[:-1]) == "form"


@pytest.mark.parametrize(("account", "bik"), CORRESPONDENTS)
def test_known_correspondent_accounts_are_sound(account: str, bik: str) -> None:
    assert fault_in_correspondent(account, bik) == ""
    assert fault_in_correspondent(account, "044525999") == "check"


@given(st.sampled_from(INNS), st.data())
def test_one_wrong_digit_of_an_inn_is_seen(inn: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(2, len(inn) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    assume(digit != inn[place])
    wrong = inn[:place] + digit + inn[place + 1 :]
    if len(inn) == 10 and place < 9:
        weight = (2, 4, 10, 3, 5, 9, 4, 6, 8)[place]
        change = weight * (int(digit) - int(inn[place]))
        assume({change % 11} != {0})
        total = sum(int(c) * w for c, w in zip(wrong, (2, 4, 10, 3, 5, 9, 4, 6, 8), strict=False))
        assume(total % 11 % 10 != int(wrong[9]))  # 10 and 0 share a check digit: unseen by design
    if len(inn) == 12:
        assume(place >= 10)
    assert fault_in_inn(wrong) == "check"


@pytest.mark.parametrize(("account", "bik"), ACCOUNTS)
def test_an_account_is_bound_to_its_bank(account: str, bik: str) -> None:
    assert fault_in_account(account, bik) == ""
    assert fault_in_account(account, bik[:-1] + str((int(bik[-1]) + 1) % 10)) == "check"


@given(st.sampled_from(ACCOUNTS), st.integers(0, 19), st.integers(1, 9))
def test_one_wrong_digit_of_an_account_is_seen(
    known: tuple[str, str], place: int, more: int
) -> None:
    """The weights 7, 1, 3 have no common divisor with ten, so every single digit shows."""
    account, bik = known
    digit = str((int(account[place]) + more) % 10)
    assert fault_in_account(account[:place] + digit + account[place + 1 :], bik) == "check"


def test_an_account_with_the_central_bank_has_a_key_of_its_own() -> None:
    assert fault_in_account("40101810845250010102", "044525000") == ""


@pytest.mark.parametrize(("bik", "single", "kept"), TREASURIES)
def test_the_treasury_keeps_accounts_without_a_key(bik: str, single: str, kept: str) -> None:
    assert fault_in_bik(bik) == ""
    assert fault_in_account(kept, bik) == ""
    assert fault_in_correspondent(single, bik) == ""
    wrong = single[:8] + str((int(single[8]) + 1) % 10) + single[9:]
    assert fault_in_correspondent(wrong, bik) == "check"


def test_banks_and_the_treasury_do_not_keep_each_others_accounts() -> None:
    (account, bank), (treasury, single, kept) = ACCOUNTS[0], TREASURIES[0]
    assert fault_in_account(kept, bank) == "check"
    assert fault_in_account(account, treasury) == "check"
    assert fault_in_account("03100978000000018500", treasury) == "check"  # it keeps roubles only
    assert fault_in_correspondent(single, bank) == "form"
    assert fault_in_correspondent(CORRESPONDENTS[0][0], treasury) == "form"


def test_a_centre_of_the_central_bank_is_told_by_two_digits() -> None:
    """The treasury's accounts with the centres, before it had an account of its own."""
    sound = [n for n in range(10) if fault_in_account(f"40101810{n}45250010102", "044525000") == ""]
    assert sound == [8]
    assert fault_in_account("40101810845250010102", "044525225") == "check"


@pytest.mark.parametrize("first", "0123456789")
def test_a_bik_begins_with_the_way_of_taking_part(first: str) -> None:
    assert fault_in_bik(f"{first}44525225") == ("" if first in "012" else "form")


@pytest.mark.parametrize(
    "text", ["", "77O7083893", "770708389", "0007083893", "７７０７０８３８９３", "7707083893 "]
)
def test_what_is_no_inn(text: str) -> None:
    assert fault_in_inn(text) == "form"


def test_kpp_and_bik() -> None:
    assert fault_in_kpp("0007AB001") == "form"
    assert fault_in_kpp("7736аб001") == "form"
    assert fault_in_bik("04452522") == "form"
    assert fault_in_bik("044525225") == ""


def test_requisites_name_the_wrong_fields() -> None:
    assert OURS.faults() == {}
    wrong = Requisites("", "7799123456", "40702810938000000002", " ", "04452522", "1", "77")
    assert wrong.faults() == {
        "inn": "check",
        "kpp": "form",
        "bik": "form",
        "account": "form",
        "bank": "form",
        "name": "form",
        "correspondent": "form",
    }


def test_a_person_has_no_kpp() -> None:
    assert Payer("Иванов И. И.", "500100732259").faults() == {}
    assert Payer("Иванов И. И.").faults() == {}
    assert Payer("Иванов И. И.", "500100732259", "773601001").faults() == {"kpp": "form"}
    assert Payer("", "1").faults() == {"name": "form", "inn": "form"}
