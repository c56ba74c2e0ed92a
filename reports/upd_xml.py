"""Writes a universal transfer document: the seller's title in format 5.03, windows-1251. Pure.

The format is order ЕД-7-26/970@ of the Federal Tax Service, KND 1115131; attributes and their
order are those of its schema. Characters that windows-1251 lacks become numeric references, which
every XML parser reads back; only what XML itself forbids is left out.
"""

import uuid
from datetime import date
from xml.etree import ElementTree as Tree

from reports.upd import DOP, Upd, UpdLine, UpdParty, in_one_line

KND, VERSION, PROGRAM = "1115131", "5.03", "Minuta"
ENCODING = "windows-1251"
_PREFIX = "ON_NSCHFDOPPR"
_NO_MARKS = "0_0_0_0_0_00"  # of traced, excise, state goods and the like: services have none
_GOODS = "Документ об отгрузке товаров (выполнении работ), передаче имущественных прав"
_FACT = f"{_GOODS} (документ об оказании услуг)"
_NAMES = {DOP: "Акт об оказании услуг"}
_INVOICE = "Счет-фактура и документ об оказании услуг"
_SPACE = uuid.UUID("8b9f3d0e-3c0b-5a54-9f0c-6f1d6f2a3c11")
_DONE = "Услуги оказаны в полном объёме, претензий нет"
PRICE_DIGITS = 11


def file_id(upd: Upd) -> str:
    """The name of the file without ".xml": receiver, sender, day, an id of this very content."""
    sides = f"{upd.buyer.exchange_id}_{upd.seller.exchange_id}"
    revision = upd.correction[0] if upd.correction else 0
    guid = uuid.uuid5(_SPACE, f"{upd.number}|{revision}|{upd.buyer}|{upd.seller}|{upd.lines}")
    return f"{_PREFIX}_{sides}_{upd.made_at:%Y%m%d}_{guid}_{_NO_MARKS}"


def written(upd: Upd) -> tuple[str, bytes]:
    """Name and bytes of the file; the same document gives the same bytes."""
    id = file_id(upd)
    root = Tree.Element("Файл", {"ИдФайл": id, "ВерсФорм": VERSION, "ВерсПрог": PROGRAM})
    head = {
        "КНД": KND,
        "Функция": upd.function,
        "ПоФактХЖ": _FACT,
        "НаимДокОпр": title(upd),
        "ДатаИнфПр": _day(upd.made_at.date()),
        "ВремИнфПр": f"{upd.made_at:%H.%M.%S}",
        "НаимЭконСубСост": in_one_line(f"{upd.seller.name}, ИНН {upd.seller.inn}", 1000),
    }
    document = Tree.SubElement(root, "Документ", head)
    _facts(document, upd)
    _table(document, upd)
    _handing_over(document, upd)
    signer = {"Должн": in_one_line(upd.signer_post, 255), "СпосПодтПолном": "1"}
    _person(Tree.SubElement(document, "Подписант", signer), upd.signer)
    Tree.indent(root, "\t")
    body = Tree.tostring(root, ENCODING, xml_declaration=False)
    return f"{id}.xml", f'<?xml version="1.0" encoding="{ENCODING}"?>\n'.encode() + body


def title(upd: Upd) -> str:
    """
    >>> ratein_one_line(2200), ratein_one_line(None), amount(123456)
    ('22%', 'без НДС', '1234.56')
    """
    return _NAMES.get(upd.function, _INVOICE)


def ratein_one_line(rate_bp: int | None) -> str:
    return "без НДС" if rate_bp is None else f"{rate_bp // 100}%"


