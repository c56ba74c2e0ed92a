"""MT940 as banks abroad write it, field by field; and where the fault is in one that is refused."""

from datetime import date

import pytest

from ledger.bank.errors import StatementRefused
from ledger.bank.mt import read_mt940
from ledger.bank.statements import Line, Section, Side

ABROAD = """:20:S1
:25:DE89370400440532013000EUR
:28C:11/1
:60F:C261101EUR100,00
:61:2611021103C10,5NTRFcust-17//bank-18
:86:INV 17 INN 7805123456
 ACC 40817810099910004312
:61:261104D25,01NTRFcust-19
:86:106?00PAY?20Fee?32Nord?33bank
:62F:C261104EUR85,49
-"""


def refused(text: str) -> tuple[str, str, str]:
    with pytest.raises(StatementRefused) as why:
        read_mt940(text.encode())
    return why.value.code, why.value.where, why.value.detail


def test_every_field_that_a_bank_abroad_fills() -> None:
    """День проводки вместо дня валютирования; номер банка, за ним номер клиента; IBAN целиком."""
    found = read_mt940(ABROAD.replace("\n", "\r\n").encode())
    assert (found.format, found.encoding) == ("mt940", "utf-8")
    vector = Side(inn="7805123456", account="40817810099910004312")
    details = "INV 17 INN 7805123456 ACC 40817810099910004312"
    assert found.sections == (
        Section(
            "DE89370400440532013000", date(2026, 11, 3), date(2026, 11, 4), 100_00, 85_49,
            (
                Line(date(2026, 11, 3), 10_50, "bank-18", vector, details),
                Line(date(2026, 11, 4), -25_01, "cust-19", Side("Nordbank"), "Fee"),
            ),
            "EUR",
        ),
    )  # fmt: skip


def test_an_account_of_a_russian_bank_is_found_in_its_field() -> None:
    for field in ("044525225/40702810938000000001", "40702810938000000001RUR"):
        text = ABROAD.replace("DE89370400440532013000EUR", field).replace("EUR", "RUR")
        [section] = read_mt940(text.encode()).sections
        assert (section.account, section.currency) == ("40702810938000000001", "RUB")


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        (":62F:", ":62X:", ("truncated", ":20: 1", "")),
        (":60F:", ":60X:", ("no_balance", ":20: 1", "opening")),
        ("C10,5", "C10,555", ("bad_value", ":20: 1", "10.555")),
        (":61:261104D25,01", ":61:26x104D25,01", ("malformed", ":20: 1", "RuntimeError")),
        (":20:", ":21:", ("truncated", "", "")),
    ],
)
def test_it_says_where_the_fault_is(was: str, now: str, why: tuple[str, str, str]) -> None:
    assert refused(ABROAD.replace(was, now)) == why
