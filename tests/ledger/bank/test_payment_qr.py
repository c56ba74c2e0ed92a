"""The text of the payment QR, against texts that other programs make and read."""

import pytest

from ledger.bank.payment_qr import compose, payment_text
from ledger.money import Money
from ledger.requisites import Requisites
from tests.ledger.bank.writing import OURS

WHALES = Requisites(
    name="ООО «Три кита»",
    inn="7707083893",
    account="40702810138250123017",
    bank='ОАО "БАНК"',
    bik="044525225",
    correspondent="30101810965770000413",
)


def test_the_obligatory_fields_in_their_order() -> None:
    """The vector of the QRCoder project, which ends its text with one more separator."""
    text = payment_text(WHALES, Money(100), "x")
    assert text.startswith(
        'ST00012|Name=ООО «Три кита»|PersonalAcc=40702810138250123017|BankName=ОАО "БАНК"'
        "|BIC=044525225|CorrespAcc=30101810965770000413|"
    )


def test_an_invoice() -> None:
    text = payment_text(OURS, Money(150_000), "Оплата по счёту № B-2026-000001", "7805123456")
    assert text == (
        "ST00012|Name=ООО «Минута»|PersonalAcc=40702810938000000001|BankName=ПАО СБЕРБАНК"
        "|BIC=044525225|CorrespAcc=30101810400000000225|Sum=150000"
        "|Purpose=Оплата по счёту № B-2026-000001|PayeeINN=7799123455|PayerINN=7805123456"
        "|KPP=779901001"
    )


def test_another_separator_where_a_field_has_the_usual_one() -> None:
    """The second vector of QRCoder: ОАО | "БАНК"."""
    fields = [
        ("Name", "ООО «Три кита»"),
        ("PersonalAcc", "40702810138250123017"),
        ("BankName", 'ОАО | "БАНК"'),
        ("BIC", "044525225"),
        ("CorrespAcc", "30101810400000000225"),
    ]
    assert compose(fields) == (
        "ST00012#Name=ООО «Три кита»#PersonalAcc=40702810138250123017"
        '#BankName=ОАО | "БАНК"#BIC=044525225#CorrespAcc=30101810400000000225'
    )


def test_no_separator_is_left() -> None:
    with pytest.raises(ValueError, match="every separator"):
        compose([("Name", "|#~^;@$&*%!")])


def test_a_field_is_not_longer_than_the_standard_says() -> None:
    with pytest.raises(ValueError, match="Purpose"):
        payment_text(OURS, Money(100), "я" * 211)


@pytest.mark.parametrize("amount", [Money(0), Money(-1), Money(100, "EUR")])
def test_only_rubles_and_more_than_nothing(amount: Money) -> None:
    with pytest.raises(ValueError, match="payment QR"):
        payment_text(OURS, amount, "x")
