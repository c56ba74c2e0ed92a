"""Acts as documents of sale for programs of 1C: the exchange format EnterpriseData. Pure.

Elements, their order and their types are those of the schema of version 1.6 and of programs that
read and write 1.8. A price has two digits, so the sum of a line is what counts. Objects are named
by ids of their content, so a file loaded twice changes nothing.
"""

import re
import uuid
from collections.abc import Iterable
from datetime import datetime
from xml.etree import ElementTree as Tree

from reports.documents import Act
from reports.period import PeriodAct
from reports.upd import (
    FEE,
    RUB,
    UpdLine,
    UpdParty,
    buyer_of,
    currency_of,
    in_one_line,
    lines_of,
    seller_of,
    service_of,
)
from reports.upd_xml import amount
from reports.xml_tree import Element, put, root

#: Versions of the format that can be asked for; the first is what most programs read.
VERSIONS = ("1.8", "1.6", "1.20")
_FORMAT = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData"
_MESSAGE = "http://www.1c.ru/SSL/Exchange/Message"
_SPACE = uuid.UUID("5c0e7f52-6d6c-5f0b-8a4e-2f0d3d0f8a53")
_FORM = re.compile(r"(ООО|АО|ПАО|ЗАО|ОАО|НАО|АНО|ФГУП|МУП|ТОО|Общество|Акционерное)\b")
_NAME_CHARS_MAX, _FULL_CHARS_MAX = 100, 1000


def space(version: str) -> str:
    """The namespace of the body."""
    return f"{_FORMAT}/{version}"


def head(version: str, at: datetime) -> str:
    """Everything before the first object; `at` in the issuer's zone."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Message xmlns:msg="{_MESSAGE}" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"<msg:Header><msg:Format>{space(version)}</msg:Format>"
        f"<msg:CreationDate>{_moment(at)}</msg:CreationDate>"
        f"<msg:AvailableVersion>{version}</msg:AvailableVersion></msg:Header>\n"
        f'<Body xmlns="{space(version)}">\n'
    )


FOOT = "</Body>\n</Message>\n"


class Objects:
    """The objects of a file, act by act; what was named once is not written again."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def of(self, act: Act | PeriodAct) -> str:
        """Text of what an act adds: catalogues that are new, then the document; "" when nothing
        was kept of it or its money is not roubles."""
        lines = tuple(lines_of(act))
        if not lines or currency_of(act) != RUB:
            return ""
        seller, buyer = seller_of(act.issuer), buyer_of(act)
        made = [
            *self._new(_party("Справочник.Организации", seller)),
            *self._new(_party("Справочник.Контрагенты", buyer)),
            *self._new(_contract(act.issuer.contract, seller, buyer)),
        ]
        for line in lines:
            made += self._new(_service(act, line))
        made.append(_document(act, seller, buyer, lines))
        return "".join(_text(one) for one in made)

    def _new(self, one: Element) -> Iterable[Element]:
        key = one.tag + (one.findtext("КлючевыеСвойства/Ссылка") or "")
        if key in self._known:
            return ()
        self._known.add(key)
        return (one,)


def id_of(*parts: str) -> str:
    return str(uuid.uuid5(_SPACE, "|".join(parts)))


def rate_name(rate_bp: int | None) -> str:
    """
    >>> rate_name(None), rate_name(2200), rate_name(500)
    ('БезНДС', 'НДС22', 'НДС5')
    """
    return "БезНДС" if rate_bp is None else f"НДС{rate_bp // 100}"


def _party(tag: str, side: UpdParty) -> Element:
    made = root(tag, {})
    _party_keys(put(made, "КлючевыеСвойства"), side)
    return made


def _party_keys(keys: Element, side: UpdParty) -> None:
    put(keys, "Ссылка", id_of("party", side.inn, side.kpp, side.name))
    put(keys, "Наименование", in_one_line(side.name, _NAME_CHARS_MAX))
    put(keys, "НаименованиеПолное", in_one_line(side.name, _FULL_CHARS_MAX))
    if side.inn:
        put(keys, "ИНН", side.inn)
    if side.kpp:
        put(keys, "КПП", side.kpp)
    put(keys, "ЮридическоеФизическоеЛицо", "ЮридическоеЛицо" if _firm(side) else "ФизическоеЛицо")


def _firm(side: UpdParty) -> bool:
    """By the length of its number; without one by what its name begins with.

    >>> [_firm(one) for one in (UpdParty("А", "7743013902"), UpdParty("ООО «А»"), UpdParty("Ким"))]
    [True, True, False]
    """
    return len(side.inn) == 10 if side.inn else bool(_FORM.match(side.name.strip()))


