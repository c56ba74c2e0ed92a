"""Judges a universal transfer document of format 5.03 by the rules of its schema, without it.

The schema's own conditions (which part is due for which function) are in a dialect that no common
tool runs; here they are spelt out with element order, attributes, check digits and sums. Knows the
parts that a document of services has; another part is a fault.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from ledger import fault_in_inn, fault_in_kpp

_KOPECK = Decimal("0.01")
_NAME = re.compile(
    r"ON_NSCHFDOPPR_(?P<to>[^_]{1,46})_(?P<by>[^_]{1,46})_(?P<day>[0-9]{8})_"
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_[0-9]_[0-9]_[0-9]_[0-9]_[0-9]_[0-9]{2}"
)
_DATE = r"[0-3][0-9]\.[01][0-9]\.(19|20)[0-9]{2}"
_SUM = r"[0-9]{1,17}(\.[0-9]{1,2})?"
_MEASURE = r"[0-9]{1,15}(\.[0-9]{1,11})?"
_PAPER = {"РеквНаимДок": r".{1,255}", "РеквНомерДок": r".{1,255}", "РеквДатаДок": _DATE}
RATES = (
    "0%", "5%", "7%", "9,09%", "10%", "16,67%", "18%", "18,03%", "20%", "22%", "5/105", "7/107",
    "10/110", "18/118", "20/120", "22/122", "без НДС", "НДС исчисляется налоговым агентом",
)  # fmt: skip
#: Element → its children in order; "?" may be missing, "+" may stand many times, "|" one of them.
ORDER = {
    "Файл": "Документ",
    "Документ": "СвСчФакт ТаблСчФакт? СвПродПер? Подписант",
    "СвСчФакт": "ИспрДок? СвПрод ДокПодтвОтгрНом? СвПокуп ДенИзм",
    "СвПрод": "ИдСв Адрес?",
    "СвПокуп": "ИдСв Адрес?",
    "ИдСв": "СвИП|СвЮЛУч|СвФЛУч",
    "СвИП": "ФИО",
    "СвФЛУч": "ФИО?",
    "Адрес": "АдрИнф",
    "ТаблСчФакт": "СведТов+ ВсегоОпл",
    "СведТов": "ДопСведТов? Акциз? СумНал",
    "Акциз": "БезАкциз",
    "ВсегоОпл": "СумНалВсего",
    "СумНалВсего": "СумНал|БезНДС",
    "СвПродПер": "СвПер",
    "СвПер": "ОснПер",
    "Подписант": "ФИО",
}
#: Element → attribute → pattern of its value; "?" at the end of a name: may be missing.
ATTRIBUTES = {
    "Файл": {"ИдФайл": r".{1,255}", "ВерсФорм": r"5\.03", "ВерсПрог": r".{1,40}"},
    "Документ": {
        "КНД": "1115131",
        "Функция": "СЧФДОП|ДОП",
        "ПоФактХЖ?": r".{1,255}",
        "НаимДокОпр": r".{1,255}",
        "ДатаИнфПр": _DATE,
        "ВремИнфПр": r"([01][0-9]|2[0-3])\.[0-5][0-9]\.[0-5][0-9]",
        "НаимЭконСубСост?": r".{1,1000}",
    },
    "СвСчФакт": {"НомерДок": r".{1,255}", "ДатаДок": _DATE},
    "ИспрДок": {"НомИспр": r"[1-9][0-9]{0,2}", "ДатаИспр": _DATE},
    "СвЮЛУч": {"НаимОрг": r".{1,1000}", "ИННЮЛ": r"(?!00)[0-9]{10}", "КПП?": r"[0-9A-Z]{9}"},
    "СвИП": {"ИННФЛ": r"(?!00)[0-9]{12}"},
    "СвФЛУч": {"ИННФЛ?": r"(?!00)[0-9]{12}", "ИныеСвед?": r".{1,255}"},
    "ФИО": {"Фамилия": r".{1,60}", "Имя": r".{1,60}", "Отчество?": r".{1,60}"},
    "АдрИнф": {"КодСтр": r"[0-9]{3}", "НаимСтран": r".{1,255}", "АдрТекст": r".{1,1000}"},
    "ДокПодтвОтгрНом": _PAPER,
    "ОснПер": _PAPER,
    "ДенИзм": {"КодОКВ": r"[0-9]{3}", "НаимОКВ": r".{1,100}"},
    "СведТов": {
        "НомСтр": r"[1-9][0-9]{0,5}",
        "НаимТов": r".{1,2000}",
        "ОКЕИ_Тов": r"[0-9]{3,4}",
        "НаимЕдИзм": r".{1,255}",
        "КолТов": rf"(?=.*[1-9]){_MEASURE}",
        "ЦенаТов": _MEASURE,
        "СтТовБезНДС": _SUM,
        "НалСт": "|".join(map(re.escape, RATES)),
        "СтТовУчНал": _SUM,
    },
    "ДопСведТов": {"ПрТовРаб": "[1-5]"},
    "ВсегоОпл": {"СтТовБезНДСВсего": _SUM, "СтТовУчНалВсего": _SUM},
    "СвПер": {
        "СодОпер": r".{1,255}",
        "ДатаПер?": _DATE,
        "ДатаНачПер?": _DATE,
        "ДатаОконПер?": _DATE,
    },
    "Подписант": {"Должн?": r".{1,255}", "СпосПодтПолном": "[124]"},
}
_TEXTS = {"БезАкциз": "без акциза", "БезНДС": "без НДС"}


def faults(name: str, data: bytes) -> list[str]:
    """What is wrong with a file of this name; empty when it keeps every rule."""
    if not data.startswith(b'<?xml version="1.0" encoding="windows-1251"?>'):
        return ["the declaration of windows-1251 is missing"]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        return [f"not XML: {error}"]
    shape = [*_shape(root)]
    return shape or [*_of_name(name, root), *_of_function(root), *_of_sides(root), *_of_sums(root)]


def _shape(element: etree._Element) -> Iterator[str]:
    """Children in their order, attributes by their patterns, all the way down."""
    tag = str(element.tag)
    known = ATTRIBUTES.get(tag, {})
    for attribute, pattern in known.items():
        value = element.get(attribute.rstrip("?"))
        if value is None and not attribute.endswith("?"):
            yield f"{tag} lacks @{attribute}"
        elif value is not None and not re.fullmatch(pattern, value):
            yield f"{tag}/@{attribute.rstrip('?')} cannot be {value[:60]!r}"
    strange = {str(one) for one in element.attrib} - {one.rstrip("?") for one in known}
    yield from (f"{tag} has no @{one}" for one in sorted(strange))
    children = "".join(f"{child.tag} " for child in element)
    if not re.fullmatch(_pattern(element), children):
        yield f"{tag} holds {children.strip() or 'nothing'}"
    if tag in _TEXTS and element.text != _TEXTS[tag]:
        yield f"{tag} says {element.text!r}"
    for child in element:
        yield from _shape(child)


def _pattern(element: etree._Element) -> str:
    tag, parent = str(element.tag), element.getparent()
    order = ORDER.get(tag, "")
    if tag == "СумНал" and parent is not None and parent.tag == "СведТов":
        order = "СумНал|БезНДС"
    found = ""
    for part in order.split():
        many = part[-1] if part[-1] in "?+" else ""
        found += f"(?:(?:{part.rstrip('?+')}) ){many}"
    return found


def _of_name(name: str, root: etree._Element) -> Iterator[str]:
    shaped = _NAME.fullmatch(root.get("ИдФайл", ""))
    if name != f"{root.get('ИдФайл')}.xml":
        yield "the name of the file is not its ИдФайл"
    if not shaped or _day(f"{shaped['day'][6:]}.{shaped['day'][4:6]}.{shaped['day'][:4]}") is None:
        yield "ИдФайл is not of the form prefix, receiver, sender, day, id, marks"


def _of_function(root: etree._Element) -> Iterator[str]:
    """What is due for the function of the document."""
    document = root[0]
    function = document.get("Функция")
    if document.find("СвПродПер") is None:
        yield f"СвПродПер is due for {function}"
    if function == "СЧФДОП":
        yield from _of_invoice(document)
    for over in document.iterfind("СвПродПер/СвПер"):
        given = [over.get(one) for one in ("ДатаПер", "ДатаНачПер", "ДатаОконПер")]
        if not given[0] and not (given[1] and given[2]):
            yield "СвПер names neither a day nor both ends of a period"
        ends = [_day(one) for one in given[1:] if one]
        if len(ends) == 2 and ends[0] and ends[1] and ends[0] > ends[1]:
            yield "СвПер ends before it begins"
    for element in root.iter():
        for attribute, value in element.attrib.items():
            if str(attribute).startswith(("Дата", "РеквДата")) and _day(str(value)) is None:
                yield f"{element.tag}/@{attribute} is no day: {value!r}"


def _of_invoice(document: etree._Element) -> Iterator[str]:
    """What an invoice for VAT has besides."""
    if document.find("ТаблСчФакт") is None:
        yield "ТаблСчФакт is due for СЧФДОП"
    for side in ("СвПрод", "СвПокуп"):
        if document.find(f"СвСчФакт/{side}/Адрес") is None:
            yield f"{side}/Адрес is due for СЧФДОП"
    for line in document.iterfind("ТаблСчФакт/СведТов"):
        if not _decimal(line, "ЦенаТов"):
            yield f"line {line.get('НомСтр')}: a price above zero is due for СЧФДОП"


def _of_sides(root: etree._Element) -> Iterator[str]:
    for element in root.iter("СвЮЛУч", "СвИП", "СвФЛУч"):
        for attribute in ("ИННЮЛ", "ИННФЛ"):
            if (inn := element.get(attribute)) and fault_in_inn(inn):
                yield f"{element.tag}/@{attribute}: the check digit of {inn} is wrong"
        if (kpp := element.get("КПП")) and fault_in_kpp(kpp):
            yield f"{element.tag}/@КПП cannot be {kpp}"
        if element.tag == "СвФЛУч" and not (len(element) or element.attrib):
            yield "СвФЛУч says nothing"


def _of_sums(root: etree._Element) -> Iterator[str]:
    """Lines in order, each adds up, and so does the total."""
    table = root.find("Документ/ТаблСчФакт")
    if table is None:
        return
    lines = table.findall("СведТов")
    sums = {"СтТовБезНДС": Decimal(0), "СтТовУчНал": Decimal(0), "tax": Decimal(0)}
    for n, line in enumerate(lines, 1):
        if line.get("НомСтр") != str(n):
            yield f"line {n} is numbered {line.get('НомСтр')}"
        yield from (f"line {n}: {wrong}" for wrong in _of_line(line))
        sums["СтТовБезНДС"] += _decimal(line, "СтТовБезНДС")
        sums["СтТовУчНал"] += _decimal(line, "СтТовУчНал")
        sums["tax"] += _tax(line, "СумНал")
    total = table[-1]
    for attribute in ("СтТовБезНДС", "СтТовУчНал"):
        if _decimal(total, f"{attribute}Всего") != sums[attribute]:
            yield f"ВсегоОпл/@{attribute}Всего is not {sums[attribute]}"
    if _tax(total, "СумНалВсего") != sums["tax"]:
        yield f"СумНалВсего is not {sums['tax']}"


def _of_line(line: etree._Element) -> Iterator[str]:
    net, gross = _decimal(line, "СтТовБезНДС"), _decimal(line, "СтТовУчНал")
    tax, rate = _tax(line, "СумНал"), line.get("НалСт", "")
    if net + tax != gross:
        yield f"{net} + {tax} is not {gross}"
    if abs(_decimal(line, "КолТов") * _decimal(line, "ЦенаТов") - net) > _KOPECK:
        yield f"quantity × price is not {net}"
    if (due := _due(gross, rate)) is not None and abs(due - tax) > _KOPECK:
        yield f"{rate} inside {gross} is {due}, not {tax}"


def _decimal(element: etree._Element, attribute: str) -> Decimal:
    return Decimal(element.get(attribute, "0"))


def _tax(element: etree._Element, under: str) -> Decimal:
    text = element.findtext(f"{under}/СумНал")
    return Decimal(text) if text and re.fullmatch(_SUM, text) else Decimal(0)


def _due(gross: Decimal, rate: str) -> Decimal | None:
    """The tax inside a sum; None for what has no percentage of its own here."""
    if rate == "без НДС":
        return Decimal(0)
    found = re.fullmatch(r"([0-9]+)%", rate)
    if not found:
        return None
    part = Decimal(found[1])
    return (gross * part / (100 + part)).quantize(_KOPECK, ROUND_HALF_UP)


def _day(text: str | None) -> date | None:
    try:
        day, month, year = map(int, (text or "").split("."))
        return date(year, month, day)
    except ValueError:
        return None
