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
    assert text.split("\r\n")[11:] == [
        "СекцияДокумент=Платежное поручение",
        "Номер=7",
        "Дата=31.12.2026",
        "Сумма=0.05",
        f"ПлательщикСчет={OURS.account}",
        f"Плательщик=ИНН {OURS.inn} {OURS.name}",
        f"ПлательщикИНН={OURS.inn}",
        f"ПлательщикКПП={OURS.kpp}",
        f"Плательщик1={OURS.name}",
        f"ПлательщикРасчСчет={OURS.account}",
        f"ПлательщикБанк1={OURS.bank}",
        f"ПлательщикБИК={OURS.bik}",
        f"ПлательщикКорсчет={OURS.correspondent}",
        f"ПолучательСчет={OTHER_PLACE.account}",
        f"Получатель=ИНН {OTHER_PLACE.inn} Кузнецова Анна",
        f"ПолучательИНН={OTHER_PLACE.inn}",
        "Получатель1=Кузнецова Анна",
        f"ПолучательРасчСчет={OTHER_PLACE.account}",
        f"ПолучательБИК={OTHER_PLACE.bik}",
        "ВидПлатежа=Электронно",
        "ВидОплаты=01",
        "Очередность=5",
        "НазначениеПлатежа=Выплата",
        "КонецДокумента",
        "КонецФайла",
        "",
    ]