def _contract(name: str, seller: UpdParty, buyer: UpdParty) -> Element:
    made = root("Справочник.Договоры", {})
    _contract_keys(put(made, "КлючевыеСвойства"), name, seller, buyer)
    return made


def _contract_keys(keys: Element, name: str, seller: UpdParty, buyer: UpdParty) -> None:
    put(keys, "Ссылка", id_of("contract", name, f"{seller}", f"{buyer}"))
    put(keys, "ВидДоговора", "СПокупателем")
    _party_keys(put(keys, "Организация"), seller)
    _party_keys(put(keys, "Контрагент"), buyer)
    _currency(put(keys, "ВалютаВзаиморасчетов"))
    put(keys, "РасчетыВУсловныхЕдиницах", "false")
    put(keys, "Наименование", in_one_line(name, _NAME_CHARS_MAX))


def _service(act: Act | PeriodAct, line: UpdLine) -> Element:
    made = root("Справочник.Номенклатура", {})
    _service_keys(put(made, "КлючевыеСвойства"), act, line)
    put(made, "ТипНоменклатуры", "Услуга")
    _unit(put(made, "ЕдиницаИзмерения"), line)
    put(made, "СтавкаНДС", rate_name(line.rate_bp))
    return made


def _service_keys(keys: Element, act: Act | PeriodAct, line: UpdLine) -> None:
    """A service is another one in another unit or at another rate: they belong to it there."""
    fee = f", {FEE}" if line.name.endswith(FEE) else ""
    name = f"{service_of(act)}{fee}"
    put(keys, "Ссылка", id_of("service", name, line.unit[0], rate_name(line.rate_bp)))
    put(keys, "НаименованиеПолное", name)
    put(keys, "Наименование", name[:_NAME_CHARS_MAX])


def _unit(unit: Element, line: UpdLine) -> None:
    code, name = line.unit
    put(unit, "Ссылка", id_of("unit", code))
    put(unit, "Код", code)
    put(unit, "Наименование", name)


def _currency(currency: Element) -> None:
    put(currency, "Ссылка", id_of("currency", "643"))
    put(currency, "Код", "643")
    put(currency, "Наименование", "руб.")


def _document(
    act: Act | PeriodAct, seller: UpdParty, buyer: UpdParty, lines: tuple[UpdLine, ...]
) -> Element:
    """A later revision has the id of the first: the program changes what it has."""
    made, at = root("Документ.РеализацияТоваровУслуг", {}), act.heading.issued_at
    keys = put(made, "КлючевыеСвойства")
    put(keys, "Ссылка", id_of("act", seller.inn, act.heading.number))
    put(keys, "Дата", _moment(at.astimezone(act.issuer.zone)))
    put(keys, "Номер", act.heading.number)
    _party_keys(put(keys, "Организация"), seller)
    put(made, "ВидОперации", "РеализацияКлиенту")
    _currency(put(made, "Валюта"))
    put(made, "Сумма", amount(sum(line.total for line in lines)))
    put(made, "СуммаВключаетНДС", "true")
    _party_keys(put(made, "Контрагент"), buyer)
    settled = put(made, "ДанныеВзаиморасчетов")
    _contract_keys(put(settled, "Договор"), act.issuer.contract, seller, buyer)
    _currency(put(settled, "ВалютаВзаиморасчетов"))
    put(settled, "КурсВзаиморасчетов", "1")
    put(settled, "КратностьВзаиморасчетов", "1")
    put(settled, "РасчетыВУсловныхЕдиницах", "false")
    if any(line.rate_bp is not None for line in lines):
        put(made, "Налогообложение", "ПродажаОблагаетсяНДС")
    rows = put(made, "Услуги")
    for line in lines:
        row = put(rows, "Строка")
        _service_keys(put(row, "Номенклатура"), act, line)
        put(row, "Количество", str(line.quantity))
        put(row, "Сумма", amount(line.total))
        put(row, "Цена", amount((2 * line.total + line.quantity) // (2 * line.quantity)))
        put(row, "СтавкаНДС", rate_name(line.rate_bp))
        put(row, "СуммаНДС", amount(line.vat))
        put(row, "Содержание", in_one_line(line.name, _FULL_CHARS_MAX))
    return made


def _text(made: Element) -> str:
    Tree.indent(made, " ")
    return Tree.tostring(made, "unicode") + "\n"


def _moment(at: datetime) -> str:
    """Local time without its zone, as the format has it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}"