def amount(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def price(net: int, quantity: int) -> str:
    """Of one unit, half up to eleven digits after the point, without zeros at the end.

    >>> price(200_00, 10), price(100_00, 3), price(1, 3)
    ('20', '33.33333333333', '0.00333333333')
    """
    scale = 10 ** (PRICE_DIGITS - 2)
    whole = (2 * net * scale + quantity) // (2 * quantity)
    units, rest = divmod(whole, 10**PRICE_DIGITS)
    return f"{units}.{rest:0{PRICE_DIGITS}d}".rstrip("0").rstrip(".")


def _facts(document: Tree.Element, upd: Upd) -> None:
    number = {"НомерДок": upd.number, "ДатаДок": _day(upd.day)}
    facts = Tree.SubElement(document, "СвСчФакт", number)
    if upd.correction:
        n, day = upd.correction
        Tree.SubElement(facts, "ИспрДок", {"НомИспр": str(n), "ДатаИспр": _day(day)})
    _side(Tree.SubElement(facts, "СвПрод"), upd.seller)
    if upd.function != DOP:
        Tree.SubElement(facts, "ДокПодтвОтгрНом", _paper(title(upd), upd.number, upd.day))
    _side(Tree.SubElement(facts, "СвПокуп"), upd.buyer)
    Tree.SubElement(facts, "ДенИзм", {"КодОКВ": "643", "НаимОКВ": "Российский рубль"})


def _side(element: Tree.Element, side: UpdParty) -> None:
    who, name = Tree.SubElement(element, "ИдСв"), in_one_line(side.name, 1000)
    if len(side.inn) == 10:
        kpp = {"КПП": side.kpp} if side.kpp else {}
        Tree.SubElement(who, "СвЮЛУч", {"НаимОрг": name, "ИННЮЛ": side.inn} | kpp)
    elif side.inn and (person := _without_form(name)) != name:
        _person(Tree.SubElement(who, "СвИП", {"ИННФЛ": side.inn}), person)
    else:
        inn = {"ИННФЛ": side.inn} if side.inn else {}
        if len(name.split()) > 1:
            _person(Tree.SubElement(who, "СвФЛУч", inn), name)
        else:
            Tree.SubElement(who, "СвФЛУч", inn | {"ИныеСвед": name[:255]})
    if where := in_one_line(side.address, 1000):
        address = {"КодСтр": "643", "НаимСтран": "Россия", "АдрТекст": where}
        Tree.SubElement(Tree.SubElement(element, "Адрес"), "АдрИнф", address)


def _table(document: Tree.Element, upd: Upd) -> None:
    table = Tree.SubElement(document, "ТаблСчФакт")
    for n, line in enumerate(upd.lines, 1):
        _line(table, n, line)
    sums = {
        "СтТовБезНДСВсего": amount(sum(line.net for line in upd.lines)),
        "СтТовУчНалВсего": amount(sum(line.total for line in upd.lines)),
    }
    total = Tree.SubElement(Tree.SubElement(table, "ВсегоОпл", sums), "СумНалВсего")
    _tax(total, sum(line.vat for line in upd.lines) if upd.taxed else None)


def _line(table: Tree.Element, n: int, line: UpdLine) -> None:
    code, unit = line.unit
    facts = {
        "НомСтр": str(n),
        "НаимТов": in_one_line(line.name, 2000),
        "ОКЕИ_Тов": code,
        "НаимЕдИзм": unit,
        "КолТов": str(line.quantity),
        "ЦенаТов": price(line.net, line.quantity),
        "СтТовБезНДС": amount(line.net),
        "НалСт": ratein_one_line(line.rate_bp),
        "СтТовУчНал": amount(line.total),
    }
    element = Tree.SubElement(table, "СведТов", facts)
    Tree.SubElement(element, "ДопСведТов", {"ПрТовРаб": "3"})  # a service
    Tree.SubElement(Tree.SubElement(element, "Акциз"), "БезАкциз").text = "без акциза"
    _tax(Tree.SubElement(element, "СумНал"), None if line.rate_bp is None else line.vat)


def _tax(element: Tree.Element, vat: int | None) -> None:
    if vat is None:
        Tree.SubElement(element, "БезНДС").text = "без НДС"
    else:
        Tree.SubElement(element, "СумНал").text = amount(vat)


def _handing_over(document: Tree.Element, upd: Upd) -> None:
    first, last = upd.period
    days = {"ДатаНачПер": _day(first), "ДатаОконПер": _day(last)}
    when = {"ДатаПер": _day(first)} if first == last else days
    over = Tree.SubElement(document, "СвПродПер")
    handed = Tree.SubElement(over, "СвПер", {"СодОпер": _DONE} | when)
    Tree.SubElement(handed, "ОснПер", _paper(upd.contract, "без номера", upd.contract_day))


def _paper(name: str, number: str, day: date) -> dict[str, str]:
    return {"РеквНаимДок": in_one_line(name, 255), "РеквНомерДок": number, "РеквДатаДок": _day(day)}


def _person(element: Tree.Element, name: str) -> None:
    """Surname, name, and the rest as the patronymic; 60 letters each."""
    parts = [*in_one_line(name, 300).split(" ", 2), "", ""][:3]
    known = {"Фамилия": parts[0], "Имя": parts[1] or "-", "Отчество": parts[2]}
    Tree.SubElement(element, "ФИО", {key: text[:60] for key, text in known.items() if text})


def _without_form(name: str) -> str:
    """
    >>> _without_form("ИП Ким Марина Олеговна")
    'Ким Марина Олеговна'
    """
    for form in ("Индивидуальный предприниматель ", "ИП "):
        name = name.removeprefix(form)
    return name


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
