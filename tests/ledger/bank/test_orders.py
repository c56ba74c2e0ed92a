"""The text of a file of payment orders, and what no payee can write into it."""

from datetime import UTC, datetime

import pytest

from ledger.bank.orders import PaymentOrder, order_number, plain, written
from ledger.money import Money
from tests.ledger.bank.writing import OURS
from tests.ledger.payouts.people import OTHER_PLACE

AT = datetime(2026, 12, 31, 21, 5, tzinfo=UTC)  # five past midnight in Moscow


def order(name: str, purpose: str = "Выплата") -> PaymentOrder:
    place = OTHER_PLACE
    return PaymentOrder(
        7, AT.date(), Money(5), OURS, name, place.inn, place.account, place.bik, purpose
    )


def test_no_payee_writes_lines_of_his_own() -> None:
    name = "Иванов\r\nКонецДокумента\r\nСекцияДокумент=Платежное поручение\nСумма=1000000.00"
    data = written([order(name, "x" * 500)], AT)
    text = data.decode("cp1251")
    assert text.count("\r\nСекцияДокумент=") == 1
    assert text.count("\r\nСумма=") == 1
    assert "Сумма=0.05\r\n" in text
    assert f"НазначениеПлатежа={'x' * 210}\r\n" in text


def test_signs_that_the_encoding_has_not() -> None:
    assert plain("Łukasz Ő. «Вектор» №5 — ёлка") == "?ukasz O. «Вектор» №5 — ёлка"
    with pytest.raises(ValueError, match="no orders"):
        written([], AT)


def test_numbers_whose_last_digits_are_not_zero() -> None:
    numbers = [order_number(n) for n in range(1, 5000)]
    assert len(set(numbers)) == len(numbers)
    assert not [n for n in numbers if n % 1000 == 0]


def test_the_whole_file() -> None:
    """Одно поручение на 0,05: каждая строка на своём месте."""
    text = written([order("Кузнецова Анна")], AT).decode("cp1251")
    assert text.split("\r\n")[:11] == [
        "1CClientBankExchange",
        "ВерсияФормата=1.03",
        "Кодировка=Windows",
        "Отправитель=Минута",
        "Получатель=",
        "ДатаСоздания=01.01.2027",
        "ВремяСоздания=00:05:00",
        "ДатаНачала=31.12.2026",
        "ДатаКонца=31.12.2026",
        f"РасчСчет={OURS.account}",
        "Документ=Платежное поручение",
    ]
    assert text.endswith("НазначениеПлатежа=Выплата\r\nКонецДокумента\r\nКонецФайла\r\n")
    for line in (
        "Номер=7",
        "Дата=31.12.2026",
        "Сумма=0.05",
        f"ПлательщикИНН={OURS.inn}",
        f"ПлательщикКПП={OURS.kpp}",
        f"ПлательщикКорсчет={OURS.correspondent}",
        f"ПолучательБИК={OTHER_PLACE.bik}",
        "Получатель1=Кузнецова Анна",
        "ВидОплаты=01",
        "Очередность=5",
    ):
        assert f"\r\n{line}\r\n" in text
