"""Payment orders for the bank: 1CClientBankExchange 1.03 in windows-1251. Pure.

Every client-bank program of Russia imports it; the bank fills in its payee's bank by the BIK.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.bank.invoices import MOSCOW
from ledger.bank.one_c import MARK
from ledger.money import Money
from ledger.requisites import NAME_CHARS_MAX, Requisites

ENCODING = "cp1251"
KIND = "Платежное поручение"
PURPOSE_CHARS_MAX = 210
_CYCLE = 999  # an electronic order's last three digits are not 000


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """One payment to a payee. `number` is of its year, from 1."""

    number: int
    day: date
    amount: Money
    payer: Requisites
    payee_name: str
    payee_inn: str
    payee_account: str
    payee_bik: str
    purpose: str


def order_number(n: int) -> int:
    """The n-th number whose last three digits are not all zero.

    >>> order_number(1), order_number(999), order_number(1000)
    (1, 999, 1001)
    """
    return n + (n - 1) // _CYCLE


def written(orders: Sequence[PaymentOrder], at: datetime) -> bytes:
    """The file, CRLF. Orders are of one payer and day; raises ValueError for none."""
    if not orders:
        raise ValueError("a file of no orders")
    now, first = at.astimezone(MOSCOW), orders[0]
    lines = [
        MARK,
        "ВерсияФормата=1.03",
        "Кодировка=Windows",
        "Отправитель=Минута",
        "Получатель=",
        f"ДатаСоздания={now:%d.%m.%Y}",
        f"ВремяСоздания={now:%H:%M:%S}",
        f"ДатаНачала={first.day:%d.%m.%Y}",
        f"ДатаКонца={first.day:%d.%m.%Y}",
        f"РасчСчет={first.payer.account}",
        f"Документ={KIND}",
    ]
    for order in orders:
        lines += _document(order)
    lines.append("КонецФайла")
    text = "".join(f"{line}\r\n" for line in lines)
    return text.encode(ENCODING)


def _document(order: PaymentOrder) -> list[str]:
    payer, rubles = order.payer, f"{order.amount.minor // 100}.{order.amount.minor % 100:02d}"
    fields = {
        "СекцияДокумент": KIND,
        "Номер": str(order.number),
        "Дата": f"{order.day:%d.%m.%Y}",
        "Сумма": rubles,
        "ПлательщикСчет": payer.account,
        "Плательщик": f"ИНН {payer.inn} {payer.name}",
        "ПлательщикИНН": payer.inn,
        "ПлательщикКПП": payer.kpp,
        "Плательщик1": payer.name,
        "ПлательщикРасчСчет": payer.account,
        "ПлательщикБанк1": payer.bank,
        "ПлательщикБИК": payer.bik,
        "ПлательщикКорсчет": payer.correspondent,
        "ПолучательСчет": order.payee_account,
        "Получатель": f"ИНН {order.payee_inn} {order.payee_name}",
        "ПолучательИНН": order.payee_inn,
        "Получатель1": order.payee_name[:NAME_CHARS_MAX],
        "ПолучательРасчСчет": order.payee_account,
        "ПолучательБИК": order.payee_bik,
        "ВидПлатежа": "Электронно",
        "ВидОплаты": "01",
        "Очередность": "5",
        "НазначениеПлатежа": order.purpose[:PURPOSE_CHARS_MAX],
    }
    lines = [f"{name}={plain(value)}" for name, value in fields.items()]
    return [*lines, "КонецДокумента"]


def plain(text: str) -> str:
    """The text on one line and within windows-1251; what has no place there loses its marks.

    >>> plain("José\\r\\nКонецФайла ☺")
    'Jose КонецФайла ?'
    """
    line = " ".join(text.split())
    kept = []
    for char in line:
        try:
            char.encode(ENCODING)
            kept.append(char)
        except UnicodeEncodeError:
            base = unicodedata.normalize("NFKD", char)[0]
            kept.append(base if base.isascii() else "?")
    return "".join(kept)
